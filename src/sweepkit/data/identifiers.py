"""Columns that name rows rather than describe them, from which nothing is learned."""

from pandas.api import types

from sweepkit.data.column_names import says_moment
from sweepkit.data.lookup import set_role
from sweepkit.data.problem import Kind, Problem, Severity, accept, count
from sweepkit.data.roles import Role
from sweepkit.data.sample import Column, Sample

_FEWEST_ROWS = 50
# Texts of which nearly each is another; whole numbers of which every second is there.
_NEARLY_UNIQUE, _DENSE = 0.9, 2


def find_identifiers(sample: Sample) -> list[Problem]:
    """Find features that differ in every row; if all do, that stops."""
    if sample.size < _FEWEST_ROWS:
        return []
    named = [column for column in sample.columns if _names_rows(sample, column)]
    severity: Severity = "stop" if len(named) == len(sample.columns) else "warn"
    return [_tell_identifier(column, severity) for column in named]


def _names_rows(sample: Sample, column: Column) -> bool:
    n_values = len(column.distinct)
    if column.role == Role.CATEGORICAL:
        return n_values > _NEARLY_UNIQUE * column.n_filled and column.n_filled > 1
    if column.role != Role.NUMERIC or n_values < column.codes.size:
        return False
    if says_moment(column.name):
        return False
    values = sample.table[column.name]
    if not types.is_integer_dtype(values):
        return False
    span = int(values.max()) - int(values.min()) + 1
    return span <= _DENSE * sample.n_rows


def _tell_identifier(column: Column, severity: Severity) -> Problem:
    n, name = column.n_filled, column.name
    found = (
        f"Column {name!r} has {count(len(column.distinct), 'different value')} in "
        f"{count(n, 'row')}; it names rows rather than describes them."
    )
    advice = f"Drop it with {set_role(name, Role.IDENTIFIER)}."
    if severity == "stop":
        found += " So does every other column."
        advice += (
            f" A table needs columns that describe; to go on all the same, "
            f"{accept(Kind.IDENTIFIER)}."
        )
    return Problem(Kind.IDENTIFIER, severity, name, found, advice)
