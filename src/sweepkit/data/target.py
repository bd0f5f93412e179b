"""The labels of a target of classes, and their codes."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from sweepkit.errors import DataError
from sweepkit.tasks import Label, Task

# From here on labels are more likely an identifier, or text, than classes.
MOST_CLASSES = 100
_SHOWN = 4


def list_classes(
    column: pd.Series, task: Task, positive: Label | None = None
) -> tuple[Label, ...]:
    """Return the labels of a target of classes, in the order of their codes.

    Args:
        column: All values under their name, shape (n_rows,).
        task: `binary` or `multiclass`.
        positive: Of two labels the one that a model looks for; it gets the last code.

    Returns:
        Sorted: numbers by value, texts by code point, False before True.

    Raises:
        DataError: If labels are blank, too many or too few for the task, or are numbers
            that are not whole; or if `positive` is none of them.
    """
    _refuse_blank(column)
    labels = _read_labels(pd.Series(column.unique(), name=column.name))
    classes = sorted(set(labels))  # of one type each: texts, numbers or booleans
    refuse_many(column, len(classes))
    _check_count(column, task, classes)
    if positive is None:
        return tuple(classes)
    return _put_last(classes, positive, task, str(column.name))


def encode(column: pd.Series, classes: tuple[Label, ...]) -> NDArray[np.float64]:
    """Return the code of each row's label, shape (n_rows,).

    Raises:
        DataError: If a row is blank or its label is none of the classes.
    """
    _refuse_blank(column)
    codes = {label: float(code) for code, label in enumerate(classes)}
    # Labels are few and rows may be millions: each label is looked up once.
    places, distinct = pd.factorize(column)
    labels = _read_labels(pd.Series(distinct, name=column.name))
    strange = next((label for label in labels if label not in codes), None)
    if strange is not None:
        raise DataError(
            f"The target {column.name!r} has the label {strange!r}, which is none of "
            f"{_show(classes)}. Correct the row, or train anew on a table that has it."
        )
    return np.array([codes[label] for label in labels], dtype=np.float64)[places]


def _read_labels(column: pd.Series) -> list[Label]:
    if types.is_bool_dtype(column.dropna().infer_objects()):
        return [bool(value) for value in column]
    if not types.is_numeric_dtype(column):
        if types.is_datetime64_any_dtype(column):
            raise DataError(
                f"The target {column.name!r} holds dates, which are neither numbers "
                f"nor labels. Change `data.target`."
            )
        return [str(value) for value in column]
    values = column.to_numpy(dtype=np.float64)
    if not np.all(values == np.trunc(values)):
        bad = float(values[values != np.trunc(values)][0])
        raise DataError(
            f"The target {column.name!r} holds {bad:g}; classes are texts, truth "
            f"values or whole numbers. Choose `task=regression`, or correct the column."
        )
    return [int(value) for value in values]


def _check_count(column: pd.Series, task: Task, classes: list[Any]) -> None:
    fits = len(classes) == 2 if task is Task.BINARY else len(classes) > 2
    if fits:
        return
    name, needed = column.name, "2" if task is Task.BINARY else "3 or more"
    if len(classes) == 1:
        raise DataError(
            f"The target {name!r} is {classes[0]!r} in all {len(column)} rows; there "
            f"is nothing to predict. Change `data.target` or the table."
        )
    other = Task.MULTICLASS if task is Task.BINARY else Task.BINARY
    raise DataError(
        f"`task={task}` needs {needed} different labels; the target {name!r} has "
        f"{len(classes)}: {_show(classes)}. Choose `task={other}`, or correct the "
        f"column."
    )


def _put_last(
    classes: list[Any], positive: Label, task: Task, name: str
) -> tuple[Label, ...]:
    if task is not Task.BINARY:
        raise DataError(
            f"task.positive is {positive!r}; only a binary task has a positive label. "
            f"Set task.positive=null."
        )
    # On a command line 1 and "1", true and "true" are hard to tell apart.
    wanted = [c for c in classes if c == positive or str(c) == str(positive)]
    if not wanted:
        raise DataError(
            f"task.positive is {positive!r}, which is no label of the target {name!r}. "
            f"Its labels are {_show(classes)}."
        )
    return (*(c for c in classes if c != wanted[0]), wanted[0])


def refuse_many(column: pd.Series, n: int) -> None:
    """Refuse labels that are too many to be classes.

    Raises:
        DataError: If there are more than 100, or fewer than two rows for each.
    """
    if n <= MOST_CLASSES and 2 * n <= max(len(column), 4):
        return
    raise DataError(
        f"The target {column.name!r} has {n:,} different labels in {len(column):,} "
        f"rows, such as {_show(column.dropna().head(1).tolist())}; classes are at most "
        f"{MOST_CLASSES} labels, each in several rows. Change `data.target`, or for "
        f"numbers correct what is not one."
    )


def _refuse_blank(column: pd.Series) -> None:
    blank = column.isna().to_numpy()
    if blank.any():
        raise DataError(
            f"The target {column.name!r} is blank in {blank.sum()} of {blank.size} "
            f"rows, first in row {int(np.argmax(blank)) + 1}; every row needs a label. "
            f"Correct or delete these rows, or change `data.target`."
        )


def _show(classes: Any) -> str:
    listed = [repr(label) for label in classes[:_SHOWN]]
    more = f" and {len(classes) - _SHOWN} more" if len(classes) > _SHOWN else ""
    return ", ".join(listed) + more
