"""Predictions kept within what was seen in training."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, MetaEstimatorMixin, RegressorMixin, clone


class ClippedRegressor(MetaEstimatorMixin, RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Fit an estimator and clip its predictions to the range of the training target.

    Boosted trees and linear models leave that range; where the target is capped, as
    census prices are at 500,001 dollars, clipping can only bring them nearer.

    Args:
        estimator: Unfitted regressor.
    """

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def fit(self, X: Any, y: NDArray[np.float64]) -> Self:
        """Fit a clone of the estimator and remember the extremes of `y`."""
        self.estimator_ = clone(self.estimator).fit(X, y)
        self.low_ = float(np.min(y))
        self.high_ = float(np.max(y))
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Return predictions of shape (n_rows,) within the training range."""
        predicted = np.asarray(self.estimator_.predict(X), dtype=np.float64)
        return np.clip(predicted, self.low_, self.high_)
