"""What a score is: its name, which way it is better, and the function behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sweepkit.evaluation.predicted import Predicted, Values
from sweepkit.tasks import Task

CLASSES = (Task.BINARY, Task.MULTICLASS)


@dataclass(frozen=True, slots=True)
class Metric:
    """One score of predictions against actual values.

    Attributes:
        name: The word used in `evaluation.metric` and in logged metric names.
        direction: Whether an optimizer should `minimize` or `maximize` it.
        unit: `target` (that of the target column), `share` (1.0 is 100 %) or `none`.
        score: Actual values of shape (n_rows,) and what `reads` says to a float; NaN
            where these rows have no such score. Classes come as codes, in the order
            of the labels; of two, 1 is the positive one.
        tasks: Tasks it is a score for.
        reads: `values` (numbers, or codes of the classes decided for, (n_rows,)),
            `probabilities` (of each class, (n_rows, n_classes)), or `decisions` (1 in
            the column of the class decided for, else 0; the same shape).
    """

    name: str
    direction: Literal["minimize", "maximize"]
    unit: Literal["target", "share", "none"]
    score: Callable[[Values, Values], float]
    tasks: tuple[Task, ...] = (Task.REGRESSION,)
    reads: Literal["values", "probabilities", "decisions"] = "values"

    def pick(self, predicted: Predicted) -> Values:
        """Return the part of predictions that `score` takes."""
        if self.reads == "values":
            return predicted.values
        assert predicted.probabilities is not None, "no metric of a regression"
        if self.reads == "probabilities":
            return predicted.probabilities
        n_classes = predicted.probabilities.shape[1]
        return np.eye(n_classes)[predicted.values.astype(np.intp)]

    def judge(self, actual: Values, predicted: Predicted) -> float:
        """Score predictions against actual values, shape (n_rows,)."""
        return float(self.score(actual, self.pick(predicted)))

    def is_better(self, value: float, than: float) -> bool:
        """Tell whether `value` improves on `than`; a tie and NaN do not."""
        return value < than if self.direction == "minimize" else value > than
