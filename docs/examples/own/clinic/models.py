"""A model that errs on the safe side."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import ExtraTreesRegressor


class QuantileTrees(RegressorMixin, BaseEstimator):
    """Randomized trees that answer with a quantile of what each of them says."""

    def __init__(
        self,
        quantile: float = 0.9,
        n_estimators: int = 100,
        min_samples_leaf: int = 5,
        random_state: int | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.quantile = quantile
        self.n_estimators = n_estimators
        self.min_samples_leaf = min_samples_leaf
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: NDArray[Any], y: NDArray[np.float64]) -> Self:
        """Grow the trees on features of shape (n_rows, n_features)."""
        self.trees_ = ExtraTreesRegressor(
            n_estimators=self.n_estimators,
            min_samples_leaf=self.min_samples_leaf,
            random_state=self.random_state,
            n_jobs=self.n_jobs,
        ).fit(X, y)
        return self

    def predict(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Return shape (n_rows,)."""
        said = [tree.predict(X) for tree in self.trees_.estimators_]
        return np.quantile(np.stack(said), self.quantile, axis=0)
