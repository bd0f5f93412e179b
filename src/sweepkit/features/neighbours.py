"""The training rows that lie nearest to a position, on plain arrays.

Shared by the feature steps and their plain forms, so that a server computes the very
numbers of training. SciPy's tree is built when it is first asked, and never saved.
"""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.features.distance import EARTH_RADIUS_KM, Floats

Positions = NDArray[np.intp]


class Places:
    """Training rows on the globe, prepared for many searches.

    Args:
        degrees: Latitude and longitude of the training rows, shape (n_rows, 2); those
            with a blank are nobody's neighbours.

    Attributes:
        rows: Positions of the others among the training rows, shape (n_known,).
    """

    def __init__(self, degrees: Floats) -> None:
        points = to_kilometres(degrees)
        self.rows = np.flatnonzero(np.isfinite(points).all(axis=1))
        self._points = points[self.rows]

    @cached_property
    def _tree(self) -> Any:
        # Loads a part of SciPy that nobody else needs.
        from scipy.spatial import cKDTree

        return cKDTree(self._points)

    def find(self, points: Floats, most: int) -> tuple[Floats, Positions]:
        """Find the training rows nearest to points.

        Args:
            points: As `to_kilometres` returns them, all finite, shape (n_points, 3).
            most: Neighbours wanted; there are fewer if the training rows are.

        Returns:
            Kilometres in a straight line and positions among the training rows, nearest
            first, each of shape (n_points, n_found).
        """
        shape = (len(points), min(most, len(self.rows)))
        if 0 in shape:
            return np.empty(shape), np.empty(shape, dtype=np.intp)
        km, found = self._tree.query(points, shape[1])
        return km.reshape(shape), self.rows[found.reshape(shape)]

    def find_others(self, part: slice, most: int) -> tuple[Floats, Positions]:
        """Find the neighbours of some training rows, none of them its own.

        A row is told from others by its position in the table, not by its distance:
        another one at the same place is a neighbour like any.

        Args:
            part: Which of `rows`.
            most: Neighbours wanted.

        Returns:
            Kilometres and positions as `find` does.
        """
        own = self.rows[part]
        km, found = self.find(self._points[part], most + 1)
        is_own = found == own[:, None]
        # Among many rows at one place its own may be missing: then the last one goes.
        is_own[~is_own.any(axis=1), -1:] = True
        shape = (len(own), max(found.shape[1] - 1, 0))
        return km[~is_own].reshape(shape), found[~is_own].reshape(shape)


def to_kilometres(degrees: Floats) -> Floats:
    """Return points on the globe as kilometres from its centre, (n_rows, 3).

    A straight line is the shorter the nearer two points are along the surface too, at
    every latitude and across the meridian of 180 degrees.

    Args:
        degrees: Latitude and longitude, shape (n_rows, 2); a blank gives blanks.
    """
    with np.errstate(invalid="ignore"):  # an infinite angle is no point: blank
        sines, cosines = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    axes = (cosines[:, 0] * cosines[:, 1], cosines[:, 0] * sines[:, 1], sines[:, 0])
    return EARTH_RADIUS_KM * np.stack(axes, axis=1)
