"""Scores of classes that are made of sums over rows."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.class_scores import bin_gaps, list_asked
from sweepkit.evaluation.predicted import Values

Sums = NDArray[np.float64]
# How each row adds to the sums, shape (n_rows, n_sums), and the score of the sums.
Split = Callable[[Values, Values], Sums]
Join = Callable[[Sums], Values]
_LEAST = np.finfo(np.float64).eps  # that of scikit-learn's log_loss


def _split_log_loss(actual: Values, probabilities: Values) -> Sums:
    codes = actual.astype(np.intp)
    shares = probabilities[np.arange(codes.size), codes]
    return _with_ones(-np.log(np.clip(shares, _LEAST, 1 - _LEAST)))


def _split_brier(actual: Values, probabilities: Values) -> Sums:
    truth = actual[:, None] == np.arange(probabilities.shape[1])
    scale = 0.5 if probabilities.shape[1] == 2 else 1.0
    return _with_ones(scale * ((truth - probabilities) ** 2).sum(axis=1))


def _split_accuracy(actual: Values, decided: Values) -> Sums:
    return _with_ones((actual == decided).astype(np.float64))


def _split_balanced_accuracy(actual: Values, decided: Values) -> Sums:
    of_class = actual[:, None] == np.unique(actual)
    hits = of_class & (actual == decided)[:, None]
    return np.hstack([hits, of_class]).astype(np.float64)


def _split_f1(actual: Values, decisions: Values) -> Sums:
    asked = list_asked(decisions.shape[1])
    of_class, decided = actual[:, None] == asked, decisions[:, asked] > 0
    return np.hstack([2.0 * (of_class & decided), 1.0 * of_class + decided])


def _split_calibration_error(actual: Values, probabilities: Values) -> Sums:
    return np.column_stack([bin_gaps(actual, probabilities), np.ones_like(actual)])


def _join_calibration_error(sums: Sums) -> Values:
    distances: Values = np.abs(sums[:, :-1]).sum(axis=1)
    return distances / sums[:, -1]


def _mean_of_ratios(sums: Sums) -> Values:
    """Return the mean over classes of a ratio, of those classes that have one."""
    above, below = np.hsplit(sums, 2)
    known = below > 0
    ratios = np.divide(above, below, out=np.zeros_like(above), where=known)
    result: Values = ratios.sum(axis=1) / known.sum(axis=1)
    return result


def _mean(sums: Sums) -> Values:
    result: Values = sums[:, 0] / sums[:, 1]
    return result


def _with_ones(parts: Values) -> Sums:
    return np.column_stack([parts, np.ones_like(parts)])


CLASS_SUMS: dict[str, tuple[Split, Join]] = {
    "log_loss": (_split_log_loss, _mean),
    "brier": (_split_brier, _mean),
    "accuracy": (_split_accuracy, _mean),
    "balanced_accuracy": (_split_balanced_accuracy, _mean_of_ratios),
    "f1": (_split_f1, _mean_of_ratios),
    "calibration_error": (_split_calibration_error, _join_calibration_error),
}
