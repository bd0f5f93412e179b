"""Predictions kept within what was seen in training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, MetaEstimatorMixin, RegressorMixin, clone

if TYPE_CHECKING:
    from sweepkit.models.interval_numbers import NumberIntervals


class ClippedRegressor(MetaEstimatorMixin, RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Fit an estimator and clip its predictions to the range of the training target.

    Boosted trees and linear models leave that range; where the target is capped, as
    census prices are at 500,001 dollars, clipping can only bring them nearer.

    Args:
        estimator: Unfitted regressor.
        clip: Whether to clip; without, this only carries what belongs to a regressor.

    Attributes:
        estimator_: The fitted regressor.
        low_: Least prediction, minus infinity if nothing is clipped.
        high_: Largest prediction, likewise.
        intervals_: What makes prediction intervals, or None; see `learn_intervals`.
    """

    # Models saved before there were these have neither.
    clip = True
    intervals_: NumberIntervals | None = None

    def __init__(self, estimator: Any, clip: bool = True) -> None:
        self.estimator = estimator
        self.clip = clip

    def fit(self, X: Any, y: NDArray[np.float64], **how: Any) -> Self:
        """Fit a clone of the estimator and remember the extremes of `y`.

        Args:
            X: Features, (n_rows, n_features).
            y: Shape (n_rows,).
            **how: Handed on to the estimator's own `fit`.
        """
        self.estimator_ = clone(self.estimator).fit(X, y, **how)
        self.low_ = float(np.min(y)) if self.clip else -np.inf
        self.high_ = float(np.max(y)) if self.clip else np.inf
        self.intervals_ = None
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Return predictions of shape (n_rows,) within the training range."""
        predicted = np.asarray(self.estimator_.predict(X), dtype=np.float64)
        return np.clip(predicted, self.low_, self.high_)
