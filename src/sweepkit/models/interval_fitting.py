"""Make prediction intervals from residuals; `intervals` tells the method."""

import numpy as np
from numpy.typing import NDArray

from sweepkit.models.interval_numbers import NumberIntervals, join_inputs
from sweepkit.models.interval_spread import Learned, learn_spread, spread_of

Floats = NDArray[np.float64]

_MOST_ROWS = 50_000
_POWERS = (0.0, 0.5, 0.75, 1.0)
_JUDGED_AT = 0.9


def fit_intervals(
    features: Floats,
    predicted: Floats,
    actual: Floats,
    *,
    bounds: tuple[float, float],
    seed: int,
    threads: int,
) -> NumberIntervals:
    """Learn intervals from predictions for rows their model had not seen.

    Args:
        features: What was predicted from, (n_rows, n_features).
        predicted: Shape (n_rows,).
        actual: What was true, (n_rows,).
        bounds: Least and largest number the model predicts.
        seed: Of everything drawn.
        threads: Cores to use.
    """
    if len(actual) > _MOST_ROWS:
        rng = np.random.default_rng(seed)
        some = np.sort(rng.choice(len(actual), _MOST_ROWS, replace=False))
        features, predicted, actual = features[some], predicted[some], actual[some]
    residuals = actual - predicted
    scale = _typical(np.abs(residuals))
    spread = learn_spread(
        join_inputs(features, predicted),
        np.abs(residuals) / scale,
        seed=seed,
        threads=threads,
    )
    made = [_scale(spread, residuals, scale, bounds, power) for power in _POWERS]
    # The first of equals: a spread that does not help is not kept.
    losses = [
        score_intervals(
            one.place(predicted, spread.roots, _JUDGED_AT), actual, _JUDGED_AT
        )
        for one in made
    ]
    return made[int(np.argmin(losses))]


def _scale(
    spread: Learned,
    residuals: Floats,
    scale: float,
    bounds: tuple[float, float],
    power: float,
) -> NumberIntervals:
    """Return the intervals in which the spread counts to some power; see `spread_of`.

    Powers between 0 and 1 are for tables where the spread differs little, or where too
    few rows show how.
    """
    scores = residuals / scale / spread_of(spread.roots, power)
    model = spread.model if power else None
    return NumberIntervals(model, power, scale, scores, *bounds)


def score_intervals(ends: Floats, actual: Floats, coverage: float) -> float:
    """Return the mean interval score: width, and a fine for what lies outside.

    It is least for the true quantiles: Gneiting and Raftery 2007,
    https://doi.org/10.1198/016214506000001437, section 6.2.

    Args:
        ends: Shape (n_rows, 2).
        actual: Shape (n_rows,).
        coverage: Share of rows that should lie inside.
    """
    low, high = ends[:, 0], ends[:, 1]
    outside = np.maximum(low - actual, 0.0) + np.maximum(actual - high, 0.0)
    return float(np.mean(high - low + 2.0 / (1.0 - coverage) * outside))


def _typical(sizes: Floats) -> float:
    """Return the median of residuals; where most are 0, their mean; of zeros, 1."""
    return float(np.median(sizes)) or float(np.mean(sizes)) or 1.0
