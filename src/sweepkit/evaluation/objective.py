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
    """

    folds: tuple[Scores, ...]
    values: tuple[float, ...]

    def __new__(
        cls, value: float, folds: tuple[Scores, ...], others: tuple[float, ...] = ()
    ) -> Self:
        """Make one from its value, its folds and further objectives, if any."""
        objective = super().__new__(cls, value)
        objective.folds = folds
        objective.values = (float(value), *others)
        return objective

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive the way from a worker process to its parent."""
        return type(self), (float(self), self.folds, self.values[1:])
