"""The columns of the matrix an estimator takes, named as a person knows them."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.models.contribution_forms import Column, Floats
from sweepkit.models.feature_sets import FeatureSets


def list_columns(features: Any) -> list[Column]:
    """Return the columns that fitted features make, from left to right.

    Args:
        features: A fitted ColumnTransformer, or several side by side.
    """
    if isinstance(features, FeatureSets):
        known = [column for one in features.sets_ for column in list_columns(one)]
        # The last columns only say how wide the sets are.
        return [*known, *[Column("")] * len(features.sets_)]
    width = max((part.stop for part in features.output_indices_.values()), default=0)
    columns = [Column(f"column {i}") for i in range(width)]
    for part, fitted, chosen in features.transformers_:
        where = features.output_indices_[part]
        if where.stop > where.start:
            count = where.stop - where.start
            columns[where] = _list_part(part, fitted, _names(features, chosen), count)
    return columns


def join_columns(columns: Sequence[Column]) -> tuple[tuple[str, ...], Floats]:
    """Return the features that columns belong to, and what adds columns up to them.

    Returns:
        Names of features, in the order of their first columns, and a matrix of 0 and 1
        of shape (n_columns, n_features).
    """
    names = _list_names(columns)
    place = {name: i for i, name in enumerate(names)}
    joined = np.zeros((len(columns), len(names)))
    for row, column in enumerate(columns):
        if column.name:
            joined[row, place[column.name]] = 1.0
    return names, joined


def pick_inputs(matrix: Floats, columns: Sequence[Column]) -> NDArray[np.float64]:
    """Return what each feature was, (n_rows, n_features); NaN for a category."""
    names = _list_names(columns)
    inputs = np.full((len(matrix), len(names)), np.nan)
    first = {column.name: i for i, column in reversed(list(enumerate(columns)))}
    for feature, name in enumerate(names):
        if not columns[first[name]].one_hot:
            inputs[:, feature] = matrix[:, first[name]]
    return inputs


def _list_names(columns: Sequence[Column]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column.name for column in columns if column.name))


def _list_part(part: str, fitted: Any, names: list[str], count: int) -> list[Column]:
    chain = [step for _, step in getattr(fitted, "steps", [("", fitted)])]
    kind = type(chain[-1]).__name__
    if kind == "OneHotEncoder":
        widths = zip(names, chain[-1]._n_features_outs, strict=True)
        return [Column(name, one_hot=True) for name, n in widths for _ in range(n)]
    centred = kind == "StandardScaler" and bool(chain[-1].with_mean)
    named = list(_name_outputs(part, chain, names, count))
    return [Column(name, centred=centred) for name in named]


def _name_outputs(
    part: str, chain: list[Any], names: list[str], count: int
) -> Iterator[str]:
    known: Any = np.asarray(names, dtype=object)
    for step in chain:
        if not hasattr(step, "get_feature_names_out"):
            # A step of somebody's own; its columns still need telling apart.
            return (f"{part} {i + 1}" for i in range(count))
        known = step.get_feature_names_out(known)
    return map(str, known)


def _names(features: Any, chosen: Any) -> list[str]:
    known = features.feature_names_in_
    return [name if isinstance(name, str) else str(known[name]) for name in chosen]
