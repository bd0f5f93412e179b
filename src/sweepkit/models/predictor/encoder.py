"""From rows to the matrix of features, as a fitted ColumnTransformer makes it."""

from collections.abc import Callable, Hashable, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from sweepkit.data.column_profile import ColumnProfile
from sweepkit.models.predictor.encoder_parts import (
    NUMBERS,
    Part,
    build_parts,
    write_constants,
)
from sweepkit.models.predictor.rows import Floats, Rows


class Encoder:
    """Fills a matrix of features from rows; equal work of several parts is done once.

    Args:
        numbers: Positions of the number columns in a row.
        parts: What fills which columns of the matrix.
        width: How many columns it has.
    """

    def __init__(
        self, numbers: Sequence[int], parts: Sequence[Part], width: int
    ) -> None:
        self._numbers = tuple(numbers)
        self._pick = itemgetter(*numbers) if numbers else tuple
        self._width = width
        # Work by its place: what it follows (nothing: it reads), and what it does.
        self._work: list[tuple[int, Callable[..., Any]]] = []
        self._ends: list[tuple[int, slice]] = []
        places: dict[Hashable, int] = {}
        for part in parts:
            self._add(part, places)

    def encode(self, rows: Rows) -> Floats:
        """Return the features, shape (n_rows, n_features), rows contiguous."""
        pick, n_rows = self._pick, len(rows)
        # numpy reads None as NaN and a boolean as 0 or 1 when it is told the type.
        numbers = np.array([pick(row) for row in rows], dtype=np.float64)
        numbers = numbers.reshape(n_rows, len(self._numbers))
        blocks: list[Any] = []
        for after, run in self._work:
            blocks.append(run(rows, numbers) if after < 0 else run(blocks[after]))
        matrix = np.empty((n_rows, self._width))
        for place, where in self._ends:
            matrix[:, where] = blocks[place]
        return matrix

    def _add(self, part: Part, places: dict[Hashable, int]) -> None:
        """Add a part's work, without what another part does already."""
        place = -1
        for work in part.chain:
            key = (place, work.key)
            if key not in places:
                places[key] = len(self._work)
                self._work.append((place, work.run))
            place = places[key]
        self._ends.append((place, part.where))


def build_encoder(features: Any, columns: Sequence[ColumnProfile]) -> Encoder:
    """Turn fitted features into an encoder of rows.

    Args:
        features: A ColumnTransformer, or `FeatureSets` of several, fitted on a
            DataFrame.
        columns: What the cells of a row are.

    Raises:
        NotPlain: If a transformer or a setting has no plain form.
    """
    numbers = [i for i, column in enumerate(columns) if column.kind in NUMBERS]
    several = type(features).__name__ == "FeatureSets"
    parts: list[Part] = []
    widths: list[int] = []
    for one in features.sets_ if several else [features]:
        start = sum(widths)
        own = build_parts(one, columns, start, shares=several)
        widths.append(max((part.where.stop for part in own), default=start) - start)
        parts += own
    width = sum(widths)
    if several:
        parts.append(write_constants(widths, width))
        width += len(widths)
    return Encoder(numbers, parts, width)
