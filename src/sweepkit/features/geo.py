"""What a model can learn from where a row lies: directions, places, the coast."""

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from sweepkit.errors import ConfigError, DataError
from sweepkit.features.centres import find_centres
from sweepkit.features.coastlines import COASTLINES
from sweepkit.features.distance import Floats, Points
from sweepkit.features.landmarks import Landmarks


class GeoFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Describe a position by rotated axes and by distances to what matters.

    A tree cuts along its columns, so a slanted coast costs it many cuts along latitude
    and longitude and one cut along an axis turned to it.

    Args:
        latitude: Column of degrees north; None takes `latitude`.
        longitude: Column of degrees east; None takes `longitude`.
        rotations_deg: Angles by which the two axes are turned, in degrees.
        places: Name to `[latitude, longitude]` in degrees.
        coastline: A name in `sweepkit.features.coastlines.COASTLINES`, or the corners
            as `[latitude, longitude]` in degrees along the coast; None for no coast.
        centres: Places to find where the training rows lie thickest, so that a table
            needs none by name.

    Attributes:
        turns_: Weights of (latitude, longitude) in each rotated axis, shape
            (2, 2 * n_rotations), set by `fit` like the next two.
        places_: Latitude and longitude of the places, then of the centres that were
            found, shape (n_places + n_centres, 2).
        coastline_: The corners of the coast, shape (n_corners, 2); no corner, no coast.
    """

    def __init__(
        self,
        latitude: str | None,
        longitude: str | None,
        rotations_deg: list[float],
        places: dict[str, list[float]],
        coastline: str | list[list[float]] | None = None,
        centres: int = 0,
    ) -> None:
        self.latitude = latitude
        self.longitude = longitude
        self.rotations_deg = rotations_deg
        self.places = places
        self.coastline = coastline
        self.centres = centres

    @property
    def columns(self) -> list[str]:
        """Raw columns needed: latitude, longitude."""
        return [self.latitude or "latitude", self.longitude or "longitude"]

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Turn the settings into arrays and find centres; the target plays no part.

        Raises:
            ConfigError: If a coastline is unknown or a position is not one.
            DataError: If the columns hold no degrees.
        """
        del y
        angles = np.radians(np.asarray(self.rotations_deg, dtype=np.float64))
        east = np.stack([np.sin(angles), np.cos(angles)])
        north = np.stack([np.cos(angles), -np.sin(angles)])
        self.turns_ = np.concatenate([east, north], axis=1)
        named = _read_points(list(self.places.values()), "places")
        found = find_centres(self._read_degrees(X), self.centres)
        self.places_ = np.concatenate([named, found])
        self.coastline_ = _read_points(_find_coastline(self.coastline), "coastline")
        if self.coastline is not None and len(self.coastline_) < 2:
            raise ConfigError(
                f"features.steps.geo.coastline has {len(self.coastline_)} corners; "
                f"give at least 2, or null for no coast."
            )
        return self

    def transform(self, X: pd.DataFrame) -> Floats:
        """Compute the features.

        Args:
            X: Table with the columns in `columns`, in degrees.

        Returns:
            Rotated axes in degrees and distances in kilometres, in the order of
            `get_feature_names_out`, shape (n_rows, n_features); NaN where a
            coordinate is NaN.
        """
        degrees = X[self.columns].to_numpy(dtype=np.float64, na_value=np.nan)
        landmarks = Landmarks(self.turns_, self.places_, self.coastline_)
        return landmarks.describe(degrees[:, 0], degrees[:, 1])

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the output names, units included."""
        del input_features
        names = [f"east_rotated_{angle:g}_deg" for angle in self.rotations_deg]
        names += [f"north_rotated_{angle:g}_deg" for angle in self.rotations_deg]
        names += [f"km_to_{place}" for place in self.places]
        n_found = len(self.places_) - len(self.places)
        names += [f"km_to_centre_{i + 1}" for i in range(n_found)]
        names += ["km_to_nearest_place"] if len(self.places_) else []
        names += ["km_to_coast"] if self.coastline is not None else []
        return np.array(names, dtype=object)

    def _read_degrees(self, X: pd.DataFrame) -> Floats:
        degrees = X[self.columns].to_numpy(dtype=np.float64, na_value=np.nan)
        for name, column, limit in zip(self.columns, degrees.T, (90, 360), strict=True):
            off = np.abs(column) > limit
            if off.any():
                raise DataError(
                    f"Column {name!r} holds {column[off][0]:g}, which is no position "
                    f"in degrees (at most {limit}). `features=geo` needs latitude and "
                    f"longitude: set `data.latitude` and `data.longitude`, or "
                    f"`features=none`."
                )
        return degrees


def _find_coastline(coastline: str | list[list[float]] | None) -> Points:
    """Look a coastline up by name; corners pass through, None has none."""
    if coastline is None:
        return []
    if not isinstance(coastline, str):
        return coastline
    if coastline not in COASTLINES:
        raise ConfigError(
            f"features.steps.geo.coastline is {coastline!r}; known coastlines are "
            f"{', '.join(COASTLINES)}. Give one of them, a list of "
            f"[latitude, longitude], or null for none."
        )
    return COASTLINES[coastline]


def _read_points(points: Points, key: str) -> Floats:
    """Check positions and return them as degrees of shape (n_points, 2)."""
    for point in points:
        if len(point) != 2 or not (abs(point[0]) <= 90 and abs(point[1]) <= 180):
            raise ConfigError(
                f"features.steps.geo.{key} holds {list(point)}; a position is "
                f"[latitude, longitude] in degrees, at most 90 and 180."
            )
    return np.array(points, dtype=np.float64).reshape(-1, 2)
