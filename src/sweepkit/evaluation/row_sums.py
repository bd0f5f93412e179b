"""Metrics that are made of sums over rows, so that a resample costs no new scoring."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.metrics import Values

Sums = NDArray[np.float64]
# Of more rows, sums over random groups are drawn: as precise, and always fast.
_MOST_UNITS = 20_000
# What stays in the cache: many at once take three times as long.
_CELLS_AT_ONCE = 200_000


def draw_sums(parts: Sums, resamples: int, rng: np.random.Generator) -> Sums:
    """Draw rows with replacement, as many as there are, and add up their parts.

    Args:
        parts: What each row adds to each sum, shape (n_rows, n_sums).
        resamples: How often the rows are drawn.
        rng: Draws them.

    Returns:
        Shape (resamples, n_sums).
    """
    parts = _group(parts, rng)
    n = len(parts)
    at_once = max(1, _CELLS_AT_ONCE // n)
    sums = []
    for start in range(0, resamples, at_once):
        size = min(at_once, resamples - start)
        drawn = rng.integers(0, n, (size, n), dtype=np.int32)
        drawn += (np.arange(size, dtype=np.int32) * n)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n)
        sums.append(counts @ parts)
    return np.concatenate(sums)


def _group(parts: Sums, rng: np.random.Generator) -> Sums:
    """Return sums over random groups of rows, or the rows if they are few."""
    if len(parts) <= _MOST_UNITS:
        return parts
    edges = np.linspace(0, len(parts), _MOST_UNITS, endpoint=False).astype(np.intp)
    return np.add.reduceat(parts[rng.permutation(len(parts))], edges, axis=0)


def _split_rmse(actual: Values, predicted: Values) -> Sums:
    return np.column_stack([(predicted - actual) ** 2, np.ones_like(actual)])


def _split_mae(actual: Values, predicted: Values) -> Sums:
    return np.column_stack([np.abs(predicted - actual), np.ones_like(actual)])


def _split_mape(actual: Values, predicted: Values) -> Sums:
    counted = actual != 0
    shares = np.abs(predicted - actual) / np.where(counted, np.abs(actual), 1.0)
    return np.column_stack([np.where(counted, shares, 0.0), counted.astype(np.float64)])


def _split_r2(actual: Values, predicted: Values) -> Sums:
    centred = actual - actual.mean()  # else large targets lose all their digits
    ones = np.ones_like(actual)
    return np.column_stack([(predicted - actual) ** 2, centred**2, centred, ones])


def _join_r2(sums: Sums) -> Values:
    error, square, total, n = sums.T
    result: Values = 1 - error / (square - total**2 / n)
    return result


def _mean(sums: Sums) -> Values:
    result: Values = sums[:, 0] / sums[:, 1]
    return result


def _root_mean(sums: Sums) -> Values:
    return np.sqrt(_mean(sums))


# By metric: how each row adds to the sums, and the metric of the sums.
SUMMED: dict[str, tuple[Callable[[Values, Values], Sums], Callable[[Sums], Values]]] = {
    "rmse": (_split_rmse, _root_mean),
    "mae": (_split_mae, _mean),
    "mape": (_split_mape, _mean),
    "r2": (_split_r2, _join_r2),
}
