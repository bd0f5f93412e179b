"""From which probability on a row counts as one of the class looked for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sweepkit.errors import ConfigError
from sweepkit.models.calibrators import Calibrator
from sweepkit.models.outputs import last_step
from sweepkit.tasks import HALF

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counts:
    """What comes of every threshold there may be; all of shape (n_thresholds,).

    Attributes:
        hits: Rows of the second class that are found.
        false_alarms: Rows of the first class that are taken for one of the second.
        n_second: Rows of the second class, one number.
        n_first: Rows of the first class, one number.
    """

    hits: Floats
    false_alarms: Floats
    n_second: int
    n_first: int


def _f1(counts: Counts) -> Floats:
    found = counts.hits + counts.false_alarms
    return 2 * counts.hits / np.maximum(found + counts.n_second, 1)


def _accuracy(counts: Counts) -> Floats:
    right = counts.hits + counts.n_first - counts.false_alarms
    return right / (counts.n_first + counts.n_second)


def _youden(counts: Counts) -> Floats:
    return counts.hits / counts.n_second - counts.false_alarms / counts.n_first


def _balanced_accuracy(counts: Counts) -> Floats:
    return (_youden(counts) + 1) / 2


# What a threshold may serve, by the words of `task.threshold`; more is better.
OBJECTIVES: dict[str, Callable[[Counts], Floats]] = {
    "f1": _f1,
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "youden": _youden,
}


def choose_threshold(
    objective: str, probabilities: ArrayLike, codes: ArrayLike
) -> float:
    """Return the probability of the second class that serves an objective best.

    Of equally good ones the nearest to 0.5. It lies half way between probabilities
    that occur, so that no row is decided by a last bit.

    Args:
        objective: `f1` (of the second class), `accuracy`, `balanced_accuracy` or
            `youden` (hits less false alarms, both as shares).
        probabilities: Of rows the model was not fitted on, (n_rows, 2).
        codes: Their classes, (n_rows,).

    Returns:
        A probability; 0.5 if all rows are of one class, as nothing can be told then.

    Raises:
        ConfigError: If there is no such objective, or there are more than two classes.
    """
    if objective not in OBJECTIVES:
        raise ConfigError(
            f"task.threshold is {objective!r}; it may be a number from 0 to 1 or "
            f"{', '.join(OBJECTIVES)}."
        )
    matrix, is_second = np.asarray(probabilities), np.asarray(codes) == 1
    if matrix.shape[1] != 2:
        raise ConfigError(
            f"task.threshold is {objective!r}, but with {matrix.shape[1]} classes the "
            f"most probable one is taken. Leave `task.threshold` out."
        )
    if is_second.all() or not is_second.any():
        return HALF
    limits, counts = _try_limits(matrix[:, 1].astype(np.float64), is_second)
    scores = OBJECTIVES[objective](counts)
    best = limits[scores == scores.max()]
    return float(best[np.argmin(np.abs(best - HALF))])


def set_decision(
    model: Any, *, threshold: float | None, calibrator: Calibrator | None
) -> None:
    """Give a fitted model of classes its threshold and what mends its probabilities.

    Args:
        model: A pipeline that ends in a `LabelClassifier`, or one alone.
        threshold: Of two classes, from which probability of the second it decides for
            it, after calibration; None takes 0.5.
        calibrator: None leaves the probabilities as they are.
    """
    last = last_step(model)
    last.threshold = threshold
    last.calibrator_ = calibrator


def _try_limits(
    probabilities: Floats, is_second: NDArray[np.bool_]
) -> tuple[Floats, Counts]:
    """Return every threshold that makes a difference, rising, and what it does."""
    found, which = np.unique(probabilities, return_inverse=True)
    below, above = np.concatenate([[0.0], found]), np.concatenate([found, [1.0]])
    middle = (below + above) / 2
    # Between neighbours in the last bit there is no middle.
    limits = np.where(middle > below, middle, above)
    hits = _count_from(which, is_second)
    false_alarms = _count_from(which, ~is_second)
    # The last one takes no row; above a probability of 1 there is none.
    used = slice(None if found[-1] < 1 else -1)
    n_second = int(is_second.sum())
    counts = Counts(hits[used], false_alarms[used], n_second, len(is_second) - n_second)
    return limits[used], counts


def _count_from(which: NDArray[np.intp], counted: NDArray[np.bool_]) -> Floats:
    """Return how many lie at or above each distinct value, and then above all."""
    each = np.bincount(which, counted)
    return np.concatenate([each[::-1].cumsum()[::-1], [0.0]])
