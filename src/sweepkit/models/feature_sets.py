"""Several ways to encode the same columns, side by side in one matrix."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.compose import ColumnTransformer

from sweepkit.features.preprocess import (
    FeatureStep,
    InputColumns,
    Inputs,
    build_preprocessor,
)
from sweepkit.tasks import Task

Floats = NDArray[np.float64]


class FeatureSets(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Fit several ColumnTransformers to the same rows and join their matrices.

    The last columns, one for each set, say how many columns the set has: the matrix is
    all that a pipeline hands on, and whoever reads it has to know where a set ends.

    Args:
        transformers: Unfitted, one for each set, from left to right.
        names: What tells each set's columns from another's; empty for plain names.

    Attributes:
        sets_: The fitted transformers.
        feature_names_in_: Names of the table's columns.
    """

    def __init__(self, transformers: list[Any], names: list[str]) -> None:
        self.transformers = transformers
        self.names = names

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Fit every set."""
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: pd.DataFrame, y: Any = None) -> Floats:
        """Fit every set and return what they make of the rows they are fitted on.

        Args:
            X: Conformed table, (n_rows, n_columns).
            y: Target, (n_rows,), for steps that learn from it.

        Returns:
            Shape (n_rows, n_features).
        """
        self.sets_ = [clone(transformer) for transformer in self.transformers]
        # Not `fit` and `transform`: steps that learn from the target tell them apart.
        parts = [fresh.fit_transform(X, y) for fresh in self.sets_]
        self.feature_names_in_ = self.sets_[0].feature_names_in_
        return join_sets(parts)

    def transform(self, X: pd.DataFrame) -> Floats:
        """Return the features of rows, shape (n_rows, n_features)."""
        return join_sets([fitted.transform(X) for fitted in self.sets_])

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the columns' names; of all sets but the first with the set's own."""
        del input_features
        columns = [
            f"{column} ({name})" if name else str(column)
            for fitted, name in zip(self.sets_, self.names, strict=True)
            for column in fitted.get_feature_names_out()
        ]
        widths = [f"columns of set {i + 1}" for i in range(len(self.sets_))]
        return np.asarray([*columns, *widths], dtype=object)

    @property
    def slices_(self) -> list[slice]:
        """Where each set's columns lie in the matrix."""
        return slices_of([width_of(fitted) for fitted in self.sets_])


def build_feature_sets(
    columns: InputColumns,
    steps: Mapping[str, FeatureStep],
    sets: Sequence[Inputs],
    task: Task = Task.REGRESSION,
) -> ColumnTransformer | FeatureSets:
    """Build what encodes the same columns in several ways.

    Args:
        columns: The table's raw columns.
        steps: Derived columns by name.
        sets: What estimators take; all different, one at least.
        task: What the target is.

    Returns:
        Unfitted; of one set its ColumnTransformer alone.

    Raises:
        ConfigError: If a step is no transformer that names its columns.
        DataError: If a step needs a column that the table lacks or holds as text.
    """
    parts = [build_preprocessor(columns, steps, inputs, task) for inputs in sets]
    if len(parts) == 1:
        return parts[0]
    return FeatureSets(parts, [_tell_apart(inputs, sets[0]) for inputs in sets])


def join_sets(parts: Sequence[Any]) -> Floats:
    """Join the matrices of sets, and say in the last columns how wide each one is."""
    widths = [part.shape[1] for part in parts]
    joined = np.empty((len(parts[0]), sum(widths) + len(parts)))
    for part, where in zip(parts, slices_of(widths), strict=True):
        joined[:, where] = part
    joined[:, sum(widths) :] = widths
    return joined


def find_slices(matrix: Floats, n_sets: int) -> list[slice]:
    """Return where the columns of each set lie in a matrix of `join_sets`.

    Args:
        matrix: Shape (n_rows, n_features), one row at least; of one set its own.
        n_sets: How many there are.

    Raises:
        ValueError: If the matrix is not one of so many sets.
    """
    if n_sets == 1:
        return [slice(0, matrix.shape[1])]
    widths = matrix[0, -n_sets:]
    if widths.sum() + n_sets != matrix.shape[1] or (widths < 0).any():
        raise ValueError(
            f"The features have {matrix.shape[1]} columns, which are not {n_sets} sets "
            f"of FeatureSets, one for each kind of `inputs` of the blend's members."
        )
    return slices_of([int(width) for width in widths])


def slices_of(widths: Sequence[int]) -> list[slice]:
    """Return the slices of parts that lie side by side."""
    ends = np.cumsum([0, *widths]).tolist()
    return [slice(start, end) for start, end in pairwise(ends)]


def width_of(fitted: ColumnTransformer) -> int:
    """Return how many columns a fitted ColumnTransformer makes."""
    return max((part.stop for part in fitted.output_indices_.values()), default=0)


def _tell_apart(inputs: Inputs, first: Inputs) -> str:
    usual = asdict(first)
    differs = {k: v for k, v in asdict(inputs).items() if v != usual[k]}
    return ", ".join(f"{key}={value}" for key, value in differs.items())
