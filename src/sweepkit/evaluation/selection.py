"""Which models to join, and with what weights: greedy selection with replacement.

Source:
    Caruana, Niculescu-Mizil, Crew and Ksikes (2004), "Ensemble Selection from Libraries
    of Models", ICML: https://doi.org/10.1145/1015330.1015432

    counts = select_greedily(metric, actual, candidates)  # candidates: out of fold
    mean = mix_counted(candidates, counts)                # what the ensemble says
    gain = cross_validated_gain(metric, actual, candidates, tests)
    if gain.helps: ...                                    # it beats the best of them
"""

from collections.abc import Sequence
from math import gcd

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.metric import Metric
from sweepkit.evaluation.mixing import mix_counted as mix_counted
from sweepkit.evaluation.predicted import Values
from sweepkit.evaluation.quick_losses import Loss, as_predicted, quick_loss
from sweepkit.evaluation.selection_gain import Gain as Gain

MOST = 6  # members: each is fitted again, saved, and asked for every prediction
ROUNDS = 40  # weights are whole numbers of them

Rows = NDArray[np.intp]


def select_greedily(
    metric: Metric,
    actual: Values,
    candidates: Sequence[Values],
    *,
    most: int = MOST,
    rounds: int = ROUNDS,
    threshold: float | None = None,
) -> tuple[int, ...]:
    """Choose how often each candidate counts in the mean of all.

    In every round the candidate joins, once more perhaps, whose joining helps most;
    the best mean of all rounds is taken, of equal ones that with fewer members. It
    begins with the best candidate or, where that ends better, with as many of the best
    ones as together are best.

    Args:
        metric: What is made best.
        actual: Shape (n_rows,); codes of classes.
        candidates: Predictions of rows that their models did not learn from: numbers
            (n_rows,) or probabilities (n_rows, n_classes), NaN for rows without. Only
            rows that all candidates have count.
        most: Different candidates chosen at most.
        rounds: Candidates joined at most, with repetition.
        threshold: Of two classes, the probability of the second that decides for it;
            None takes 0.5.

    Returns:
        A count for each candidate, without a common divisor.

    Raises:
        ValueError: If there is no candidate, or no row that all have.
    """
    rows = find_known(candidates)
    said = np.stack([np.asarray(one)[rows] for one in candidates])
    return _select(said, quick_loss(metric, actual[rows], threshold), most, rounds)


def cross_validated_gain(
    metric: Metric,
    actual: Values,
    candidates: Sequence[Values],
    tests: Sequence[Rows],
    *,
    most: int = MOST,
    rounds: int = ROUNDS,
    threshold: float | None = None,
) -> Gain:
    """Judge selection on each fold by what it chooses without that fold.

    Args:
        metric: What is made best, and judged by.
        actual: Shape (n_rows,).
        candidates: As for `select_greedily`.
        tests: Positions of each fold's test rows, two folds at least.
        most: As for `select_greedily`.
        rounds: As for `select_greedily`.
        threshold: As for `select_greedily`.

    Raises:
        ValueError: If there is no candidate, or no row that all have within or outside
            of a fold.
    """
    known = np.zeros(len(actual), dtype=bool)
    known[find_known(candidates)] = True
    said = np.stack([np.asarray(one) for one in candidates])
    blend, single = [], []
    for test in tests:
        own, others = np.zeros(len(actual), dtype=bool), known.copy()
        own[test], others[test] = True, False
        own &= known
        if not own.any() or not others.any():
            raise ValueError("a fold has no rows, or all rows, that candidates know")
        loss = quick_loss(metric, actual[others], threshold)
        counts = _select(said[:, others], loss, most, rounds)
        best = int(np.argmin([loss(one) for one in said[:, others]]))
        mean = mix_counted(said[:, own], counts)
        blend.append(metric.judge(actual[own], as_predicted(mean, threshold)))
        alone = as_predicted(said[best, own], threshold)
        single.append(metric.judge(actual[own], alone))
    return Gain(metric, tuple(blend), tuple(single))


def find_known(candidates: Sequence[Values]) -> Rows:
    """Return the rows for which every candidate has predictions.

    Raises:
        ValueError: If there are none.
    """
    if not candidates:
        raise ValueError("there is no candidate to select from")
    known = np.ones(len(candidates[0]), dtype=bool)
    for one in candidates:
        array = np.asarray(one)
        known &= np.isfinite(array if array.ndim == 1 else array.sum(axis=1))
    if not known.any():
        raise ValueError("no row has a prediction of every candidate")
    return np.flatnonzero(known)


def _select(said: Values, loss: Loss, most: int, rounds: int) -> tuple[int, ...]:
    """Return counts; `said` has the candidates along its first axis."""
    alone = np.array([loss(one) for one in said])
    order = np.argsort(np.where(np.isnan(alone), np.inf, alone), kind="stable")
    starts = {1, _best_prefix(said[order[:most]], loss)}
    walks = [_walk(said, loss, order[:n], most, rounds) for n in sorted(starts)]
    _, counts = min(walks, key=lambda walk: walk[0])
    divisor = gcd(*counts.tolist())
    return tuple(int(count) // divisor for count in counts)


def _best_prefix(sorted_said: Values, loss: Loss) -> int:
    """Return how many of the best candidates are best together."""
    total, losses = np.zeros_like(sorted_said[0]), []
    for n, one in enumerate(sorted_said, start=1):
        total = total + one
        losses.append(loss(total / n))
    return int(np.argmin(losses)) + 1


def _walk(
    said: Values, loss: Loss, start: Rows, most: int, rounds: int
) -> tuple[float, Rows]:
    """Return the least loss on the way, and the counts there."""
    counts = np.zeros(len(said), dtype=np.intp)
    counts[start] = 1
    total = said[start].sum(axis=0)
    best = (loss(total / len(start)), counts.copy())
    for n in range(len(start) + 1, rounds + 1):
        open_to = np.ones(len(said), dtype=bool)
        if np.count_nonzero(counts) >= most:
            open_to = counts > 0
        found = [(loss((total + said[i]) / n), i) for i in np.flatnonzero(open_to)]
        # Of equal ones a member comes first, so that there are no more than needed.
        value, chosen = min(found, key=lambda one: (one[0], counts[one[1]] == 0))
        counts[chosen] += 1
        total = total + said[chosen]
        if value < best[0]:
            best = (value, counts.copy())
    return best
