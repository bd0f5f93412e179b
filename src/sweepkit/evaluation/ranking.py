"""Scores of the order that probabilities put rows in, where rows have weights."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.predicted import Values

Counts = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Order:
    """Rows by their probability of a class, the most probable first.

    Attributes:
        rows: Their positions, shape (n_rows,).
        positive: Whether each is of the class, in this order.
        starts: Where rows of equal probability begin, shape (n_groups,).
    """

    rows: NDArray[np.intp]
    positive: NDArray[np.bool_]
    starts: NDArray[np.intp]

    @classmethod
    def of(cls, positive: NDArray[np.bool_], shares: Values) -> "Order":
        """Sort rows by their shares, shape (n_rows,)."""
        rows = np.argsort(-shares, kind="stable")
        steps = np.flatnonzero(np.diff(shares[rows])) + 1
        return cls(rows, positive[rows], np.concatenate([[0], steps]))

    def gather(self, weights: NDArray[np.intp]) -> tuple[Counts, Counts]:
        """Return positive and negative weights by group, (n_resamples, n_groups)."""
        placed = weights[:, self.rows]
        positive = np.where(self.positive, placed, 0)
        return self._join(positive), self._join(placed - positive)

    @property
    def of_class(self) -> NDArray[np.bool_]:
        """Whether each row is of the class, in the order of the table."""
        placed = np.empty(len(self.rows), dtype=bool)
        placed[self.rows] = self.positive
        return placed

    def spread(self, by_group: Values) -> Values:
        """Return a value of each group for its rows, in the order of the table."""
        sizes = np.diff(np.append(self.starts, len(self.rows)))
        values = np.empty(len(self.rows))
        values[self.rows] = np.repeat(by_group, sizes)
        return values

    def _join(self, weights: NDArray[np.intp]) -> Counts:
        if len(self.starts) < len(self.rows):
            weights = np.add.reduceat(weights, self.starts, axis=1)
        return weights.astype(np.float64)


def _auc(positive: Counts, negative: Counts) -> Values:
    above = np.cumsum(negative, axis=1)
    total = above[:, -1:]
    below = total - above + negative / 2
    pairs = (positive.sum(axis=1, keepdims=True) * total)[:, 0]
    result: Values = np.einsum("ij,ij->i", positive, below) / pairs
    return result


def _precision(positive: Counts, negative: Counts) -> Values:
    found = np.cumsum(positive, axis=1)
    taken = found + np.cumsum(negative, axis=1)
    precision = np.divide(found, taken, out=np.zeros_like(found), where=taken > 0)
    some = (found[:, -1] > 0) & (taken[:, -1] > found[:, -1])
    result: Values = np.einsum("ij,ij->i", positive, precision) / found[:, -1]
    known: Values = np.where(some, result, np.nan)
    return known


def _auc_influence(order: Order, positive: Counts, negative: Counts) -> Values:
    """Return how the score changes with the weight of each row, shape (n_rows,)."""
    n_positive, n_negative = positive.sum(), negative.sum()
    below = (n_negative - np.cumsum(negative) + negative / 2) / n_negative
    above = (np.cumsum(positive) - positive / 2) / n_positive
    score = float(positive @ below) / n_positive
    of_positive = (order.spread(below) - score) / n_positive
    of_negative = (order.spread(above) - score) / n_negative
    slopes: Values = np.where(order.of_class, of_positive, of_negative)
    return slopes


def _precision_influence(order: Order, positive: Counts, negative: Counts) -> Values:
    found = np.cumsum(positive)
    taken = found + np.cumsum(negative)
    total, precision = found[-1], found / taken
    score = float(positive @ precision) / total
    # A row counts among those taken of every group from its own on.
    raises = np.cumsum((positive / taken)[::-1])[::-1] / total
    lowers = np.cumsum((positive * precision / taken)[::-1])[::-1] / total
    own = order.spread((precision - score) / total + raises)
    return np.where(order.of_class, own, 0.0) - order.spread(lowers)


Score = Callable[[Counts, Counts], Values]
Influence = Callable[[Order, Counts, Counts], Values]
# By metric: the score of weighted groups, and its derivative by each row's weight.
RANKED: dict[str, tuple[Score, Influence]] = {
    "roc_auc": (_auc, _auc_influence),
    "average_precision": (_precision, _precision_influence),
}
