"""Dates as numbers a model can split on."""

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

PARTS = ("year", "month", "day", "weekday", "hour", "days_since_1970")
_SECONDS_PER_DAY = 86_400.0


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
        return np.hstack([_parts_of(X[name]) for name in X.columns])

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return names such as `sold_on_year`."""
        names = [f"{name}_{part}" for name in self.feature_names_in_ for part in PARTS]
        return np.asarray(names, dtype=object)


def _parts_of(column: pd.Series) -> NDArray[np.float64]:
    dates = pd.to_datetime(column)
    seconds = (dates - pd.Timestamp(0)).dt.total_seconds()
    clock = dates.dt
    parts = (clock.year, clock.month, clock.day, clock.day_of_week, clock.hour)
    return np.column_stack(
        [*(part.to_numpy(np.float64) for part in parts), seconds / _SECONDS_PER_DAY]
    )
