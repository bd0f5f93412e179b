"""Metrics that are made of sums over rows, so that a resample costs no new scoring."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.class_sums import CLASS_SUMS, Join, Split, Sums
from sweepkit.evaluation.predicted import Values

# Of more rows, sums over random groups are drawn: as precise, and always fast.
MOST_UNITS = 20_000
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
    return np.concatenate([c @ parts for c in draw_counts(len(parts), resamples, rng)])


def draw_counts(
    n_rows: int, resamples: int, rng: np.random.Generator
) -> Iterator[NDArray[np.intp]]:
    """Yield how often each row was drawn, some resamples at a time, (some, n_rows)."""
    at_once = max(1, _CELLS_AT_ONCE // n_rows)
    for start in range(0, resamples, at_once):
        size = min(at_once, resamples - start)
        drawn = rng.integers(0, n_rows, (size, n_rows), dtype=np.int32)
        drawn += (np.arange(size, dtype=np.int32) * n_rows)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=size * n_rows)
        yield counts.reshape(size, n_rows)


def _group(parts: Sums, rng: np.random.Generator) -> Sums:
    """Return sums over random groups of rows, or the rows if they are few."""
    if len(parts) <= MOST_UNITS:
        return parts
    edges = np.linspace(0, len(parts), MOST_UNITS, endpoint=False).astype(np.intp)
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
SUMMED: dict[str, tuple[Split, Join]] = {
    "rmse": (_split_rmse, _root_mean),
    "mae": (_split_mae, _mean),
    "mape": (_split_mape, _mean),
    "r2": (_split_r2, _join_r2),
    **CLASS_SUMS,
}
