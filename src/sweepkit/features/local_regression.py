"""Ridge regression among the neighbours of each row, on plain arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweepkit.features.distance import Floats
from sweepkit.features.ratios import Positions, divide
from sweepkit.features.surroundings import add_up

# Products of all pairs of inputs are summed for every row; more than these cost more
# than they tell apart among sixty neighbours.
_MOST_INPUTS = 12


@dataclass(frozen=True, slots=True)
class Standard:
    """What makes inputs comparable, and harmless where they are extreme.

    Attributes:
        numerators: Positions among the inputs of what quotients divide.
        denominators: And of what they divide by.
        kept: Which of the inputs, then quotients, are read.
        settings: Their centre, scale, and lowest and highest standardized value, shape
            (4, n_kept).
    """

    numerators: Positions
    denominators: Positions
    kept: NDArray[np.intp]
    settings: Floats

    def apply(self, inputs: Floats) -> Floats:
        """Return standardized inputs, (n_rows, n_kept); a blank is the average."""
        centre, scale, low, high = self.settings
        wide = _with_quotients(inputs, self.numerators, self.denominators)[:, self.kept]
        values = np.minimum(np.maximum((wide - centre) / scale, low), high)
        return np.where(np.isnan(values), 0.0, values)


def learn_standard(
    inputs: Floats, targets: Floats, numerators: Positions, denominators: Positions
) -> Standard:
    """Learn from training rows what makes their inputs comparable.

    Args:
        inputs: Shape (n_rows, n_inputs), blanks as NaN.
        targets: Shape (n_rows, n_targets).
        numerators: Positions of what quotients divide.
        denominators: And of what they divide by.
    """
    wide = _with_quotients(inputs, numerators, denominators)
    moving = [j for j, column in enumerate(wide.T) if _moves(column)]
    every = np.array(moving, dtype=np.intp)
    learned = [_learn_column(wide[:, j]) for j in moving]
    settings = np.array(learned, dtype=np.float64).reshape(-1, 4).T
    standard = Standard(numerators, denominators, every, settings)
    if len(moving) <= _MOST_INPUTS:
        return standard
    best = np.sort(_rank(standard.apply(inputs), targets)[:_MOST_INPUTS])
    return Standard(numerators, denominators, every[best], settings[:, best])


def regress(
    own: Floats, inputs: Floats, targets: Floats, weights: Floats, penalty: float
) -> Floats:
    """Predict rows by a regression of each among its neighbours.

    Args:
        own: Standardized inputs of the rows, shape (n_rows, n_inputs).
        inputs: Those of the neighbours, shape (n_rows, n_near, n_inputs).
        targets: Their targets, shape (n_rows, n_near, n_targets).
        weights: Of the neighbours, each row's summing to 1, shape (n_rows, n_near).
        penalty: Added to the variance of each input; above 0.

    Returns:
        Shape (n_rows, n_targets).
    """
    shares = weights[:, :, None]
    centre, level = _total(shares * inputs), _total(shares * targets)
    offsets = inputs - centre[:, None]
    weighed = shares * offsets
    # Products rather than a product of matrices: that may round one row differently
    # from the same row among many. Half of them; the matrix is symmetric.
    n_inputs = own.shape[1]
    i, j = np.triu_indices(n_inputs)
    matrix = np.empty((len(own), n_inputs, n_inputs))
    matrix[:, i, j] = matrix[:, j, i] = _total(weighed[:, :, i] * offsets[:, :, j])
    matrix += penalty * np.eye(n_inputs)
    lifts = (targets - level[:, None])[:, :, None, :]
    slopes = np.linalg.solve(matrix, _total(weighed[..., None] * lifts))
    return level + _total((own - centre)[:, :, None] * slopes)


def _total(values: Floats) -> Floats:
    return add_up(values)[:, -1]


def _with_quotients(
    inputs: Floats, numerators: Positions, denominators: Positions
) -> Floats:
    if not len(numerators):
        return inputs
    return np.hstack([inputs, divide(inputs, numerators, denominators)])


def _moves(column: Floats) -> bool:
    known = column[np.isfinite(column)]
    return len(known) > 1 and bool(np.std(known) > 0)


def _learn_column(column: Floats) -> tuple[float, float, float, float]:
    known = column[np.isfinite(column)]
    centre, scale = float(known.mean()), float(known.std())
    low, high = (np.percentile(known, [1, 99]) - centre) / scale
    return centre, scale, float(low), float(high)


def _rank(values: Floats, targets: Floats) -> NDArray[np.intp]:
    """Return inputs by how much they go with the target, most first."""
    lifts = targets - targets.mean(axis=0)
    offsets = values - values.mean(axis=0)
    spread = offsets.std(axis=0)
    moments = np.abs(offsets.T @ lifts) / np.where(spread > 0, spread, 1.0)[:, None]
    return np.argsort(-moments.max(axis=1), kind="stable")
