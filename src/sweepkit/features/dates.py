"""Dates as numbers a model can split on."""

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

PARTS = ("year", "month", "day", "weekday", "hour", "days_since_1970")
Dates = NDArray[np.datetime64]
_SECONDS_PER_DAY = 86_400.0


def split_dates(dates: Dates) -> NDArray[np.float64]:
    """Split dates in microseconds, shape (n_rows,), into (n_rows, 6) in `PARTS`."""
    days, months = dates.astype("M8[D]"), dates.astype("M8[M]")
    since = days.astype(np.int64)
    parts = np.empty((len(dates), len(PARTS)))
    parts[:, 0] = dates.astype("M8[Y]").astype(np.int64) + 1970
    parts[:, 1] = months.astype(np.int64) % 12 + 1
    parts[:, 2] = (days - months.astype("M8[D]")).astype(np.int64) + 1
    parts[:, 3] = (since + 3) % 7  # the first of January 1970 was a Thursday
    parts[:, 4] = (dates - days).astype("m8[h]").astype(np.int64)
    parts[:, 5] = dates.astype(np.int64) / 1e6 / _SECONDS_PER_DAY
    parts[np.isnat(dates)] = np.nan
    return parts


class DateParts(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Replace every date column by its year, month, day, weekday, hour and age.

    Input is a DataFrame of dates or ISO texts, shape (n_rows, n_columns). Output has
    shape (n_rows, 6 * n_columns), float64, NaN where the date is missing. Weekdays
    count from Monday = 0; `days_since_1970` is fractional and carries the trend.
    """

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Remember the names of the columns; nothing else is learned."""
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: pd.DataFrame) -> NDArray[np.float64]:
        """Return the parts, column by column in the order of `PARTS`."""
        return np.hstack([split_dates(_read_dates(X[name])) for name in X.columns])

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return names such as `sold_on_year`."""
        names = [f"{name}_{part}" for name in self.feature_names_in_ for part in PARTS]
        return np.asarray(names, dtype=object)


def _read_dates(column: pd.Series) -> Dates:
    # Whatever unit a table keeps its dates in, the parts are computed from the same.
    return pd.to_datetime(column).dt.as_unit("us").to_numpy()
