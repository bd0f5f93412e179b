"""What lies round a position, measured on plain arrays: the request path of serving."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Self

import numpy as np

from sweepkit.features.distance import Floats
from sweepkit.features.neighbours import Places, Positions, to_kilometres

_ROWS_AT_ONCE = 128  # times neighbours times products must fit the cache


class Surroundings(ABC):
    """Features of a row by the training rows nearest to it.

    Args:
        degrees: Latitude and longitude of the training rows, shape (n_rows, 2).
        n_near: Neighbours that `measure` wants.
        n_features: Columns that it fills.
    """

    def __init__(self, degrees: Floats, n_near: int, n_features: int) -> None:
        self._places = Places(degrees)
        self._n_near = n_near
        self._n_features = n_features

    def prepare(self) -> Self:
        """Build what the first search would have to wait for."""
        self._places.find(np.zeros((1, 3)), 1)
        return self

    @abstractmethod
    def measure(self, block: Floats, km: Floats, near: Positions) -> Floats:
        """Compute the features of rows, (n_rows, n_features).

        Each number must be summed in an order that does not depend on how many rows
        there are: serving scores one row at a time.

        Args:
            block: Latitude, longitude and inputs of the rows, (n_rows, 2 + n_inputs).
            km: Kilometres to the neighbours, nearest first, (n_rows, n_found).
            near: Which training rows they are, the same shape; at least one each.
        """

    def describe(self, block: Floats) -> Floats:
        """Compute the features of any rows.

        Args:
            block: Latitude, longitude and inputs, shape (n_rows, 2 + n_inputs).

        Returns:
            Shape (n_rows, n_features); NaN where a coordinate is NaN.
        """
        features = np.full((len(block), self._n_features), np.nan)
        points = to_kilometres(block[:, :2])
        known = np.flatnonzero(np.isfinite(points).all(axis=1))
        for start in range(0, len(known), _ROWS_AT_ONCE):
            rows = known[start : start + _ROWS_AT_ONCE]
            km, near = self._places.find(points[rows], self._n_near)
            if km.shape[1]:
                features[rows] = self.measure(block[rows], km, near)
        return features

    def describe_training(self, block: Floats) -> Floats:
        """Compute those of the training rows, each without the help of itself.

        Args:
            block: Latitude, longitude and inputs of the training rows, in order.
        """
        features = np.full((len(block), self._n_features), np.nan)
        rows = self._places.rows
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            part = slice(start, start + _ROWS_AT_ONCE)
            km, near = self._places.find_others(part, self._n_near)
            if km.shape[1]:
                features[rows[part]] = self.measure(block[rows[part]], km, near)
        return features


def add_up(values: Floats) -> Floats:
    """Return the sums of the first 1, 2, ... along axis 1, in this very order.

    `sum` adds in another order where there is one row or one column.
    """
    return np.asarray(np.add.accumulate(values, axis=1), dtype=np.float64)


def average_known(values: Floats, sizes: Sequence[int]) -> list[Floats]:
    """Return means over the first neighbours, blanks left out.

    Args:
        values: Shape (n_rows, n_found, n_columns).
        sizes: Over how many; over all there are if these are fewer.

    Returns:
        For each size shape (n_rows, n_columns); NaN where all are blank.
    """
    known = ~np.isnan(values)
    sums = add_up(np.where(known, values, 0.0))
    counts = add_up(known.astype(np.float64))
    last = [min(size, values.shape[1]) - 1 for size in sizes]
    with np.errstate(invalid="ignore"):
        return [sums[:, i] / counts[:, i] for i in last]
