"""Columns that say the same as others, or make up the target together."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from sweepkit.data.lookup import set_role
from sweepkit.data.problem import Kind, Problem, accept
from sweepkit.data.roles import Role
from sweepkit.data.sample import Column, Sample

_FEWEST_VALUES, _FEWEST_ROWS, _MOST_COLUMNS = 3, 50, 60
# As close as rounding lets a sum come, in shares of the target's variance; and what a
# column must add to belong to it, in standard deviations of the target.
_EXACT, _PART = 1e-10, 1e-3


def find_same_columns(sample: Sample) -> list[Problem]:
    """Find columns whose values belong to those of another, one to one and in order."""
    by_content = defaultdict(list)
    for column in sample.columns:
        if len(column.distinct) >= _FEWEST_VALUES:
            codes = column.codes.astype(np.int32)
            by_content[column.is_ordered, codes.tobytes()].append(column.name)
    return [
        _tell_same(first, other)
        for first, *others in by_content.values()
        for other in others
    ]


def find_sum(sample: Sample) -> list[Problem]:
    """Find numbers that, times factors, add up to the target in every row."""
    columns = [c for c in sample.columns if c.role == Role.NUMERIC and not c.n_blank][
        :_MOST_COLUMNS
    ]
    enough = sample.size >= _FEWEST_ROWS + 2 * len(columns)
    if sample.schema.task.has_classes or len(columns) < 2 or not enough:
        return []
    target = _standardise(sample.target)
    numbers = np.stack([_standardise(_values_of(c)) for c in columns], axis=1)
    factors, *_ = np.linalg.lstsq(numbers, target, rcond=None)
    if np.mean((target - numbers @ factors) ** 2) > _EXACT:
        return []
    parts = [
        column.name
        for column, factor in zip(columns, factors, strict=True)
        if abs(factor) > _PART
    ]
    return [_tell_sum(parts, sample.schema.target)] if len(parts) > 1 else []


def _values_of(column: Column) -> NDArray[np.float64]:
    values: NDArray[np.float64] = column.distinct.to_numpy(dtype=np.float64)
    return values[column.codes]


def _standardise(values: NDArray[np.float64]) -> NDArray[np.float64]:
    # Scaled first: squares of the largest numbers have no place.
    scaled = values / (np.abs(values).max() or 1)
    centred = scaled - scaled.mean()
    return np.asarray(centred / (centred.std() or 1))


def _tell_same(first: str, other: str) -> Problem:
    found = (
        f"Column {other!r} says the same as {first!r}: their values belong together, "
        f"one to one."
    )
    advice = (
        f"Importance is split between them; drop one with "
        f"{set_role(other, Role.IGNORED)}."
    )
    return Problem(Kind.SAME_COLUMN, "warn", other, found, advice)


def _tell_sum(parts: list[str], target: str) -> Problem:
    found = (
        f"The target {target!r} can be computed exactly from the columns "
        f"{', '.join(map(repr, parts))}: each times a factor, added up."
    )
    advice = (
        f"If one of them is known only after {target!r} is, drop it, such as with "
        f"{set_role(parts[0], Role.IGNORED)}. If new rows will have all in time, no "
        f"model is needed; to train one, {accept(Kind.LEAKAGE)}."
    )
    return Problem(Kind.LEAKAGE, "stop", None, found, advice)
