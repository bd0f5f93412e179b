"""Distances on the globe, in kilometres, for many rows at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Points = Sequence[Sequence[float]] | Floats

EARTH_RADIUS_KM = 6371.0088  # mean radius of WGS 84
_ROWS_AT_ONCE = 2048  # rows times line segments must fit the processor's cache


def distance_to_points_km(
    latitude: Floats, longitude: Floats, points: Points
) -> Floats:
    """Measure the great-circle distance of every row to every point.

    The haversine formula on a sphere: within 0.6 % of the distance on the ellipsoid,
    and without the loss of digits other formulas have for neighbours.

    Args:
        latitude: Degrees north, shape (n_rows,).
        longitude: Degrees east, shape (n_rows,).
        points: Latitude and longitude in degrees, shape (n_points, 2).

    Returns:
        Kilometres, shape (n_rows, n_points); NaN where a coordinate is NaN.
    """
    to = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    return _great_circle_km(
        latitude[:, None], longitude[:, None], to[None, :, 0], to[None, :, 1]
    )


def distance_to_line_km(latitude: Floats, longitude: Floats, line: Points) -> Floats:
    """Measure the distance of every row to the nearest point of a line.

    The nearest point is sought on a flat map round the row (one degree of longitude
    scaled by the cosine of the row's latitude), then measured along the great circle.
    Up to 45 degrees from the equator that is within 1 % for 300 km and 4 % for
    1,000 km, at 60 degrees within 3 % and 9 %, beside the 0.6 % of the sphere. A
    line must not cross the meridian of 180 degrees.

    Args:
        latitude: Degrees north, shape (n_rows,).
        longitude: Degrees east, shape (n_rows,).
        line: Latitude and longitude in degrees of the corners, in order along the
            line, shape (n_corners, 2), at least two.

    Returns:
        Kilometres, shape (n_rows,); NaN where a coordinate is NaN.

    Raises:
        ValueError: If the line has fewer than two corners.
    """
    corners = np.asarray(line, dtype=np.float64).reshape(-1, 2)
    if len(corners) < 2:
        raise ValueError(f"A line needs at least 2 corners, got {len(corners)}.")
    distance = np.empty(len(latitude), dtype=np.float64)
    for start in range(0, len(latitude), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        distance[rows] = _distance_to_corners(latitude[rows], longitude[rows], corners)
    return distance


def _distance_to_corners(
    latitude: Floats, longitude: Floats, corners: Floats
) -> Floats:
    """Do the work of `distance_to_line_km` for one block of rows."""
    # A flat map round each row, which is its origin: y north, x east, in degrees of
    # latitude. `step` leads from a segment's start to its end.
    scale = np.cos(np.radians(latitude))[:, None]
    y = corners[:-1, 0] - latitude[:, None]
    x = (corners[:-1, 1] - longitude[:, None]) * scale
    step_y = np.diff(corners[:, 0])
    step_x = np.diff(corners[:, 1]) * scale
    # A corner given twice makes a segment of length 0: the floor avoids 0 / 0.
    length_squared = np.maximum(step_y**2 + step_x**2, 1e-18)
    share = np.clip(-(y * step_y + x * step_x) / length_squared, 0.0, 1.0)
    nearest = np.argmin(
        (y + share * step_y) ** 2 + (x + share * step_x) ** 2, axis=1, keepdims=True
    )
    along = np.take_along_axis(share, nearest, axis=1)[:, 0]
    first = nearest[:, 0]
    foot = corners[first] + along[:, None] * (corners[first + 1] - corners[first])
    return _great_circle_km(latitude, longitude, foot[:, 0], foot[:, 1])


def _great_circle_km(
    latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats
) -> Floats:
    """Apply the haversine formula to degrees; arguments broadcast."""
    here, there = np.radians(latitude), np.radians(to_latitude)
    half_turn = np.radians(to_longitude - longitude) / 2
    chord = (
        np.sin((there - here) / 2) ** 2
        + np.cos(here) * np.cos(there) * np.sin(half_turn) ** 2
    )
    # Rounding can lift the opposite point of the globe just above 1.
    angle = 2 * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    return np.asarray(EARTH_RADIUS_KM * angle, dtype=np.float64)
