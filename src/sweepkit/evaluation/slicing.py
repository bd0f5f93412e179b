"""Which rows are looked at by themselves: those of a category, those of a range."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from sweepkit.errors import ConfigError

MIN_ROWS = 30
# Of a column's categories the commonest: a slice each of 2,000 postcodes is noise, and
# every one more makes it harder to find that another is worse.
MAX_VALUES = 100
N_RANGES = 4
BLANK = "blank"
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Slice:
    """Some of the rows.

    Attributes:
        column: Column by which they were taken.
        value: Their category, or a range such as `<= 33`.
        mask: Which rows, shape (n_rows,).
        is_range: Whether `value` is a range.
    """

    column: str
    value: str
    mask: Mask
    is_range: bool = False


def list_slices(rows: pd.DataFrame, columns: Sequence[str] | None) -> list[Slice]:
    """Return the slices of 30 or more rows, column by column.

    Args:
        rows: Shape (n_rows, n_columns).
        columns: By which to slice: texts and booleans by category, numbers and dates
            by quartile, blanks by themselves. None takes every text and boolean.

    Raises:
        ConfigError: If there is no such column.
    """
    if columns is None:
        found = (
            s
            for name in rows.columns
            if _is_category(rows[name])
            for s in _by_value(str(name), rows[name])
        )
    else:
        check_slice_columns(columns, list(map(str, rows.columns)))
        found = (s for name in columns for s in _by_any(name, rows[name]))
    return [entry for entry in found if int(entry.mask.sum()) >= MIN_ROWS]


def check_slice_columns(columns: Sequence[str] | None, known: Sequence[str]) -> None:
    """Refuse names of columns that a table does not have.

    Raises:
        ConfigError: If one is not among `known`.
    """
    missing = [name for name in columns or () if name not in known]
    if missing:
        raise ConfigError(
            f"evaluation.slices names {', '.join(map(repr, missing))}, and the table "
            f"has no such column. It has {', '.join(known)}."
        )


def _is_category(column: "pd.Series[Any]") -> bool:
    if types.is_bool_dtype(column):
        return True
    return not (types.is_numeric_dtype(column) or types.is_datetime64_any_dtype(column))


def _by_any(name: str, column: "pd.Series[Any]") -> Iterator[Slice]:
    few = column.nunique() <= N_RANGES
    yield from (
        _by_value(name, column)
        if few or _is_category(column)
        else _by_range(name, column)
    )
    yield Slice(name, BLANK, column.isna().to_numpy(dtype=bool))


def _by_value(name: str, column: "pd.Series[Any]") -> Iterator[Slice]:
    counts = column.value_counts()
    for value in counts.index[counts >= MIN_ROWS][:MAX_VALUES]:
        mask = (column == value).fillna(False).to_numpy(dtype=bool)
        yield Slice(name, _write(value), mask)


def _by_range(name: str, column: "pd.Series[Any]") -> Iterator[Slice]:
    """Split numbers or dates at their quartiles, which may coincide."""
    shares = np.arange(1, N_RANGES) / N_RANGES
    # An edge that is a value of the table reads better than one between two of them.
    edges = list(dict.fromkeys(column.quantile(shares, interpolation="lower")))
    below = None
    for edge in [*edges, None]:
        mask = column.notna()
        words = []
        if below is not None:
            mask &= column > below
            words.append(f"> {_write(below)}")
        if edge is not None:
            mask &= column <= edge
            words.append(f"<= {_write(edge)}")
        yield Slice(name, ", ".join(words), mask.to_numpy(dtype=bool), is_range=True)
        below = edge


def _write(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        plain = value == value.normalize()
        return f"{value:%Y-%m-%d}" if plain else value.isoformat(sep=" ")
    if isinstance(value, bool | np.bool_) or not isinstance(
        value, int | float | np.number
    ):
        return str(value)
    number = float(value)
    return (
        str(int(number))
        if number.is_integer() and abs(number) < 1e15
        else f"{number:.6g}"
    )
