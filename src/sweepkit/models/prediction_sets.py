"""Prediction sets: the labels a row may have, so that the true one is among them.

Method: of rows that a fold's model had not seen the probability of their true class is
kept; a label belongs to a row's set if its probability reaches the one that all but
`1 - coverage` of them reached. These are least ambiguous set-valued classifiers, the
sets that are smallest on average: Sadinle, Lei and Wasserman 2019,
https://doi.org/10.1080/01621459.2017.1395341.

Guarantee: approximate marginal coverage, with the same limits as intervals have (see
`intervals`): on average over rows, not for each class, and for rows like those of
training. Where it would be empty, a set holds the most probable label all the same,
which only adds coverage.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_MOST_RANKS = 4_001


class ClassSets:
    """Turns probabilities into sets of classes; `fit_sets` makes it.

    Args:
        reached: Probability of its true class for rows the model had not seen,
            (n_scores,), in any order.

    Attributes:
        n_scores_: How many there were.
        ranks_: Which of them, counted from 1 for the least, are kept, ascending.
        scores_: Those.
    """

    def __init__(self, reached: Floats) -> None:
        self.n_scores_ = len(reached)
        n_kept = min(self.n_scores_, _MOST_RANKS)
        self.ranks_ = np.linspace(1, self.n_scores_, n_kept).round().astype(np.int64)
        self.scores_ = np.sort(reached)[self.ranks_ - 1]

    def find_limit(self, coverage: float) -> float:
        """Return the probability from which a label belongs to a set; 0 for all."""
        # As in `NumberIntervals.find_scores`, at one end only.
        rank = int(np.floor((self.n_scores_ + 1) * (1.0 - coverage) + 1e-9))
        place = int(np.searchsorted(self.ranks_, rank, side="right")) - 1
        return float(self.scores_[place]) if place >= 0 else 0.0

    def sets(self, probabilities: Floats, coverage: float) -> NDArray[np.bool_]:
        """Return which labels belong to each row's set, (n_rows, n_classes).

        Args:
            probabilities: Of each class, (n_rows, n_classes).
            coverage: Share of rows whose true label should be in, above 0 and below 1.
        """
        members = probabilities >= self.find_limit(coverage)
        rows = np.arange(len(probabilities))
        members[rows, probabilities.argmax(axis=1)] = True
        return np.asarray(members)


def fit_sets(probabilities: Floats, codes: ArrayLike) -> ClassSets:
    """Learn prediction sets from what was said of rows their model had not seen.

    Args:
        probabilities: Of each class, mended as the model mends its own,
            (n_rows, n_classes).
        codes: Their true classes, (n_rows,).
    """
    truth = np.asarray(codes).astype(np.intp)
    return ClassSets(probabilities[np.arange(len(truth)), truth])
