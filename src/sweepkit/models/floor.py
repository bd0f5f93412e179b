"""What a model must beat: one answer for every row."""

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.predicted import Predicted
from sweepkit.tasks import Task, decide


def floor_of(
    task: Task, train_target: NDArray[np.float64], n_rows: int, n_classes: int
) -> Predicted:
    """Return the best that can be said of rows without looking at them.

    Args:
        task: What is predicted.
        train_target: Target of the training rows, (n_train,); codes of classes.
        n_rows: Rows to say it of.
        n_classes: How many classes there are; 0 in a regression.

    Returns:
        The training rows' median or, for classes, their shares of each class.
    """
    if not task.has_classes:
        return Predicted(np.full(n_rows, np.median(train_target)))
    counts = np.bincount(train_target.astype(np.intp), minlength=n_classes)
    shares = np.tile(counts / counts.sum(), (n_rows, 1))
    return Predicted(decide(shares, None).astype(np.float64), shares)
