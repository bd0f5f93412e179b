"""Columns whose values are missing, all alike, too many or too far off."""

from collections.abc import Callable

import numpy as np

from sweepkit.data.column_names import names_owner
from sweepkit.data.lookup import set_role
from sweepkit.data.placeholders import find_placeholders
from sweepkit.data.problem import Kind, Problem, count, write_share, write_value
from sweepkit.data.roles import Role
from sweepkit.data.sample import Column, Sample
from sweepkit.data.text_checks import check_text

_MOSTLY = 0.5
_NEARLY_ALL = 0.995
# Categories that few rows each tell about.
_MANY_CATEGORIES, _ROWS_EACH = 200, 10
# Beyond these a 32-bit float ends, in which forests keep numbers.
_FLOAT32_MAX = float(np.finfo(np.float32).max)
# How often as large as all but one row in a thousand.
_FAR_OFF = 1_000


def check_values(sample: Sample) -> list[Problem]:
    """Find what is wrong within single columns."""
    problems = []
    for column in sample.columns:
        for check in _CHECKS:
            problem = check(column)
            if problem is not None:
                problems.append(problem)
    return problems


def _check_blanks(column: Column) -> Problem | None:
    share = column.n_blank / column.codes.size
    if share <= _MOSTLY:
        return None
    found = f"Column {column.name!r} is blank in {write_share(share)} of the rows."
    advice = (
        f"If that a value is there means nothing, drop it with "
        f"{set_role(column.name, Role.IGNORED)}."
    )
    return Problem(Kind.BLANKS, "warn", column.name, found, advice)


def _check_constant(column: Column) -> Problem | None:
    if not column.counts.size or column.counts.max() < _NEARLY_ALL * column.codes.size:
        return None
    value = column.distinct[int(np.argmax(column.counts))]
    share = column.counts.max() / column.codes.size
    found = (
        f"Column {column.name!r} is {write_value(value)} in "
        f"{write_share(float(share))} of the rows."
    )
    advice = f"It can tell little; drop it with {set_role(column.name, Role.IGNORED)}."
    return Problem(Kind.NEAR_CONSTANT, "warn", column.name, found, advice)


def _check_categories(column: Column) -> Problem | None:
    n_values = len(column.distinct)
    if column.role != Role.CATEGORICAL or n_values <= _MANY_CATEGORIES:
        return None
    if names_owner(column.name):
        return None  # of such a column more is to be said than that
    rows_each, lone = column.n_filled / n_values, float(np.mean(column.counts == 1))
    if rows_each >= _ROWS_EACH:
        return None
    found = (
        f"Column {column.name!r} has {count(n_values, 'different text')} with "
        f"{rows_each:.2g} rows each; {write_share(lone)} of them are in one row only."
    )
    advice = (
        "It is learned as the mean of the target in rows of the same text, which so "
        "few rows tell only roughly. Coarser texts may tell more, such as the first "
        "digits of a code or a region instead of a place; "
        f"{set_role(column.name, Role.IGNORED)} drops the column."
    )
    return Problem(Kind.CARDINALITY, "warn", column.name, found, advice)


def _check_placeholders(column: Column) -> Problem | None:
    found = find_placeholders(column)
    if not found:
        return None
    said = ", ".join(f"{value} in {count(n, 'row')}" for value, n in found)
    return Problem(
        Kind.PLACEHOLDER,
        "warn",
        column.name,
        f"Column {column.name!r} holds {said}, far from all else it holds.",
        "If that stands for a value that is not known, leave these cells blank in the "
        "source; models learn from blanks, too.",
    )


def _check_range(column: Column) -> Problem | None:
    if column.role != Role.NUMERIC or len(column.distinct) < 2:
        return None
    sizes = np.abs(column.distinct.to_numpy(dtype=np.float64))
    largest = float(sizes.max())
    weights = np.repeat(sizes, column.counts)
    usual = float(np.quantile(weights, 0.999, method="lower"))
    if largest > _FLOAT32_MAX:
        found = f"Column {column.name!r} holds {largest:g}, which forests cannot keep."
        advice = "Give it another unit in the source, or correct that row."
    elif usual and largest > _FAR_OFF * usual:
        found = (
            f"Column {column.name!r} reaches {_write_size(largest)}; 99.9% of its rows "
            f"lie within {_write_size(usual)}."
        )
        advice = "Look whether unit or decimal mark are wrong in these rows."
    else:
        return None
    return Problem(Kind.RANGE, "warn", column.name, found, advice)


def _write_size(size: float) -> str:
    return f"{size:,.0f}" if 1_000 <= size < 1e15 else f"{size:.4g}"


_CHECKS: tuple[Callable[[Column], Problem | None], ...] = (
    _check_blanks,
    _check_constant,
    _check_categories,
    _check_placeholders,
    _check_range,
    check_text,
)
