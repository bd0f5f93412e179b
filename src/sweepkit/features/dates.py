"""Dates as numbers a model can split on."""

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

PARTS = (
    *("year", "month", "day", "weekday", "weekend"),
    *("hour", "day_of_year", "days_since_1970"),
)
CYCLES = (
    *("year_sine", "year_cosine", "week_sine", "week_cosine"),
    *("day_sine", "day_cosine"),
)
Dates = NDArray[np.datetime64]
Floats = NDArray[np.float64]
_SECONDS_PER_DAY = 86_400.0
_SATURDAY = 5


def split_dates(dates: Dates) -> Floats:
    """Split dates in microseconds, shape (n_rows,), into (n_rows, 8) in `PARTS`."""
    days, months = dates.astype("M8[D]"), dates.astype("M8[M]")
    years = dates.astype("M8[Y]")
    since = days.astype(np.int64)
    parts = np.empty((len(dates), len(PARTS)))
    parts[:, 0] = years.astype(np.int64) + 1970
    parts[:, 1] = months.astype(np.int64) % 12 + 1
    parts[:, 2] = (days - months.astype("M8[D]")).astype(np.int64) + 1
    parts[:, 3] = (since + 3) % 7  # the first of January 1970 was a Thursday
    parts[:, 4] = parts[:, 3] >= _SATURDAY
    parts[:, 5] = (dates - days).astype("m8[h]").astype(np.int64)
    parts[:, 6] = (days - years.astype("M8[D]")).astype(np.int64) + 1
    parts[:, 7] = dates.astype(np.int64) / 1e6 / _SECONDS_PER_DAY
    parts[np.isnat(dates)] = np.nan
    return parts


def place_on_cycles(parts: Floats) -> Floats:
    """Return where parts lie in year, week and day, (n_rows, 6) in `CYCLES`.

    The last day of a year comes to lie beside the first, Sunday beside Monday.
    """
    blank = np.isnan(parts[:, 0])
    counts = np.where(blank[:, None], 0, parts).astype(np.intp)
    places = np.hstack(
        [
            _YEAR[counts[:, 6] - 1],
            _WEEK[counts[:, 3]],
            _DAY[counts[:, 5]],
        ]
    )
    places[blank] = np.nan
    return places


def describe_dates(dates: Dates, *, cyclic: bool) -> Floats:
    """Return the parts and, if asked for, the cycles of dates, side by side."""
    parts = split_dates(dates)
    return np.hstack([parts, place_on_cycles(parts)]) if cyclic else parts


class DateParts(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Replace every date column by its parts: year, month, weekday, hour and so on.

    Input is a DataFrame of dates or ISO texts, shape (n_rows, n_columns). Output is
    float64, NaN where the date is missing. Weekdays count from Monday = 0; Saturday
    and Sunday are `weekend`; `days_since_1970` is fractional and carries the trend.

    Args:
        cyclic: Whether to add sine and cosine of the place in year, week and day.

    Attributes:
        kept_: For each output its position among all parts of all columns. A part that
            is the same in all training rows, such as the hour of dates without a time,
            is left out; `days_since_1970` never is.
    """

    def __init__(self, cyclic: bool = False) -> None:
        self.cyclic = cyclic

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Find out which parts vary."""
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        names, parts = self._name_all(), self._describe(X)
        varies = np.array([_varies(part) for part in parts.T])
        varies |= np.array([name.endswith(PARTS[-1]) for name in names])
        self.kept_ = np.flatnonzero(varies)
        return self

    def transform(self, X: pd.DataFrame) -> Floats:
        """Return the parts, column by column in the order of `PARTS` and `CYCLES`."""
        return self._describe(X).take(self.kept_, axis=1)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return names such as `sold_on_year`."""
        return np.asarray(self._name_all(), dtype=object)[self.kept_]

    def _describe(self, X: pd.DataFrame) -> Floats:
        dates = [_read_dates(X[name]) for name in X.columns]
        return np.hstack([describe_dates(d, cyclic=self.cyclic) for d in dates])

    def _name_all(self) -> list[str]:
        parts = (*PARTS, *CYCLES) if self.cyclic else PARTS
        return [f"{name}_{part}" for name in self.feature_names_in_ for part in parts]


def _read_dates(column: pd.Series) -> Dates:
    # Whatever unit a table keeps its dates in, the parts are computed from the same.
    return pd.to_datetime(column).dt.as_unit("us").to_numpy()


def _varies(part: Floats) -> bool:
    known = part[~np.isnan(part)]
    return bool(known.size) and bool((known != known[0]).any())


def _circle(n_places: int) -> Floats:
    """Return sine and cosine of places evenly on a circle, shape (n_places, 2)."""
    angle = 2 * np.pi * np.arange(n_places) / n_places
    return np.stack([np.sin(angle), np.cos(angle)], axis=1)


# Looked up rather than computed: the same to the last bit for one row and for many.
_YEAR, _WEEK, _DAY = _circle(366), _circle(7), _circle(24)
