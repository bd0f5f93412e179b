"""Whether one model is better than another by more than the luck of the rows."""

import math
from dataclasses import asdict, dataclass

import numpy as np
from scipy.special import ndtr, stdtrit

from sweepkit.evaluation.draws import draw_scores
from sweepkit.evaluation.gains import gain
from sweepkit.evaluation.metrics import Metric, Values

RESAMPLES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two models on the same rows, and how far the difference can be trusted.

    Attributes:
        candidate: Score of the candidate on all rows, in the metric's unit.
        champion: Score of the champion likewise.
        gain: How much better the candidate is, in the metric's unit; negative if worse.
        low: Lower end of the interval of `gain`.
        high: Its upper end.
        spread: Standard deviation of `gain` over the resamples.
        confidence: Share of resamples within the interval, such as 0.95.
        probability: Share of resamples in which the candidate is better; ties count
            one half.
        n_rows: Rows compared.
        n_resamples: How often they were drawn.
    """

    candidate: float
    champion: float
    gain: float
    low: float
    high: float
    spread: float
    confidence: float
    probability: float
    n_rows: int
    n_resamples: int

    def to_dict(self) -> dict[str, float]:
        """Return it as plain values."""
        return asdict(self)


def compare_paired(
    metric: Metric,
    actual: Values,
    candidate: Values,
    champion: Values,
    *,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 42,
) -> Comparison:
    """Compare two models by a paired bootstrap of the rows.

    Rows are drawn with replacement, as many as there are, and both models are scored
    on the very same draw, so that a row that is hard for both counts for neither. The
    interval holds the middle of the gains. That it lies above zero happens to equally
    good models in `(1 - confidence) / 2` of all cases.

    Args:
        metric: What is compared.
        actual: Targets, or codes of classes, shape (n_rows,).
        candidate: What `metric.pick` takes of one model's predictions for these rows,
            shape (n_rows,) or (n_rows, n_classes).
        champion: The same of the other model.
        confidence: Of the interval, between 0 and 1.
        resamples: How many draws.
        seed: Of the draws: equal arguments give equal results.

    Source:
        Efron and Tibshirani (1993), "An Introduction to the Bootstrap", chapters 13
        and 16; Koehn (2004), "Statistical Significance Tests for Machine Translation
        Evaluation", EMNLP, for pairs; Hesterberg (2015), "What Teachers Should Know
        About the Bootstrap", The American Statistician 69, for few rows.
    """
    rng = np.random.default_rng(seed)
    scores = (metric.score(actual, candidate), metric.score(actual, champion))
    changes = draw_scores(metric, actual, (candidate, champion), resamples, rng)
    gains = gain(1.0, 0.0, metric.direction) * changes
    if not gains.size:  # nothing can be said: anything is possible
        low, high, spread, probability = -math.inf, math.inf, math.inf, 0.5
    else:
        tail = _widen((1 - confidence) / 2, actual.size)
        low, high = (float(end) for end in np.quantile(gains, [tail, 1 - tail]))
        spread = float(gains.std())
        probability = float(np.mean(gains > 0) + np.mean(gains == 0) / 2)
    return Comparison(
        candidate=float(scores[0]),
        champion=float(scores[1]),
        gain=gain(float(scores[0]), float(scores[1]), metric.direction),
        low=low,
        high=high,
        spread=spread,
        confidence=confidence,
        probability=probability,
        n_rows=int(actual.size),
        n_resamples=int(gains.size),
    )


def _widen(tail: float, n_rows: int) -> float:
    """Return the share of resamples to cut off, less than `tail` where rows are few.

    Resamples of n rows vary less than samples do, and their spread is itself a guess.
    """
    if n_rows < 2:
        return 0.0
    wider = math.sqrt(n_rows / (n_rows - 1)) * stdtrit(n_rows - 1, 1 - tail)
    return float(ndtr(-wider))
