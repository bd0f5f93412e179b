"""Values that people write where they know none: -999, 9999, 1900-01-01, `#REF!`."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweepkit.data.problem import write_value
from sweepkit.data.roles import Role
from sweepkit.data.sample import Column

Found = list[tuple[str, int]]

_NINES = tuple(10.0**digits - 1 for digits in range(2, 11))
_LIMITS = (2.0**15 - 1, 2.0**31 - 1, 2.0**15, 2.0**31)
_NUMBERS = {*_NINES, *(-n for n in _NINES), *_LIMITS, *(-n for n in _LIMITS), 0.0}
_DATES = ("1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01")
_LAST_DATES = ("2099-12-31", "2100-01-01", "2199-12-31")
_TEXTS = {"-", "--", "---", ".", "#ref!", "#value!", "#div/0!", "#name?", "#num!"}
_FEWEST_ROWS, _FEWEST_VALUES = 2, 10
# How far off it must lie, in widths of all other rows and of the middle half of them.
_WIDTHS, _MIDDLES = 1.0, 1.5
# More zeros than these are no slips.
_MOST_ZEROS = 0.25


def find_placeholders(column: Column) -> Found:
    """Return suspicious values with their numbers of rows, none in most columns.

    A number or date counts only at an end of the column, in several rows, and farther
    away from its neighbour than the others from each other; 0 only if no other number
    comes near it.
    """
    if column.role == Role.CATEGORICAL:
        return [
            (write_value(value), int(n))
            for value, n in zip(column.distinct, column.counts, strict=True)
            if str(value).strip().casefold() in _TEXTS
        ]
    if not column.is_ordered or len(column.distinct) < _FEWEST_VALUES:
        return []
    values = _to_numbers(column.distinct)
    is_known = _list_known(column)
    return [
        (write_value(column.distinct[i]), int(column.counts[i]))
        for i in (0, len(values) - 1)
        if is_known[i]
        and column.counts[i] >= _FEWEST_ROWS
        and _is_far_off(values, column.counts, i)
    ]


def _to_numbers(distinct: pd.Index) -> NDArray[np.float64]:
    if isinstance(distinct, pd.DatetimeIndex):
        return distinct.astype("int64").to_numpy(dtype=np.float64)
    return distinct.to_numpy(dtype=np.float64)


def _list_known(column: Column) -> NDArray[np.bool_]:
    if column.role == Role.DATE:
        known = [pd.Timestamp(text) for text in (*_DATES, *_LAST_DATES)]
        return np.asarray(pd.DatetimeIndex(column.distinct).normalize().isin(known))
    return np.asarray(column.distinct.isin(list(_NUMBERS)))


def _is_far_off(values: NDArray[np.float64], counts: NDArray[np.intp], i: int) -> bool:
    others, weights = np.delete(values, i), np.delete(counts, i)
    gap = abs(others[0 if i == 0 else -1] - values[i])
    rows = np.repeat(others, weights)
    if values[i] == 0:
        if counts[i] > _MOST_ZEROS * counts.sum():
            return False
        low, high = np.quantile(rows, [0.25, 0.75])
        return bool(others[0] > 0 and gap > _MIDDLES * (high - low))
    return bool(gap > _WIDTHS * (others[-1] - others[0]))
