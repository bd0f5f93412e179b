"""Rows to try a model with, made up from its profile."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np

from sweepkit.data.column_profile import ColumnProfile, TableProfile
from sweepkit.models.predictor import Rows
from sweepkit.models.predictor.rows import Cell

UNSEEN = "a category no table has"
_BLANK_SHARE = 0.1
_EPOCH = datetime(1970, 1, 1)
_FIRST_DATE, _LAST_DATE = -3e9, 7e9  # seconds since 1970: the years 1874 to 2191
# What every number of a row is at once; the last two overflow float32.
_NUMBERS = {
    "zeros": 0.0,
    "minus ones": -1.0,
    "large numbers": 1e12,
    "large negative numbers": -1e12,
    "huge numbers": 1e300,
    "huge negative numbers": -1e300,
}


class Samples(NamedTuple):
    """Rows and what each of them is, in words.

    Attributes:
        rows: Cells in the order of the profile's columns.
        words: One for each row.
    """

    rows: Rows
    words: Sequence[str]

    def part(self, start: int, stop: int) -> "Samples":
        """Return those from `start` to before `stop`."""
        return Samples(self.rows[start:stop], self.words[start:stop])


def draw_rows(profile: TableProfile, n_rows: int, seed: int) -> Samples:
    """Return rows like those of training: its examples, then drawn ones."""
    rng = np.random.default_rng(seed)
    rows = [_read_example(row, profile.columns) for row in profile.examples[:n_rows]]
    words = ["example"] * len(rows)
    while len(rows) < n_rows:
        rows.append([_draw(column, rng) for column in profile.columns])
        words.append("drawn")
    return Samples(rows, words)


def edge_rows(profile: TableProfile) -> Samples:
    """Return rows at the edge of what there is: blanks, strangers, extremes."""
    edges = list(_whole_rows(profile.columns))
    usual = [_usual(column) for column in profile.columns]
    for i, column in enumerate(profile.columns):
        edges.append((f"{column.name} blank", _with(usual, i, None)))
        if column.kind == "string":
            edges.append((f"{column.name} unseen", _with(usual, i, UNSEEN)))
    return Samples([row for _, row in edges], [words for words, _ in edges])


def _whole_rows(columns: Sequence[ColumnProfile]) -> Iterator[tuple[str, list[Cell]]]:
    yield "all blank", [None for _ in columns]
    yield "all lowest", [_at(column, 0) for column in columns]
    yield "all highest", [_at(column, -1) for column in columns]
    for words, number in _NUMBERS.items():
        yield (
            words,
            [number if c.kind == "double" else _usual(c) for c in columns],
        )


def _with(row: list[Cell], position: int, cell: Cell) -> list[Cell]:
    return [*row[:position], cell, *row[position + 1 :]]


def _usual(column: ColumnProfile) -> Cell:
    return _at(column, len(column.quantiles) // 2)


def _at(column: ColumnProfile, rank: int) -> Cell:
    """Return a column's quantile, or its commonest or rarest category."""
    if column.kind == "boolean":
        return rank == 0
    if column.kind == "string":
        return list(column.categories)[min(rank, 0)] if column.categories else UNSEEN
    number = column.quantiles[rank] if column.quantiles else 1.0
    return number if column.kind == "double" else _date(number)


def _draw(column: ColumnProfile, rng: np.random.Generator) -> Cell:
    if not column.required and rng.random() < _BLANK_SHARE:
        return None
    if column.kind == "boolean":
        return bool(rng.random() < 0.5)
    if column.kind == "string":
        return str(rng.choice([*column.categories, UNSEEN]))
    quantiles = column.quantiles or (-1e4, 0.0, 1.0, 1e2, 1e4)
    # Somewhat beyond both ends, where models must not be asked but are.
    rank = rng.uniform(-0.1, len(quantiles) - 0.9)
    number = float(np.interp(rank, range(len(quantiles)), quantiles))
    low, high = quantiles[0], quantiles[-1]
    if not 0 <= rank <= len(quantiles) - 1:
        number += (high - low) * float(rng.uniform(-0.5, 0.5))
    if column.kind == "datetime":
        return _date(number)
    return float(round(number)) if column.whole else number


def _date(seconds: float) -> datetime:
    inside = min(max(seconds, _FIRST_DATE), _LAST_DATE)
    return _EPOCH + timedelta(seconds=inside)


def _read_example(row: Sequence[Cell], columns: Sequence[ColumnProfile]) -> list[Cell]:
    return [_read_cell(cell, c) for cell, c in zip(row, columns, strict=True)]


def _read_cell(cell: Cell, column: ColumnProfile) -> Cell:
    if column.kind == "datetime" and isinstance(cell, str):
        date = datetime.fromisoformat(cell)
        return date.astimezone(UTC).replace(tzinfo=None) if date.tzinfo else date
    if column.kind == "double" and cell is not None:
        return float(cell)  # type: ignore[arg-type]
    return cell
