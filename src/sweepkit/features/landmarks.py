"""Positions described by directions and distances, on plain arrays.

The arithmetic of `sweepkit.features.geo`, apart from tables, so that a server, which
has none, computes the very numbers of training.
"""

import numpy as np

from sweepkit.features.distance import (
    ROWS_AT_ONCE,
    Floats,
    Segments,
    great_circle_km,
)


class Landmarks:
    """What positions are measured against, prepared for many calls.

    Args:
        turns: Weights of (latitude, longitude) in each rotated axis, shape (2, n_axes).
        places: Latitude and longitude of the places in degrees, shape (n_places, 2).
        coastline: The corners of the coast, shape (n_corners, 2); no corner, no coast.
    """

    def __init__(self, turns: Floats, places: Floats, coastline: Floats) -> None:
        self._turns = turns
        self._places = places
        self._coast = Segments(coastline) if len(coastline) else None
        self._n_axes = turns.shape[1]
        self._n_targets = len(places) + (self._coast is not None)
        self.n_features = self._n_axes + self._n_targets + bool(len(places))

    def describe(self, latitude: Floats, longitude: Floats) -> Floats:
        """Compute the features of positions.

        Args:
            latitude: Degrees north, shape (n_rows,).
            longitude: Degrees east, shape (n_rows,).

        Returns:
            Rotated axes in degrees, then kilometres to each place, to the nearest of
            them and to the coast, shape (n_rows, n_features); NaN where a coordinate
            is NaN.
        """
        features = np.empty((len(latitude), self.n_features))
        for start in range(0, len(latitude), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            self._fill(features[rows], latitude[rows, None], longitude[rows, None])
        return features

    def _fill(self, features: Floats, latitude: Floats, longitude: Floats) -> None:
        # Elementwise rather than a matrix product: that may round one row differently
        # from the same row among many, and serving scores one at a time.
        n_axes, n_places = self._n_axes, len(self._places)
        features[:, :n_axes] = latitude * self._turns[0] + longitude * self._turns[1]
        if not self._n_targets:
            return
        km = great_circle_km(latitude, longitude, *self._targets(latitude, longitude))
        features[:, n_axes : n_axes + n_places] = km[:, :n_places]
        if n_places:
            km[:, :n_places].min(axis=1, out=features[:, n_axes + n_places])
        if self._coast is not None:
            features[:, -1] = km[:, -1]

    def _targets(self, latitude: Floats, longitude: Floats) -> tuple[Floats, Floats]:
        """Return latitudes and longitudes to measure to, each (n_rows, n_targets)."""
        n_places = len(self._places)
        targets = np.empty((2, len(latitude), self._n_targets))
        targets[:, :, :n_places] = self._places.T[:, None, :]
        if self._coast is not None:
            targets[:, :, -1] = self._coast.find_nearest(latitude, longitude)
        return targets[0], targets[1]
