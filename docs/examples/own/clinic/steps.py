"""Columns derived from a patient's own."""

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin


class FromTypical(TransformerMixin, BaseEstimator):
    """How far a value is from the median of the rows that were learned from."""

    def __init__(self, columns: list[str]) -> None:
        self.columns = columns

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Learn the median of each column, blanks left out."""
        self.medians_ = np.nanmedian(_numbers(X), axis=0)
        return self

    def transform(self, X: pd.DataFrame) -> NDArray[np.float64]:
        """Return shape (n_rows, n_columns); a blank stays one."""
        return np.abs(_numbers(X) - self.medians_)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """Name the new columns."""
        return np.array([f"{name}_from_typical" for name in self.columns], dtype=object)


def _numbers(rows: pd.DataFrame) -> NDArray[np.float64]:
    return rows.to_numpy(dtype=np.float64)
