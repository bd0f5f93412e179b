"""From rows to the matrix of features, as a fitted ColumnTransformer makes it."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from sweepkit.data.column_profile import ColumnProfile
from sweepkit.models.predictor.plugs import NotPlain
from sweepkit.models.predictor.rows import Array, Floats, Rows
from sweepkit.models.predictor.steps import Source, build_steps

_NUMBERS = ("double", "boolean")


class Part(NamedTuple):
    """One transformer of the ColumnTransformer.

    Attributes:
        read: From rows, and all their numbers as an array, to its own block.
        steps: Its work, from block to block.
        where: Its columns in the matrix.
    """

    read: Callable[[Rows, Floats], Any]
    steps: tuple[Callable[[Any], Any], ...]
    where: slice


class Encoder:
    """Fills a matrix of features from rows.

    Args:
        numbers: Positions of the number columns in a row.
        parts: What fills which columns of the matrix.
        width: How many columns it has.
    """

    def __init__(
        self, numbers: Sequence[int], parts: Sequence[Part], width: int
    ) -> None:
        self._numbers = tuple(numbers)
        self._pick = itemgetter(*numbers) if numbers else tuple
        self._parts = tuple(parts)
        self._width = width

    def encode(self, rows: Rows) -> Floats:
        """Return the features, shape (n_rows, n_features), rows contiguous."""
        pick, n_rows = self._pick, len(rows)
        # numpy reads None as NaN and a boolean as 0 or 1 when it is told the type.
        numbers = np.array([pick(row) for row in rows], dtype=np.float64)
        numbers = numbers.reshape(n_rows, len(self._numbers))
        matrix = np.empty((n_rows, self._width))
        for read, steps, where in self._parts:
            block = read(rows, numbers)
            for run in steps:
                block = run(block)
            matrix[:, where] = block
        return matrix


def build_encoder(features: Any, columns: Sequence[ColumnProfile]) -> Encoder:
    """Turn a fitted ColumnTransformer into an encoder of rows.

    Args:
        features: Fitted on a DataFrame.
        columns: What the cells of a row are.

    Raises:
        NotPlain: If a transformer or a setting has no plain form.
    """
    if features.sparse_output_ or features.transformer_weights:
        raise NotPlain("ColumnTransformer is sparse, or weighs its parts")
    numbers = [i for i, column in enumerate(columns) if column.kind in _NUMBERS]
    parts = [
        _build_part(fitted, names, features.output_indices_[part], columns)
        for part, fitted, chosen in features.transformers_
        if (names := _names(features, chosen)) and not _drops(fitted)
    ]
    width = max((part.where.stop for part in parts), default=0)
    return Encoder(numbers, parts, width)


def _drops(fitted: Any) -> bool:
    return isinstance(fitted, str) and fitted == "drop"


def _names(features: Any, chosen: Any) -> list[str]:
    """Return the names of a part's columns, which may be given as positions."""
    if isinstance(chosen, str | slice):
        raise NotPlain(f"ColumnTransformer selects columns by {chosen!r}")
    known = features.feature_names_in_
    return [name if isinstance(name, str) else str(known[name]) for name in chosen]


def _build_part(
    fitted: Any, names: list[str], where: slice, columns: Sequence[ColumnProfile]
) -> Part:
    steps = build_steps(fitted)
    takes = steps[0].takes if steps else "numbers"
    position = {column.name: i for i, column in enumerate(columns)}
    missing = [name for name in names if name not in position]
    if missing:
        raise NotPlain(f"the model's own columns lack {missing}")
    positions = [position[name] for name in names]
    _check_kinds(takes, [columns[i] for i in positions])
    if takes != "numbers":
        return Part(_cells(positions), tuple(step.run for step in steps), where)
    numbers = [column.name for column in columns if column.kind in _NUMBERS]
    read = _numbers([numbers.index(name) for name in names])
    return Part(read, tuple(step.run for step in steps), where)


def _check_kinds(takes: Source, columns: Sequence[ColumnProfile]) -> None:
    kinds = {"numbers": _NUMBERS, "dates": ("datetime",)}.get(takes)
    for column in columns:
        if kinds and column.kind not in kinds:
            raise NotPlain(f"{column.name} is a {column.kind}, needed are {takes}")


def _cells(positions: list[int]) -> Callable[[Rows, Floats], Any]:
    return lambda rows, _: [[row[i] for row in rows] for i in positions]


def _numbers(positions: list[int]) -> Callable[[Rows, Floats], Array]:
    first, last = positions[0], positions[-1]
    if positions == list(range(first, last + 1)):
        return lambda _, numbers: numbers[:, first : last + 1]
    chosen = np.asarray(positions, dtype=np.intp)
    return lambda _, numbers: numbers.take(chosen, axis=1)
