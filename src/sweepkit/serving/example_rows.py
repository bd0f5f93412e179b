"""Rows and bodies to show: those of the model's own training table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sweepkit.data.column_profile import ColumnProfile, TableProfile
from sweepkit.serving.dates import write_moment
from sweepkit.serving.params import PROBABILITIES, RETURN

Row = dict[str, Any]

GUIDES: tuple[Row, ...] = (
    {
        "median_income": 8.3252,
        "housing_median_age": 41.0,
        "total_rooms": 880,
        "total_bedrooms": 129,
        "population": 322,
        "households": 126,
        "latitude": 37.88,
        "longitude": -122.23,
        "ocean_proximity": "NEAR BAY",
    },
)
"""Rows that guides show for the tables that ship with the package."""


def list_example_rows(profile: TableProfile) -> list[Row]:
    """Return rows to show, at least one, cells by column name in the same order.

    First comes the row a guide shows, if it has the model's columns, then those the
    model carries; a model that carries none gets a typical row made of its profile.
    """
    names = {column.name for column in profile.columns}
    rows = [dict(row) for row in GUIDES if row.keys() == names]
    known = profile.examples or [tuple(map(_typical, profile.columns))]
    rows += [_write_row(profile, cells) for cells in known]
    return [{name: row[name] for name in rows[0]} for row in rows]


def to_split(rows: Sequence[Row]) -> Row:
    """Return a body in the layout `dataframe_split`."""
    data = [list(row.values()) for row in rows]
    return {"dataframe_split": {"columns": list(rows[0]), "data": data}}


def to_records(rows: Sequence[Row]) -> Row:
    """Return a body in the layout `dataframe_records`."""
    return {"dataframe_records": list(rows)}


def to_instances(rows: Sequence[Row]) -> Row:
    """Return a body in the layout `instances`."""
    return {"instances": list(rows)}


def to_inputs(rows: Sequence[Row]) -> Row:
    """Return a body in the layout `inputs`, column by column."""
    return {"inputs": {name: [row[name] for row in rows] for name in rows[0]}}


def ask_probabilities(body: Row) -> Row:
    """Return a body that asks for the probabilities of classes."""
    return {**body, "params": {RETURN: PROBABILITIES}}


def to_csv(rows: Sequence[Row]) -> str:
    """Return a body of CSV, without a line end after the last row."""
    lines = [list(rows[0]), *(row.values() for row in rows)]
    return "\n".join(",".join(map(_write_csv, line)) for line in lines)


def _write_row(profile: TableProfile, cells: Sequence[Any]) -> Row:
    pairs = zip(profile.columns, cells, strict=True)
    return {column.name: _write_cell(column, cell) for column, cell in pairs}


def _typical(column: ColumnProfile) -> Any:
    middle = column.quantiles[len(column.quantiles) // 2] if column.quantiles else None
    if column.kind == "double":
        return 0.0 if middle is None else middle
    if column.kind == "datetime":
        return write_moment(middle or 0.0)
    commonest = next(iter(column.categories), "")
    return commonest == "true" if column.kind == "boolean" else commonest


def _write_cell(column: ColumnProfile, cell: Any) -> Any:
    """Return a cell as a person would write it: 880 in a column of whole numbers."""
    is_whole = column.whole and isinstance(cell, float) and cell.is_integer()
    return int(cell) if is_whole else cell


def _write_csv(cell: Any) -> str:
    if cell is None:
        return ""
    text = str(cell).lower() if isinstance(cell, bool) else str(cell)
    needs_quotes = any(sign in text for sign in ',"\r\n')
    return '"' + text.replace('"', '""') + '"' if needs_quotes else text
