"""What the steps that look at a row's neighbours have in common."""

from abc import abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, clone

from sweepkit.errors import ConfigError, DataError
from sweepkit.features.distance import Floats
from sweepkit.features.inputs import InputColumns
from sweepkit.features.surroundings import Surroundings

_LIMITS = (90, 360)  # degrees of latitude and of longitude


class NearStep(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A feature step that carries its training rows along and asks the nearest.

    While training a row's neighbours are the others; `fit_transform`, which pipelines
    call with training rows, therefore differs from `transform` of the same rows.
    """

    latitude: str | None
    longitude: str | None
    inputs: list[str] | None
    sizes: Sequence[int]

    @property
    def columns(self) -> list[str]:
        """Raw columns needed: latitude, longitude, then the inputs."""
        return [*self._position, *(self.inputs or [])]

    @property
    def _position(self) -> list[str]:
        return [self.latitude or "latitude", self.longitude or "longitude"]

    def for_columns(self, columns: InputColumns) -> Self:
        """Return the step with every number column of a table among its inputs.

        One that names its inputs is returned as it is; coordinates are none.
        """
        if self.inputs is not None:
            return self
        named: Self = clone(self)
        others = [name for name in columns.numeric if name not in self._position]
        named.set_params(inputs=others)
        return named

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Keep the training rows; see the class for why training needs more.

        Raises:
            ConfigError: If a setting is no number of neighbours.
            DataError: If the coordinates are no degrees.
        """
        for size in self._list_sizes():
            if size < 1:
                raise ConfigError(
                    f"A number of neighbours in features.steps is {size}; use 1 or "
                    f"more, or leave it out."
                )
        block = self._read(X)
        self.__dict__.pop("surroundings", None)
        self._learn(block, None if y is None else np.asarray(y, dtype=np.float64))
        return self

    def fit_transform(self, X: pd.DataFrame, y: Any = None) -> Floats:
        """Keep the training rows and describe each by the others.

        Returns:
            Shape (n_rows, n_features); see `transform`.
        """
        return self.fit(X, y).surroundings.describe_training(self._read(X))

    def transform(self, X: pd.DataFrame) -> Floats:
        """Describe rows by the training rows nearest to them.

        Args:
            X: Table with the columns in `columns`, coordinates in degrees.

        Returns:
            Shape (n_rows, n_features), in the order of `get_feature_names_out`; NaN
            where a coordinate is NaN, or there is no neighbour.
        """
        return self.surroundings.describe(self._read(X, strict=False))

    @cached_property
    def surroundings(self) -> Surroundings:
        """What a fitted step measures with, on plain arrays; never saved."""
        return self._build()

    @abstractmethod
    def _learn(self, block: Floats, y: Floats | None) -> None:
        """Set the attributes ending in `_` from (latitude, longitude, inputs)."""

    @abstractmethod
    def _build(self) -> Surroundings:
        """Return the plain form of what was learned."""

    def _list_sizes(self) -> list[int]:
        return [int(size) for size in self.sizes]

    def _read(self, X: pd.DataFrame, *, strict: bool = True) -> Floats:
        if strict:
            check_degrees(X, self._position)
        return X[self.columns].to_numpy(dtype=np.float64, na_value=np.nan)

    def __getstate__(self) -> dict[str, Any]:
        """Leave the tree out: files hold the training rows, and it is made of them."""
        state = dict(super().__getstate__())
        state.pop("surroundings", None)
        return state


def check_degrees(table: pd.DataFrame, position: list[str]) -> None:
    """Refuse coordinates that are none.

    Args:
        table: Rows with the columns in `position`.
        position: Names of latitude and longitude.

    Raises:
        DataError: If one is beyond what a globe has.
    """
    for name, limit in zip(position, _LIMITS, strict=True):
        values = table[name].to_numpy(dtype=np.float64, na_value=np.nan)
        off = np.abs(values) > limit
        if off.any():
            raise DataError(
                f"Column {name!r} holds {values[off][0]:g}, which is no position in "
                f"degrees (at most {limit}). Neighbours need latitude and longitude: "
                f"set `data.latitude` and `data.longitude`, or `features=none`."
            )


def check_pairs(pairs: dict[str, list[str]] | None, inputs: list[str]) -> None:
    """Refuse quotients of columns that are not among the inputs.

    Raises:
        ConfigError: If a pair is not two of them.
    """
    for name, pair in (pairs or {}).items():
        if isinstance(pair, str) or len(pair) != 2 or not {*pair} <= {*inputs}:
            raise ConfigError(
                f"The pair {name!r} of a step in features.steps is {pair!r}; it must "
                f"be two of the step's inputs, [numerator, denominator]: {inputs}."
            )
