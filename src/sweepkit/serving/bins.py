"""Sort a column's cells into the bins its training profile knows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sweepkit.data.column_profile import ColumnProfile

_EPOCH = datetime(1970, 1, 1)
Counts = dict[Any, int]


class Bins(Protocol):
    """Bins of one kind of column."""

    @property
    def expected(self) -> Sequence[float]:
        """Share of each bin in training, shape (n_bins,)."""
        ...

    def key(self, cell: Any) -> Any:
        """Return what cells of the same bin have in common; cheap, called often."""
        ...

    def spread(self, counts: Counts) -> list[float]:
        """Return rows in each bin, shape (n_bins,), from rows for each key."""
        ...


def make_bins(column: ColumnProfile) -> Bins | None:
    """Return the bins of a column, or None if its profile tells of no shares."""
    if column.quantiles:
        return DecileBins(column)
    return CategoryBins(column) if column.categories else None


class DecileBins:
    """Ten bins of equal share for numbers or dates, and one for blanks.

    A value that many training rows share spans several deciles; its rows are spread
    over all of them, half of the decile on either side counted too, since how much of
    that is the value's own is not known.
    """

    def __init__(self, column: ColumnProfile) -> None:
        self._is_date = column.kind == "datetime"
        self._quantiles = column.quantiles
        self._n = len(column.quantiles) - 1
        self._inner = column.quantiles[1:-1]
        self._ties = frozenset(column.quantiles)
        filled = 1.0 - column.blank_share
        self.expected = [*[filled / self._n] * self._n, column.blank_share]

    def key(self, cell: Any) -> Any:
        """Return the bin's number, the value itself if it is a quantile, or None."""
        if cell is None or cell != cell:
            return None
        value = (cell - _EPOCH).total_seconds() if self._is_date else cell
        if value in self._ties:
            return float(value), "tie"
        return bisect_right(self._inner, value)

    def spread(self, counts: Counts) -> list[float]:
        """Return rows in each decile and of blanks."""
        totals = [0.0] * (self._n + 1)
        for key, count in counts.items():
            if key is None:
                totals[-1] += count
            elif isinstance(key, tuple):
                self._spread_tie(totals, key[0], count)
            else:
                totals[key] += count
        return totals

    def _spread_tie(self, totals: list[float], value: float, count: int) -> None:
        places = [i for i, edge in enumerate(self._quantiles) if edge == value]
        low, high = max(0.0, places[0] - 0.5), min(float(self._n), places[-1] + 0.5)
        for i in range(self._n):
            overlap = min(high, i + 1.0) - max(low, float(i))
            if overlap > 0:
                totals[i] += count * overlap / (high - low)


class CategoryBins:
    """One bin for each category of training, one for all others, one for blanks."""

    def __init__(self, column: ColumnProfile) -> None:
        self._is_boolean = column.kind == "boolean"
        self._places = {name: i for i, name in enumerate(column.categories)}
        shares = list(column.categories.values())
        rest = max(0.0, 1.0 - sum(shares) - column.blank_share)
        self.expected = [*shares, rest, column.blank_share]

    def key(self, cell: Any) -> Any:
        """Return the category's number, -2 for one not known, -1 for a blank."""
        if cell is None:
            return -1
        name = ("true" if cell else "false") if self._is_boolean else cell
        return self._places.get(name, -2)

    def spread(self, counts: Counts) -> list[float]:
        """Return rows in each category, of others, and of blanks."""
        totals = [0.0] * len(self.expected)
        for place, count in counts.items():
            totals[place] += count
        return totals
