"""What the rows round a row are like: their inputs, and how close they lie."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.features.distance import Floats
from sweepkit.features.near_step import NearStep, check_pairs
from sweepkit.features.neighbours import Positions
from sweepkit.features.ratios import divide
from sweepkit.features.surroundings import Surroundings, average_known


class GeoLag(NearStep):
    """Means of number columns over the nearest rows, and the distance to the last.

    A house in a rich street is worth more than its own rooms tell; where rows lie
    close together is a town.

    Args:
        latitude: Column of degrees north; None takes `latitude`.
        longitude: Column of degrees east; None takes `longitude`.
        inputs: Number columns to average; None takes all but the coordinates.
        pairs: Name of a quotient to its `[numerator, denominator]`, both of `inputs`:
            the quotient of the neighbours' means.
        sizes: Over how many neighbours.

    Attributes:
        degrees_: Latitude and longitude of the training rows, shape (n_rows, 2).
        values_: Their inputs, shape (n_rows, n_inputs).
    """

    def __init__(
        self,
        latitude: str | None = None,
        longitude: str | None = None,
        inputs: list[str] | None = None,
        pairs: dict[str, list[str]] | None = None,
        sizes: Sequence[int] = (10,),
    ) -> None:
        self.latitude = latitude
        self.longitude = longitude
        self.inputs = inputs
        self.pairs = pairs
        self.sizes = sizes

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return names such as `rooms_of_10_nearest` and `km_to_nearest_10`."""
        del input_features
        averaged = [*(self.inputs or []), *(self.pairs or {})]
        names = [
            f"{name}_of_{size}_nearest" for size in self.sizes for name in averaged
        ]
        names += [f"km_to_nearest_{size}" for size in self.sizes]
        return np.array(names, dtype=object)

    def _learn(self, block: Floats, y: Floats | None) -> None:
        del y  # the target plays no part
        check_pairs(self.pairs, list(self.inputs or []))
        self.degrees_, self.values_ = block[:, :2].copy(), block[:, 2:].copy()

    def _build(self) -> Surroundings:
        names = list(self.inputs or [])
        pairs = list((self.pairs or {}).values())
        places = [[names.index(pair[side]) for pair in pairs] for side in (0, 1)]
        return _Averages(self.degrees_, self.values_, list(self.sizes), places)


class _Averages(Surroundings):
    """The arithmetic of `GeoLag`."""

    def __init__(
        self,
        degrees: Floats,
        values: Floats,
        sizes: list[int],
        pairs: list[list[int]],
    ) -> None:
        n_averaged = values.shape[1] + len(pairs[0])
        super().__init__(degrees, max(sizes, default=1), len(sizes) * (n_averaged + 1))
        self._values = values
        self._sizes = sizes
        self._pairs = pairs

    def measure(self, block: Floats, km: Floats, near: Positions) -> Floats:
        """Return means, quotients of means, and distances; see `Surroundings`."""
        del block  # a row's own inputs are columns of the table already
        parts = []
        for means in average_known(self._values[near], self._sizes):
            quotients = divide(means, *self._pairs) if self._pairs[0] else means[:, :0]
            parts += [means, quotients]
        last = [min(size, km.shape[1]) - 1 for size in self._sizes]
        return np.hstack([*parts, km[:, last]])
