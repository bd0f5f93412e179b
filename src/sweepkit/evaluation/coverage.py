"""How often intervals and prediction sets hold the truth, and how wide they are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What a promise of coverage came to on rows that nothing was fitted to.

    Attributes:
        asked: Share of rows whose interval should hold the truth, such as 0.9.
        covered: Share of rows whose interval does.
        width: Mean width, in the target's unit; of prediction sets, mean labels a set.
        median_width: Median of the same.
        n_rows: Rows counted.
    """

    asked: float
    covered: float
    width: float
    median_width: float
    n_rows: int


def measure_intervals(ends: Floats, actual: Floats, asked: float) -> Coverage:
    """Compare intervals with what was true; an end counts as inside.

    Args:
        ends: Lower and upper end of each row, (n_rows, 2).
        actual: Shape (n_rows,).
        asked: Share of rows they should cover.
    """
    inside = (ends[:, 0] <= actual) & (actual <= ends[:, 1])
    return _measure(inside, ends[:, 1] - ends[:, 0], asked)


def measure_sets(
    members: NDArray[np.bool_], codes: ArrayLike, asked: float
) -> Coverage:
    """Compare prediction sets with the true classes.

    Args:
        members: Which labels belong to each row's set, (n_rows, n_classes).
        codes: True classes, (n_rows,).
        asked: Share of rows they should cover.
    """
    truth = np.asarray(codes).astype(np.intp)
    inside = members[np.arange(len(truth)), truth]
    return _measure(inside, members.sum(axis=1).astype(np.float64), asked)


def _measure(inside: NDArray[np.bool_], widths: Floats, asked: float) -> Coverage:
    return Coverage(
        asked=asked,
        covered=float(np.mean(inside)),
        width=float(np.mean(widths)),
        median_width=float(np.median(widths)),
        n_rows=len(inside),
    )
