"""Targets of the nearest rows described on plain arrays; see `GeoKnn`."""

import numpy as np

from sweepkit.features.distance import Floats
from sweepkit.features.local_regression import Standard, regress
from sweepkit.features.neighbours import Places, Positions
from sweepkit.features.surroundings import Surroundings, add_up

_REACH = 5  # neighbours
_ROWS_ASKED = 2000
_LEAST_KM = 1e-3  # rows at one place are alike, and no weight is infinite


class NearTargets(Surroundings):
    """The arithmetic of `GeoKnn`.

    Args:
        degrees: Latitude and longitude of the training rows, shape (n_rows, 2).
        targets: Their targets, shape (n_rows, n_targets).
        inputs: What the regression reads of them, standardized, (n_rows, n_inputs).
        standard: What makes a row's own inputs such.
        sizes: Over how many neighbours targets are averaged.
        extremes: Among how many the lowest and highest is sought; 0 for none.
        regression: How many the regression learns from; 0 for none.
        penalty: Its ridge penalty.
        reach_km: Within it neighbours count about alike.
    """

    def __init__(
        self,
        degrees: Floats,
        targets: Floats,
        inputs: Floats,
        standard: Standard,
        *,
        sizes: list[int],
        extremes: int,
        regression: int,
        penalty: float,
        reach_km: float,
    ) -> None:
        n_described = len(sizes) + bool(regression)
        super().__init__(
            degrees,
            max([*sizes, extremes, regression, 1]),
            n_described * targets.shape[1] + 2 * bool(extremes),
        )
        self._targets, self._inputs, self._standard = targets, inputs, standard
        self._sizes, self._extremes = sizes, extremes
        self._regression, self._penalty = regression, penalty
        self._reach_km = reach_km

    def measure(self, block: Floats, km: Floats, near: Positions) -> Floats:
        """Return averages, extremes and the regression's; see `Surroundings`."""
        targets, weights = self._targets[near], 1.0 / (km + self._reach_km)
        weighed = add_up(weights[:, :, None] * targets)
        total = add_up(weights)[:, :, None]
        last = [min(size, km.shape[1]) - 1 for size in self._sizes]
        parts = [weighed[:, i] / total[:, i] for i in last]
        if self._extremes:
            first = targets[:, : self._extremes, 0]
            parts += [
                first.min(axis=1, keepdims=True),
                first.max(axis=1, keepdims=True),
            ]
        if self._regression:
            own, some = self._standard.apply(block[:, 2:]), slice(self._regression)
            shares = weights[:, some] / total[:, min(self._regression, km.shape[1]) - 1]
            inputs = self._inputs[near[:, some]]
            parts.append(regress(own, inputs, targets[:, some], shares, self._penalty))
        return np.hstack(parts)


def find_reach_km(degrees: Floats) -> float:
    """Return how far the fifth neighbour of a row usually is, in kilometres.

    Args:
        degrees: Latitude and longitude of the training rows, shape (n_rows, 2).
    """
    places = Places(degrees)
    every = max(1, len(places.rows) // _ROWS_ASKED)
    km, _ = places.find_others(slice(None, None, every), _REACH)
    return max(float(np.median(km[:, -1])), _LEAST_KM) if km.size else 1.0
