"""Say which cells of a refused table are wrong: slow, and only run for those."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sweepkit.serving.cells import MISSING, ColumnReader, Misfit
from sweepkit.serving.refusal import (
    MOST_DETAILS,
    Detail,
    RequestRefused,
    describe,
    invalid_value,
    quote_all,
)


def explain(
    columns: Sequence[ColumnReader], raw: Sequence[Sequence[Any]], n_rows: int
) -> RequestRefused:
    """Return the refusal of a table with cells that do not fit.

    Args:
        columns: The columns of the model.
        raw: The raw cells of each, n_rows of them.
        n_rows: Rows of the table.
    """
    pairs = zip(columns, raw, strict=True)
    faulty = [(column, values) for column, values in pairs if not _fit(column, values)]
    places = sorted(
        (row, number)
        for number, (column, values) in enumerate(faulty)
        for row in _find_misfits(column, values)
    )
    details = [
        _tell(row, faulty[number][0], faulty[number][1][row])
        for row, number in places[:MOST_DETAILS]
    ]
    names = quote_all([column.name for column, _ in faulty])
    return invalid_value(
        f"{_count(len(places), 'cell')} of {_count(n_rows, 'row')} cannot be used, in "
        f"{names}.",
        details,
        len(places) - len(details),
    )


def _find_misfits(column: ColumnReader, values: Sequence[Any]) -> list[int]:
    return [row for row, value in enumerate(values) if not _fit(column, (value,))]


def _fit(column: ColumnReader, values: Sequence[Any]) -> bool:
    try:
        column.read(values)
    except Misfit:
        return False
    return True


def _tell(row: int, column: ColumnReader, value: Any) -> Detail:
    found = "no such key" if value is MISSING else describe(value)
    return Detail(row, column.name, found, column.needed)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
