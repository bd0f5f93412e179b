"""The number a sweeper optimizes, with the scores behind it."""

from typing import Any, Self

from sweepkit.evaluation.judgement import Scores


class Objective(float):
    """A mean over folds that remembers the folds.

    Sweepers and Hydra see a plain float; a sweep's record wants to know more.

    Attributes:
        folds: Scores of each fold, in fold order.
        values: All objectives in the order of `evaluation.objectives`; the first is
            the float itself.
        rounds: Boosting rounds the folds have agreed on, for the fit on all rows;
            None if they were given.
        kept: File of the out-of-fold predictions; empty if they were not kept.
    """

    folds: tuple[Scores, ...]
    values: tuple[float, ...]
    rounds: int | None
    kept: str

    def __new__(
        cls,
        value: float,
        folds: tuple[Scores, ...],
        others: tuple[float, ...] = (),
        rounds: int | None = None,
        kept: str = "",
    ) -> Self:
        """Make one from its value, its folds and further objectives, if any."""
        objective = super().__new__(cls, value)
        objective.folds = folds
        objective.values = (float(value), *others)
        objective.rounds = rounds
        objective.kept = kept
        return objective

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive the way from a worker process to its parent."""
        known = (self.folds, self.values[1:], self.rounds, self.kept)
        return type(self), (float(self), *known)
