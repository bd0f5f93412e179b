"""What folds' models say of rows they never saw, gathered and kept in a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweepkit.errors import DataError, DiskError
from sweepkit.evaluation.folds import Fold
from sweepkit.evaluation.predicted import Predicted
from sweepkit.tasks import decide

Floats = NDArray[np.float64]
FILE = "out_of_fold.npy"


class OutOfFold(NamedTuple):
    """Predictions for training rows by models that never saw them.

    Attributes:
        positions: Rows that some fold tested, among the training rows, (n_tested,).
        predicted: For these.
    """

    positions: NDArray[np.intp]
    predicted: Predicted


def gather(
    predicted: Sequence[Predicted], folds: Sequence[Fold], n_rows: int
) -> Floats:
    """Return a row's out-of-fold prediction, the mean where several folds tested it.

    Args:
        predicted: What was said of each fold's test rows.
        folds: Positions of training and test rows.
        n_rows: Training rows.

    Returns:
        Numbers (n_rows,) or probabilities (n_rows, n_classes); NaN where no fold has
        tested a row.
    """
    first = _array(predicted[0])
    sums = np.zeros((n_rows, *first.shape[1:]))
    counts = np.zeros(n_rows)
    for said, (_, test) in zip(predicted, folds, strict=True):
        sums[test] += _array(said)
        counts[test] += 1
    divisor = counts if sums.ndim == 1 else counts[:, None]
    with np.errstate(invalid="ignore"):
        return np.asarray(sums / divisor)


def read_array(array: Floats, threshold: float | None = None) -> OutOfFold:
    """Return the predictions that an array from `gather` holds.

    Args:
        array: Numbers or, of two dimensions, probabilities.
        threshold: Of two classes, the probability that decides for the second.
    """
    tested = ~np.isnan(array if array.ndim == 1 else array[:, 0])
    positions, known = np.flatnonzero(tested), array[tested]
    if array.ndim == 1:
        return OutOfFold(positions, Predicted(known))
    codes = decide(known, threshold).astype(np.float64)
    return OutOfFold(positions, Predicted(codes, known))


def keep(array: Floats, folder: Path) -> str:
    """Write an array into a folder and return the file.

    Raises:
        DiskError: If it cannot be written.
    """
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        np.save(path, array, allow_pickle=False)
    except OSError as error:
        raise DiskError(f"{path} cannot be written: {error}") from error
    return str(path)


def load(path: str, n_rows: int) -> Floats:
    """Read what `keep` wrote.

    Raises:
        DataError: If there is no such file, or it is of another table.
    """
    try:
        array: Floats = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{path} holds no out-of-fold predictions: {error}") from error
    if len(array) != n_rows:
        raise DataError(
            f"{path} holds predictions for {len(array)} rows; needed are {n_rows}."
        )
    return array


def _array(said: Predicted) -> Floats:
    return said.values if said.probabilities is None else said.probabilities
