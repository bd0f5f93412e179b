"""Whether stated probabilities come true as often as they say."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.class_scores import N_BINS
from sweepkit.evaluation.judgement import Judgement
from sweepkit.tasks import Task

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """Holdout rows grouped by the probability that was stated for them.

    Attributes:
        edges: Limits of all groups, shape (n_bins + 1,).
        counts: Rows in every group, empty ones too, shape (n_bins,).
        stated: Mean stated probability of the groups with rows, (n_filled,).
        happened: Share of their rows for which it came true, (n_filled,).
        low: Lower end of the 95 % interval of `happened`, (n_filled,).
        high: Its upper end, (n_filled,).
        error: Mean distance of stated and happened over the rows, 0 to 1; the metric
            `calibration_error`.
        luck: The most that `error` comes to in 19 of 20 holdouts of this size if all
            stated probabilities are exactly true.
        right: Share of the rows that are of the class with the largest probability.
        sureness: Mean of that largest probability minus `right`; positive if the model
            is too sure of itself.
    """

    edges: Values
    counts: NDArray[np.int64]
    stated: Values
    happened: Values
    low: Values
    high: Values
    error: float
    luck: float
    right: float
    sureness: float


def measure_reliability(judgement: Judgement) -> Reliability:
    """Group holdout rows by the stated probability.

    With two classes it is that of the positive one; with more it is that of the class
    with the largest, and what comes true is that the row is of that class.

    Source:
        Naeini, Cooper and Hauskrecht (2015), "Obtaining Well Calibrated Probabilities
        Using Bayesian Binning", AAAI; Wilson (1927) for the intervals.
    """
    stated, true = _ask_and_check(judgement)
    edges = np.linspace(0, 1, N_BINS + 1)
    bins = np.clip((stated * N_BINS).astype(np.intp), 0, N_BINS - 1)
    counts = np.bincount(bins, minlength=N_BINS)
    filled = counts > 0
    n = counts[filled]
    mean = np.bincount(bins, stated, N_BINS)[filled] / n
    share = np.bincount(bins, true, N_BINS)[filled] / n
    variance = np.bincount(bins, stated * (1 - stated), N_BINS).astype(np.float64)
    low, high = _wilson(share, n)
    right, sureness = _measure_sureness(judgement)
    return Reliability(
        edges=edges,
        counts=counts.astype(np.int64),
        stated=mean,
        happened=share,
        low=low,
        high=high,
        error=float(n @ np.abs(mean - share)) / stated.size,
        luck=_expect_by_luck(variance, stated.size),
        right=right,
        sureness=sureness,
    )


def _ask_and_check(judgement: Judgement) -> tuple[Values, Values]:
    assert judgement.probabilities is not None, "drawn for classes only"
    if judgement.task is Task.BINARY:
        return judgement.probabilities[:, 1], judgement.actual
    named = judgement.probabilities.argmax(axis=1)
    return judgement.probabilities.max(axis=1), (named == judgement.actual).astype(
        float
    )


def _measure_sureness(judgement: Judgement) -> tuple[float, float]:
    assert judgement.probabilities is not None
    likeliest = judgement.probabilities.argmax(axis=1)
    right = float(np.mean(likeliest == judgement.actual))
    return right, float(judgement.probabilities.max(axis=1).mean()) - right


def _wilson(
    share: Values, n: NDArray[np.int64], z: float = 1.96
) -> tuple[Values, Values]:
    """Return the ends of an interval that also holds for few rows and shares of 1."""
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    # Rounding must not put the share itself outside of its interval.
    return np.minimum(middle - half, share), np.maximum(middle + half, share)


def _expect_by_luck(variance: Values, n_rows: int) -> float:
    """Bound the error of true probabilities, by the normal law within each group."""
    mean = float(np.sqrt(variance).sum()) * math.sqrt(2 / math.pi) / n_rows
    spread = math.sqrt(float(variance.sum()) * (1 - 2 / math.pi)) / n_rows
    return mean + 1.645 * spread
