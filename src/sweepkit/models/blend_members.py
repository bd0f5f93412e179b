"""What a blend does with each of its members."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils.validation import has_fit_parameter
from threadpoolctl import threadpool_limits

from sweepkit.errors import ConfigError
from sweepkit.features.inputs import Inputs
from sweepkit.models.threads import set_threads

Floats = NDArray[np.float64]


def find_kinds(
    inputs: Sequence[dict[str, Any]] | None, n_members: int
) -> tuple[list[Inputs], list[int]]:
    """Return the different kinds of inputs, and which of them each member takes."""
    if inputs is None:
        return [Inputs()], [0] * n_members
    asked = [Inputs(**one) for one in inputs]
    kinds = list(dict.fromkeys(asked))
    return kinds, [kinds.index(one) for one in asked]


def take_columns(matrix: Floats, where: slice) -> Floats:
    """Return some columns as an array of their own, rows contiguous.

    A copy even of all columns: how numbers lie in memory decides the order of a linear
    model's sum, and with it the last bit.
    """
    return np.array(matrix[:, where], order="C")


def clip_said(said: Floats, low: float, high: float) -> Floats:
    """Return predictions within two ends; as `np.clip`, and faster for one row."""
    return np.asarray(np.minimum(np.maximum(said, low), high))


def fit_member(
    target: NDArray[Any],
    threads: int,
    sample_weight: Floats | None,
    work: tuple[Any, Floats],
) -> Any:
    """Fit a clone of a member on so many threads; it predicts on one.

    Args:
        target: Shape (n_rows,).
        threads: 1 or more.
        sample_weight: What each row counts for, (n_rows,).
        work: The unfitted member, and its columns of shape (n_rows, n_features).

    Raises:
        ConfigError: If rows have weights and it takes none.
    """
    estimator, block = work
    fresh = clone(estimator)
    set_threads(fresh, threads)
    weights = {} if sample_weight is None else {"sample_weight": sample_weight}
    if weights and not has_fit_parameter(fresh, "sample_weight"):
        raise ConfigError(
            f"{type(fresh).__name__}, a member of this ensemble, takes no weights of "
            f"rows. Set `task.class_weight=null`, or leave the member out."
        )
    # For estimators that ask OpenMP instead of having a parameter.
    with threadpool_limits(threads, user_api="openmp"):
        fresh.fit(block, target, **weights)
    # Those that add up in whatever order threads finish predict on one.
    set_threads(fresh, 1)
    return fresh
