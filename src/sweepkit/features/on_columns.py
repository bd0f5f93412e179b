"""Any transformer of scikit-learn as a feature step."""

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin, clone


class OnColumns(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Let a transformer derive columns from some number columns.

    As in a YAML file of one's own:

        steps:
          squares:
            _target_: sweepkit.features.on_columns.OnColumns
            columns: [rooms, households]
            transformer:
              _target_: sklearn.preprocessing.PolynomialFeatures
              include_bias: false

    Args:
        columns: Number columns it reads, in this order.
        transformer: Unfitted; gives a dense array.

    Attributes:
        transformer_: The fitted one, set by `fit`.
    """

    def __init__(self, columns: list[str], transformer: Any) -> None:
        self.columns = columns
        self.transformer = transformer

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Fit a copy of the transformer."""
        self.transformer_ = clone(self.transformer).fit(X[self.columns], y)
        return self

    def fit_transform(self, X: pd.DataFrame, y: Any = None) -> NDArray[np.float64]:
        """Fit a copy and return what it makes of the rows it is fitted on."""
        # Not `fit` and `transform`: one that learns from the target tells them apart.
        self.transformer_ = clone(self.transformer)
        features = self.transformer_.fit_transform(X[self.columns], y)
        return np.asarray(features, dtype=np.float64)

    def transform(self, X: pd.DataFrame) -> NDArray[np.float64]:
        """Return the transformer's features, shape (n_rows, n_features)."""
        features = self.transformer_.transform(X[self.columns])
        return np.asarray(features, dtype=np.float64)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the transformer's own names."""
        del input_features
        names = self.transformer_.get_feature_names_out(self.columns)
        return np.asarray(names, dtype=object)
