"""Read a table from CSV text the way a training table's cells are read."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from sweepkit.serving.cells import ColumnReader
from sweepkit.serving.found import Found, check_n_rows, list_faults
from sweepkit.serving.json_body import BYTE_ORDER_MARK
from sweepkit.serving.refusal import bad_request
from sweepkit.serving.rules import Rules

BLANK_WORDS = frozenset(("", "na", "n/a", "#n/a", "nan", "null", "none", "?"))
"""Cells that hold nothing, in any case: those of `data.csv_cells`, without pandas."""

# float() takes more than a number in CSV should be: 1_000, inf, digits of any script.
_SIGNS = frozenset("0123456789+-.eE ")
_TRUTHS = {"true": True, "false": False}


def read_csv(body: bytes, wanted: Sequence[ColumnReader], rules: Rules) -> Found:
    """Return the table of comma-separated lines, the first of them the column names.

    Cells of number columns become floats and those of boolean columns truth values
    where they can; what cannot stays text, for the check of the cells to name it.

    Raises:
        RequestRefused: If the text is no such table.
    """
    try:
        text = body.removeprefix(BYTE_ORDER_MARK).decode("utf-8")
        names, rows = _split_lines(text, rules.max_rows)
    except UnicodeDecodeError:
        raise bad_request("The body is not valid UTF-8; send CSV so encoded.") from None
    except csv.Error as error:
        raise bad_request(f"The body is not CSV: {error}.") from None
    check_n_rows(len(rows), rules.max_rows)
    if set(map(len, rows)) != {len(names)}:
        n_names = len(names)
        faults = list_faults(
            rows, lambda row: len(row) != n_names, f"{n_names} cells, as the first line"
        )
        raise bad_request(
            f"{len(faults)} of the lines do not have one cell for each column.", faults
        )
    columns = {column.name: column for column in wanted}
    return Found(
        names,
        [
            convert_cells(cells, columns[name]) if name in columns else cells
            for name, cells in zip(names, zip(*rows, strict=True), strict=True)
        ],
        len(rows),
    )


def _split_lines(text: str, max_rows: int) -> tuple[list[str], list[list[str]]]:
    lines: Iterator[list[str]] = csv.reader(io.StringIO(text, newline=""), strict=True)
    filled = (line for line in lines if line)
    names = [name.strip() for name in next(filled, [])]
    return names, list(islice(filled, max_rows + 1))


def convert_cells(cells: Sequence[str], column: ColumnReader) -> Sequence[Any]:
    """Return a column's cells as what it takes, where they can be; blanks as None."""
    if column.kind == "double":
        return _read_numbers(cells)
    to_cell = _read_truth if column.kind == "boolean" else str.strip
    return [_read_cell(cell, column.known, to_cell) for cell in cells]


def _read_numbers(cells: Sequence[str]) -> Sequence[Any]:
    if _SIGNS.issuperset("".join(cells)):
        try:
            return list(map(float, cells))
        except ValueError:
            pass  # a blank among them, or an odd order of the signs
    return [_read_cell(cell, frozenset(), _read_number) for cell in cells]


def _read_cell(cell: str, known: frozenset[str], to_cell: Callable[[str], Any]) -> Any:
    text = cell.strip()
    # A category may be called None.
    if text.lower() in BLANK_WORDS and text not in known:
        return None
    return to_cell(text)


def _read_number(text: str) -> float | str:
    if not _SIGNS.issuperset(text):
        return text
    try:
        return float(text)
    except ValueError:
        return text


def _read_truth(text: str) -> bool | str:
    return _TRUTHS.get(text.lower(), text)
