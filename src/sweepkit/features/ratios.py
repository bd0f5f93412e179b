"""Quotients of two columns, such as rooms per household."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from sweepkit.errors import ConfigError

Floats = NDArray[np.float64]
Positions = Sequence[int] | NDArray[np.intp]


def divide(values: Floats, numerators: Positions, denominators: Positions) -> Floats:
    """Divide columns of `values` by columns of it; a quotient by 0 is NaN."""
    # NaN, unlike the infinity of a plain division, is a blank to every model here.
    below = values[:, denominators]
    below[below == 0] = np.nan
    return values[:, numerators] / below


class Ratios(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Divide columns by columns; trees cannot do that by themselves.

    Args:
        pairs: Name of each output column to its `[numerator, denominator]`, both
            names of number columns, such as
            `{"rooms_per_household": ["total_rooms", "households"]}`.

    Attributes:
        numerators_: Position in `columns` of each output's numerator, set by `fit`.
        denominators_: The same for the denominators.
    """

    def __init__(self, pairs: dict[str, list[str]]) -> None:
        self.pairs = pairs

    @property
    def columns(self) -> list[str]:
        """Raw columns needed, in order of first mention.

        Raises:
            ConfigError: If a pair is not two column names.
        """
        for name, pair in self.pairs.items():
            if isinstance(pair, str) or len(pair) != 2:
                raise ConfigError(
                    f"features.steps.ratios.pairs.{name} is {pair!r}; it must be two "
                    f"column names, [numerator, denominator]."
                )
        return list(
            dict.fromkeys(name for pair in self.pairs.values() for name in pair)
        )

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Work out which column is divided by which; no value is learned."""
        del X, y
        position = {name: i for i, name in enumerate(self.columns)}
        self.numerators_ = [position[pair[0]] for pair in self.pairs.values()]
        self.denominators_ = [position[pair[1]] for pair in self.pairs.values()]
        return self

    def transform(self, X: pd.DataFrame) -> Floats:
        """Compute the ratios.

        Args:
            X: Table with the columns in `columns`, shape (n_rows, n_columns).

        Returns:
            Shape (n_rows, n_pairs); NaN where a part is NaN or the denominator 0.
        """
        values = X[self.columns].to_numpy(dtype=np.float64, na_value=np.nan)
        return divide(values, self.numerators_, self.denominators_)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the output names: the keys of `pairs`."""
        del input_features
        return np.array(list(self.pairs), dtype=object)
