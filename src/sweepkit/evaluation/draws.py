"""Scores on rows drawn anew, by the fastest way that a metric has."""

from collections.abc import Sequence

import numpy as np

from sweepkit.evaluation.metrics import Metric, Values
from sweepkit.evaluation.ranked_draws import draw_ranked
from sweepkit.evaluation.ranking import RANKED
from sweepkit.evaluation.row_sums import SUMMED, draw_sums


def draw_scores(
    metric: Metric,
    actual: Values,
    models: Sequence[Values],
    resamples: int,
    rng: np.random.Generator,
) -> Values:
    """Score one model, or the difference of two, on rows drawn with replacement.

    Args:
        metric: The score.
        actual: Targets, or codes of classes, shape (n_rows,).
        models: What `metric.pick` takes of one model's predictions, or of two models',
            the first minus the second: each (n_rows,) or (n_rows, n_classes).
        resamples: How often as many rows as there are are drawn.
        rng: Draws them.

    Returns:
        Those that are numbers: shape (resamples,) at most.
    """
    if metric.name in RANKED:
        drawn = draw_ranked(metric.name, actual, models, resamples, rng)
    elif metric.name in SUMMED:
        drawn = _add_up(metric.name, actual, models, resamples, rng)
    else:
        drawn = _score_anew(metric, actual, models, resamples, rng)
    return drawn[np.isfinite(drawn)]


def _add_up(
    name: str,
    actual: Values,
    models: Sequence[Values],
    resamples: int,
    rng: np.random.Generator,
) -> Values:
    split, join = SUMMED[name]
    parts = np.hstack([split(actual, predicted) for predicted in models])
    sums = draw_sums(parts, resamples, rng)
    with np.errstate(invalid="ignore", divide="ignore"):
        first, *second = (join(own) for own in np.hsplit(sums, len(models)))
        return first - second[0] if second else first


def _score_anew(
    metric: Metric,
    actual: Values,
    models: Sequence[Values],
    resamples: int,
    rng: np.random.Generator,
) -> Values:
    drawn = np.empty(resamples)
    for draw in range(resamples):
        chosen = rng.integers(0, actual.size, actual.size)
        y = actual[chosen]
        first, *second = (metric.score(y, model[chosen]) for model in models)
        drawn[draw] = first - second[0] if second else first
    return drawn
