"""Metrics as losses that are quick to compute many times over; smaller is better."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.class_scores import list_asked
from sweepkit.evaluation.metric import Metric
from sweepkit.evaluation.predicted import Predicted, Values
from sweepkit.tasks import decide

# From predictions to a loss: numbers (n_rows,), or probabilities (n_rows, n_classes).
Loss = Callable[[Values], float]

Flags = NDArray[np.bool_]
Counts = NDArray[Any]

_LEAST = np.finfo(np.float64).eps  # what scikit-learn's log loss counts instead of 0


def quick_loss(metric: Metric, actual: Values, threshold: float | None = None) -> Loss:
    """Return a loss that puts predictions in the order in which a metric does.

    Args:
        metric: What predictions are judged by.
        actual: Shape (n_rows,); codes of classes.
        threshold: Of two classes, the probability of the second that decides for it;
            None takes 0.5.
    """
    if metric.name in _QUICK:
        return _QUICK[metric.name](actual)
    if metric.name in _DECIDED:
        return _of_decisions(_DECIDED[metric.name], actual, threshold)
    sign = 1.0 if metric.direction == "minimize" else -1.0

    def loss(said: Values) -> float:
        return sign * metric.judge(actual, as_predicted(said, threshold))

    return loss


def as_predicted(said: Values, threshold: float | None = None) -> Predicted:
    """Return numbers, or probabilities of classes, as what a model says."""
    if said.ndim == 1:
        return Predicted(said)
    return Predicted(decide(said, threshold).astype(np.float64), said)


def _square(error: Values) -> float:
    # Without BLAS, whose threads wait for each other longer than this takes.
    return float(np.einsum("i,i->", error, error))


def _squared(actual: Values) -> Loss:
    def loss(said: Values) -> float:
        error = said - actual
        return _square(error)

    return loss


def _absolute(actual: Values) -> Loss:
    return lambda said: float(np.abs(said - actual).sum())


def _log(actual: Values) -> Loss:
    rows, codes = np.arange(len(actual)), actual.astype(np.intp)

    def loss(said: Values) -> float:
        return -float(np.log(np.clip(said[rows, codes], _LEAST, 1.0)).sum())

    return loss


def _brier(actual: Values) -> Loss:
    codes = actual.astype(np.intp)

    def loss(said: Values) -> float:
        return _square((said - np.eye(said.shape[1])[codes]).ravel())

    return loss


def _area(of_class: Flags, shares: Values) -> float:
    """Return the area under the curve; see `class_scores.roc_auc`."""
    # Sorted ones are found several times as fast: their ways lie side by side.
    positive, negative = np.sort(shares[of_class]), np.sort(shares[~of_class])
    below = np.searchsorted(negative, positive, "left")
    upto = np.searchsorted(negative, positive, "right")
    return float((below.sum() + upto.sum()) / (2 * len(positive) * len(negative)))


def _precision(of_class: Flags, shares: Values) -> float:
    """Return the average precision; see `class_scores.average_precision`."""
    order = np.argsort(-shares)
    ends = np.append(np.flatnonzero(np.diff(shares[order])), len(shares) - 1)
    found = np.cumsum(of_class[order])[ends]
    gained = np.diff(found, prepend=0)
    return float(np.sum(gained * found / (ends + 1)) / found[-1])


def _over_classes(score: Callable[[Flags, Values], float], actual: Values) -> Loss:
    """Return minus the mean of a score of each class against the rest."""
    masks = [actual == code for code in range(int(actual.max(initial=0)) + 1)]

    def loss(said: Values) -> float:
        scores = [
            score(masks[code], said[:, code])
            for code in list_asked(said.shape[1])
            if code < len(masks) and masks[code].any() and not masks[code].all()
        ]
        return -float(np.mean(scores)) if scores else float("nan")

    return loss


_QUICK: dict[str, Callable[[Values], Loss]] = {
    "rmse": _squared,
    "r2": _squared,
    "mae": _absolute,
    "log_loss": _log,
    "brier": _brier,
    "roc_auc": partial(_over_classes, _area),
    "average_precision": partial(_over_classes, _precision),
}


def _of_decisions(
    score: Callable[[Counts, Counts, Counts], float],
    actual: Values,
    threshold: float | None,
) -> Loss:
    """Return minus a score of how often each class was named, had, and both."""
    codes = actual.astype(np.intp)

    def loss(said: Values) -> float:
        named, n_classes = decide(said, threshold), said.shape[1]
        groups = (named, codes, codes[named == codes])
        counts = [np.bincount(one, minlength=n_classes) for one in groups]
        return -score(*counts)

    return loss


def _f1(named: Counts, had: Counts, both: Counts) -> float:
    either = named + had
    asked = list_asked(len(had))
    scores = [2 * both[code] / either[code] for code in asked if either[code]]
    return float(np.mean(scores)) if scores else float("nan")


def _balanced_accuracy(_: Counts, had: Counts, both: Counts) -> float:
    return float(np.mean(both[had > 0] / had[had > 0]))


_DECIDED = {"f1": _f1, "balanced_accuracy": _balanced_accuracy}
