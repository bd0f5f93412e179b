"""How a column goes along with the target, by the measure that fits both."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweepkit.data.sample import Column
from sweepkit.tasks import Task

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Relation:
    """One number for how a column goes along with the target.

    Attributes:
        measure: `rank correlation`, -1 to 1 (Spearman: two numbers); `ROC AUC`, 0 to 1
            with 0.5 for none (a number and two classes); `correlation ratio`, 0 to 1
            (numbers of one, groups of the other); `Cramer's V`, 0 to 1 (groups of
            both).
        value: Its value on the rows in which the column is not blank.
    """

    measure: str
    value: float


def relate(column: Column, target: Floats, task: Task) -> Relation | None:
    """Measure how a column goes along with the target.

    Args:
        column: The column, n rows.
        target: Values or codes, shape (n,).
        task: What the target is.

    Returns:
        None if nothing varies in the rows with a value.
    """
    filled = column.codes >= 0
    codes, target = column.codes[filled], target[filled]
    if np.unique(codes).size < 2 or np.unique(target).size < 2:
        return None
    if not task.has_classes:
        if column.is_ordered:
            correlation = np.corrcoef(column.ranks[filled], rank(target))[0, 1]
            return Relation("rank correlation", float(correlation))
        return Relation("correlation ratio", correlation_ratio(codes, target))
    if not column.is_ordered:
        return Relation("Cramer's V", cramers_v(codes, target.astype(np.intp)))
    if task is Task.BINARY:
        return Relation("ROC AUC", _auc(column.ranks[filled], target == 1))
    ranks = column.ranks[filled]
    return Relation("correlation ratio", correlation_ratio(target, ranks))


def rank(values: Floats) -> Floats:
    """Return middle ranks from 0, shape (n,)."""
    _, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts + 1) / 2)[codes])


def correlation_ratio(groups: NDArray[np.generic], values: Floats) -> float:
    """Return eta: the root of the share of variance that lies between groups, 0 to 1.

    It is corrected for the number of groups, so that many small ones by chance say
    nothing (epsilon squared, Kelley 1935).
    """
    _, codes, counts = np.unique(groups, return_inverse=True, return_counts=True)
    means = np.bincount(codes, values) / counts
    total = float(np.sum((values - values.mean()) ** 2))
    within = float(np.sum((values - means[codes]) ** 2))
    left = values.size - counts.size
    if left <= 0 or not total:
        return 0.0
    share = 1 - within / left * (values.size - 1) / total
    return float(np.sqrt(max(0.0, share)))


def cramers_v(one: NDArray[np.intp], other: NDArray[np.intp]) -> float:
    """Return Cramer's V, 0 to 1, corrected for the numbers of groups (Bergsma 2013)."""
    _, one = np.unique(one, return_inverse=True)
    _, other = np.unique(other, return_inverse=True)
    n, rows, columns = one.size, int(one.max()) + 1, int(other.max()) + 1
    seen = np.bincount(one * columns + other, minlength=rows * columns)
    table = seen.reshape(rows, columns).astype(np.float64)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / n
    phi = float(np.sum((table - expected) ** 2 / expected)) / n
    phi = max(0.0, phi - (rows - 1) * (columns - 1) / (n - 1))
    fewest = min(
        rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)
    )
    return float(np.sqrt(phi / (fewest - 1))) if fewest > 1 else 0.0


def _auc(ranks: Floats, positive: NDArray[np.bool_]) -> float:
    n_positive = int(positive.sum())
    n_negative = positive.size - n_positive
    mean = float(ranks[positive].mean())
    return (mean - (n_positive - 1) / 2) / n_negative
