"""Prediction intervals of numbers, in the form a model carries."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.models.interval_spread import spread_of

Floats = NDArray[np.float64]

MOST_RANKS = 4_001


class NumberIntervals:
    """Turns predictions into intervals; `fit_intervals` makes it.

    Scores are signed residuals in units of the spread that was expected. An interval
    reaches from the score that few rows were below to the one that few were above, in
    the units of its own row.

    Args:
        spread: LightGBM, from features and predictions to the root of the spread; None
            where it is the same everywhere.
        power: How far it counts, see `spread_of`.
        scale: Median absolute residual, in the target's unit.
        scores: Of rows the model had not seen, in any order, (n_scores,).
        low: Least number the model predicts; minus infinity for any.
        high: Largest, likewise.

    Attributes:
        n_scores_: How many scores there were.
        ranks_: Which of them, counted from 1 for the least, are kept, ascending.
        scores_: Those.
    """

    def __init__(
        self,
        spread: Any,
        power: float,
        scale: float,
        scores: Floats,
        low: float,
        high: float,
    ) -> None:
        self.spread_, self.power_, self.scale_ = spread, power, scale
        self.low_, self.high_ = low, high
        self.n_scores_ = len(scores)
        n_kept = min(self.n_scores_, MOST_RANKS)
        self.ranks_ = np.linspace(1, self.n_scores_, n_kept).round().astype(np.int64)
        self.scores_ = np.sort(scores)[self.ranks_ - 1]

    def ends(self, features: Floats, predicted: Floats, coverage: float) -> Floats:
        """Return lower and upper ends, (n_rows, 2), in the target's unit.

        Args:
            features: What the model predicted from, (n_rows, n_features).
            predicted: What it predicted, (n_rows,).
            coverage: Share of rows to be covered, above 0 and below 1.
        """
        if self.spread_ is None:
            return self.place(predicted, np.ones(len(predicted)), coverage)
        inputs = join_inputs(features, predicted)
        roots = np.asarray(self.spread_.predict(inputs, num_threads=1))
        return self.place(predicted, roots, coverage)

    def place(self, predicted: Floats, roots: Floats, coverage: float) -> Floats:
        """Return the ends round predictions whose spread is known, (n_rows, 2).

        Args:
            predicted: Shape (n_rows,).
            roots: What the spread's model says of the rows, (n_rows,).
            coverage: As `ends`.
        """
        below, above = self.find_scores(coverage)
        unit = spread_of(roots, self.power_) * self.scale_
        ends = np.empty((len(predicted), 2))
        ends[:, 0] = predicted + unit * below
        ends[:, 1] = predicted + unit * above
        return np.minimum(np.maximum(ends, self.low_), self.high_)

    def find_scores(self, coverage: float) -> tuple[float, float]:
        """Return the scores between which a share of rows lies, rather more than less.

        Ranks are those of one row more than there were: the row to come. More coverage
        than the scores can tell apart gets the least and the largest of them.
        """
        left_out = (self.n_scores_ + 1) * (1.0 - coverage) / 2.0
        # As whole as rounding errors leave it: 0.05 * 20 is to be 1.
        rank = int(np.floor(left_out + 1e-9))
        below = int(np.searchsorted(self.ranks_, rank, side="right")) - 1
        rank_above = self.n_scores_ + 1 - rank
        above = int(np.searchsorted(self.ranks_, rank_above, side="left"))
        last = len(self.scores_) - 1
        return float(self.scores_[max(below, 0)]), float(self.scores_[min(above, last)])


def join_inputs(features: Floats, predicted: Floats) -> Floats:
    """Return what the spread's model takes: (n_rows, n_features + 1), rows contiguous.

    Args:
        features: Shape (n_rows, n_features).
        predicted: Shape (n_rows,).
    """
    inputs = np.empty((len(predicted), features.shape[1] + 1))
    inputs[:, :-1], inputs[:, -1] = features, predicted
    return inputs
