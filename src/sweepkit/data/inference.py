"""What kind of task a target poses, told by its values."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from sweepkit.data.checks import find_target_number
from sweepkit.data.target import refuse_many
from sweepkit.tasks import Task

# Whole numbers from 0 or 1 up to here are ratings or codes more often than amounts.
_MOST_CODES = 10


@dataclass(frozen=True, slots=True)
class FoundTask:
    """The task a target poses.

    Attributes:
        task: Which.
        why: What in the values says so, for the person who did not choose.
    """

    task: Task
    why: str


def infer_task(column: pd.Series) -> FoundTask:
    """Infer the task from the values of the target.

    Two values are two classes; texts are classes; so are whole numbers that count from
    0 or 1 to at most 10. All other numbers are a regression.

    Args:
        column: All values under their name, shape (n_rows,).

    Raises:
        DataError: If the values are neither numbers nor a moderate number of labels.
    """
    filled = column.dropna()
    if types.is_numeric_dtype(column) and not types.is_bool_dtype(column):
        return _of_numbers(np.unique(filled.to_numpy(dtype=np.float64)))
    find_target_number(column)
    n = filled.nunique()
    refuse_many(column, n)
    task = Task.MULTICLASS if n > 2 else Task.BINARY
    return FoundTask(task, f"its values are {n} labels")


def _of_numbers(values: NDArray[np.float64]) -> FoundTask:
    whole = bool(np.all(np.isfinite(values)) and np.all(values == np.trunc(values)))
    n = values.size
    if whole and n == 2:
        found = f"its values are {values[0]:g} and {values[1]:g}"
        return FoundTask(Task.BINARY, found)
    counts = whole and n > 2 and np.all(np.diff(values) == 1) and values[0] in (0, 1)
    if counts and values[-1] <= _MOST_CODES:
        found = f"its values are the whole numbers {values[0]:g} to {values[-1]:g}"
        return FoundTask(Task.MULTICLASS, found)
    return FoundTask(Task.REGRESSION, f"its values are {n:,} different numbers")
