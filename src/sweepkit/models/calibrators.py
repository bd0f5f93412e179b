"""What mends the probabilities of classes: plain numbers, saved with their model.

Every calibrator works on the columns of a matrix one number at a time, so that a row's
probabilities are the same to the last bit whatever rows go with it.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_NEARLY_ZERO = 1e-15  # in place of 0 and 1, which have no log odds


class Calibrator(Protocol):
    """What mends probabilities; made of plain values."""

    def calibrate(self, probabilities: Floats) -> Floats:
        """Return mended probabilities, (n_rows, n_classes), each row's sum 1."""


@dataclass(frozen=True)
class SigmoidCalibrator:
    """Each class's log odds are stretched and shifted (Platt's method).

    Attributes:
        slopes: Of each class or, of two, of the second alone.
        intercepts: Likewise.
    """

    slopes: Floats
    intercepts: Floats

    def calibrate(self, probabilities: Floats) -> Floats:
        """Return mended probabilities; see `Calibrator`."""
        from scipy.special import expit

        columns = columns_to_mend(probabilities)
        return _join(
            [
                np.asarray(expit(slope * log_odds_of(column) + intercept))
                for column, slope, intercept in zip(
                    columns, self.slopes, self.intercepts, strict=True
                )
            ]
        )


@dataclass(frozen=True)
class IsotonicCalibrator:
    """Each class's probability goes through a rising line of straight pieces.

    Attributes:
        before: Where the pieces meet, for each class or, of two, for the second.
        after: What the probabilities become there.
    """

    before: list[Floats]
    after: list[Floats]

    def calibrate(self, probabilities: Floats) -> Floats:
        """Return mended probabilities; see `Calibrator`."""
        columns = columns_to_mend(probabilities)
        lines = zip(columns, self.before, self.after, strict=True)
        return _join([np.interp(column, xs, ys) for column, xs, ys in lines])


@dataclass(frozen=True)
class TemperatureCalibrator:
    """All log probabilities are stretched by one number.

    Attributes:
        stretch: Below 1 for a model too sure of itself; 1 divided by the temperature.
    """

    stretch: float

    def calibrate(self, probabilities: Floats) -> Floats:
        """Return mended probabilities; see `Calibrator`."""
        logs = [np.log(move_inside(column)) for column in _columns(probabilities)]
        most = np.maximum.reduce(logs)
        powers = [np.exp(self.stretch * (log - most)) for log in logs]
        return _share_out(powers)


def _columns(probabilities: Floats) -> list[Floats]:
    return [np.ascontiguousarray(column) for column in probabilities.T]


def columns_to_mend(probabilities: Floats) -> list[Floats]:
    """Return every class's column; of two, the second says it all."""
    columns = _columns(probabilities)
    return columns[1:] if len(columns) == 2 else columns


def _join(columns: list[Floats]) -> Floats:
    if len(columns) == 1:
        return np.stack([1 - columns[0], columns[0]], axis=1)
    return _share_out(columns)


def _share_out(columns: list[Floats]) -> Floats:
    """Divide columns by their sum, which is added column by column."""
    total = columns[0].copy()
    for column in columns[1:]:
        total += column
    return np.stack([column / total for column in columns], axis=1)


def move_inside(probabilities: Floats) -> Floats:
    """Return probabilities that have log odds."""
    return np.clip(probabilities, _NEARLY_ZERO, 1 - _NEARLY_ZERO)


def log_odds_of(probabilities: Floats) -> Floats:
    """Return the log odds of probabilities, of the same shape."""
    inside = move_inside(probabilities)
    return np.asarray(np.log(inside) - np.log1p(-inside))
