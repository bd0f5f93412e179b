"""Resamples of scores of the order of rows, many at once.

A resample is a weight for each row, and the order of the rows is the same in all: they
are sorted once.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.class_scores import list_asked
from sweepkit.evaluation.predicted import Values
from sweepkit.evaluation.ranking import RANKED, Order, Score
from sweepkit.evaluation.row_sums import MOST_UNITS, draw_counts, draw_sums

# For each class that is set against the rest, the rows as each model orders them.
Classes = list[list[Order]]


def draw_ranked(
    name: str,
    actual: Values,
    models: Sequence[Values],
    resamples: int,
    rng: np.random.Generator,
) -> Values:
    """Score one model, or the first minus the second, on rows drawn with replacement.

    Of more than 20,000 rows the score is taken for what it nearly is then: linear in
    the rows' weights.

    Args:
        name: Of a metric in `RANKED`.
        actual: Codes, shape (n_rows,).
        models: Probabilities of one model or two, each (n_rows, n_classes).
        resamples: How many draws.
        rng: Draws them.

    Returns:
        Shape (resamples,); NaN where a resample has no such score.

    Source:
        Efron and Tibshirani (1993), "An Introduction to the Bootstrap", chapter 22, for
        influence; DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44, for ROC.
    """
    classes = [
        [Order.of(actual == code, shares[:, code]) for shares in models]
        for code in list_asked(models[0].shape[1])
    ]
    if actual.size > MOST_UNITS:
        return _draw_linear(name, classes, resamples, rng)
    score = RANKED[name][0]
    return np.concatenate(
        [
            _mean_over_classes(score, classes, weights)
            for weights in draw_counts(actual.size, resamples, rng)
        ]
    )


def _mean_over_classes(
    score: Score, classes: Classes, weights: NDArray[np.intp]
) -> Values:
    """Return the mean over the classes that a resample has."""
    total, known = np.zeros(len(weights)), np.zeros(len(weights))
    for orders in classes:
        with np.errstate(invalid="ignore", divide="ignore"):
            first, *second = (score(*order.gather(weights)) for order in orders)
        found = first - second[0] if second else first
        there = np.isfinite(found)
        total[there] += found[there]
        known += there
    with np.errstate(invalid="ignore"):
        result: Values = total / known
    return result


def _draw_linear(
    name: str, classes: Classes, resamples: int, rng: np.random.Generator
) -> Values:
    score, influence = RANKED[name]
    n_rows = len(classes[0][0].rows)
    ones = np.ones((1, n_rows), dtype=np.intp)
    there = [orders for orders in classes if 0 < orders[0].positive.sum() < n_rows]
    if not there:
        return np.full(resamples, np.nan)
    found, slopes = 0.0, np.zeros(n_rows)
    for orders in there:
        for sign, order in zip((1, -1), orders, strict=False):
            positive, negative = order.gather(ones)
            found += sign * float(score(positive, negative)[0])
            slopes += sign * influence(order, positive[0], negative[0])
    sums = draw_sums(slopes[:, None] / len(there), resamples, rng)
    return found / len(there) + sums[:, 0]
