"""Convert a column to the one type its role has; refuse what does not convert."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from pandas.api import types

from sweepkit.data.lookup import set_role
from sweepkit.data.roles import Role
from sweepkit.errors import DataError

_TRUE = ("true", "yes", "t", "y", "1", "1.0")
_FALSE = ("false", "no", "f", "n", "0", "0.0")
_TRUTH_OF = dict.fromkeys(_TRUE, "true") | dict.fromkeys(_FALSE, "false")
# What 64 bits of nanoseconds reach.
_FIRST_DATE = pd.Timestamp("1677-09-22", tz="UTC")
_LAST_DATE = pd.Timestamp("2262-04-11", tz="UTC")


def to_numeric(column: pd.Series) -> pd.Series:
    """Return float64 with NaN for blanks; text must hold plain numbers.

    Raises:
        DataError: If a value is no number, or infinite.
    """
    if types.is_datetime64_any_dtype(column):
        # pandas would count nanoseconds since 1970.
        refuse_first(column, column.notna(), "a number is needed")
    numbers = column
    if not types.is_numeric_dtype(column):
        numbers = _convert_distinct(column, _parse_numbers)
        refuse_first(column, numbers.isna() & column.notna(), "a number is needed")
    numbers = numbers.astype("float64")
    refuse_first(column, numbers.abs() == np.inf, "a finite number is needed")
    return numbers


def to_categorical(column: pd.Series) -> pd.Series:
    """Return text with NaN for blanks; 3 and 3.0 both become "3"."""
    if column.dtype == "str":
        return column
    if types.is_numeric_dtype(column) and not types.is_bool_dtype(column):
        return _convert_distinct(column, _write_numbers)
    return _convert_distinct(column, _write)


def to_boolean(column: pd.Series) -> pd.Series:
    """Return "true" and "false" as text with NaN for blanks.

    Raises:
        DataError: If a value is none of true, false, yes, no, 1, 0.
    """
    truths = _convert_distinct(column, _read_truths)
    refuse_first(column, truths.isna() & column.notna(), "yes or no is needed")
    return truths


def to_date(column: pd.Series) -> pd.Series:
    """Return datetime64[ns] with NaT for blanks; times with a zone become UTC.

    Raises:
        DataError: If a value is not written like 2024-01-31, or lies outside of
            1677-09-22 to 2262-04-11.
    """
    need = "a date such as 2024-01-31 is needed"
    if not types.is_datetime64_any_dtype(column):
        texts = to_categorical(column)
        dates = _convert_distinct(texts, _parse_dates)
    else:
        dates = pd.to_datetime(column, utc=True)
    refuse_first(column, dates.isna() & column.notna(), need)
    outside = (dates < _FIRST_DATE) | (dates > _LAST_DATE)
    refuse_first(column, outside, f"{need}, from 1677-09-22 to 2262-04-11")
    naive: pd.Series = dates.dt.tz_localize(None).astype("datetime64[ns]")
    return naive


CONVERSIONS: dict[Role, Callable[[pd.Series], pd.Series]] = {
    Role.NUMERIC: to_numeric,
    Role.CATEGORICAL: to_categorical,
    Role.BOOLEAN: to_boolean,
    Role.DATE: to_date,
    Role.TEXT: to_categorical,
}


def refuse_first(column: pd.Series, bad: pd.Series, need: str) -> None:
    """Raise for the first bad row, counted from 1; do nothing if there is none.

    Raises:
        DataError: If any value of `bad` is true.
    """
    if not bad.any():
        return
    row, name = int(np.argmax(bad.to_numpy())), str(column.name)
    value = column.iloc[row]
    found = repr(value) if isinstance(value, str) else str(value)
    raise DataError(
        f"Column {name!r}, row {row + 1} below the header: found {found}, {need} "
        f"({int(bad.sum())} such of {len(column)} rows). Correct the table, or choose "
        f"another role, such as {set_role(name, 'categorical')} or "
        f"{set_role(name, 'ignored')}."
    )


def _convert_distinct(
    column: pd.Series, convert: Callable[[pd.Series], pd.Series]
) -> pd.Series:
    """Convert each value once: five million dates are a few thousand days.

    Args:
        column: Any values.
        convert: Returns as many values, each from its own one only.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, values = column.cat.codes.to_numpy(), pd.Series(column.cat.categories)
    elif column.dtype == "object":
        # Its values may be equal and yet read differently, as 1 and True.
        return convert(column)
    else:
        codes, distinct = column.factorize()
        values = pd.Series(distinct)
    converted = convert(values).array.take(codes, allow_fill=True)
    return pd.Series(converted, index=column.index, name=column.name)


def _parse_numbers(values: pd.Series) -> pd.Series:
    return pd.to_numeric(values.astype("object"), errors="coerce").astype("float64")


def _parse_dates(texts: pd.Series) -> pd.Series:
    return pd.to_datetime(texts, format="ISO8601", utc=True, errors="coerce")


def _write(values: pd.Series) -> pd.Series:
    return values.astype("object").map(str, na_action="ignore").astype("str")


def _write_numbers(values: pd.Series) -> pd.Series:
    return values.astype("object").map(write_number, na_action="ignore").astype("str")


def _read_truths(values: pd.Series) -> pd.Series:
    return _write(values).str.strip().str.casefold().map(_TRUTH_OF).astype("str")


def write_number(number: float) -> str:
    """Return a number as the text of a category; 3 and 3.0 are both "3"."""
    return str(int(number)) if float(number).is_integer() else str(number)
