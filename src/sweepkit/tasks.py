"""The supervised tasks, and how probabilities of classes become a decision."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

# What a class may be called; numbers of a file that are whole become `int`.
Label = str | int | bool
HALF = 0.5


class Task(StrEnum):
    """What is predicted; the words of `task=`."""

    REGRESSION = "regression"
    BINARY = "binary"
    MULTICLASS = "multiclass"

    @property
    def has_classes(self) -> bool:
        """Whether the target is one of a few labels rather than a number."""
        return self is not Task.REGRESSION


def decide(
    probabilities: NDArray[np.float64], threshold: float | None
) -> NDArray[np.intp]:
    """Return the code of the class that probabilities speak for, shape (n_rows,).

    Args:
        probabilities: Of each class in the order of the labels, (n_rows, n_classes).
        threshold: For two classes, the probability of the second from which a row
            counts as one of it; None takes 0.5. With more classes the largest
            probability decides, the first of equal ones.
    """
    if probabilities.shape[1] == 2:
        limit = HALF if threshold is None else threshold
        return (probabilities[:, 1] >= limit).astype(np.intp)
    return np.asarray(np.argmax(probabilities, axis=1))
