"""Compare the rows of recent requests with the table the model was trained on."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from typing import Any

from sweepkit.data.column_profile import TableProfile
from sweepkit.serving.bins import Counts, make_bins
from sweepkit.serving.champion import Rows
from sweepkit.serving.stability import Level, judge_psi, measure_psi

CHUNK_ROWS = 100
MOST_CHUNKS = 20
MOST_SAVED = CHUNK_ROWS * MOST_CHUNKS
ROWS_PER_S = 100.0
"""Rows looked at each second once `MOST_SAVED` were: under load a sample is enough."""
MOST_CELLS = 50_000
"""Cells looked at in one go: of a table with many columns that is fewer rows."""
FEWEST_ROWS = 200
"""Fewer rows say nothing: chance alone gives ten bins of 100 rows an index of 0.09."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnDrift:
    """One column's population stability index and what it means."""

    name: str
    psi: float
    level: Level


class Window:
    """About the last 2,000 rows, or a sample of them, sorted into training's bins.

    Args:
        profile: What the columns looked like in training.
    """

    def __init__(self, profile: TableProfile) -> None:
        every = [(i, c.name, make_bins(c)) for i, c in enumerate(profile.columns)]
        self._columns = [(i, name, bins) for i, name, bins in every if bins]
        wide = max(1, len(self._columns))
        self._most_pending = float(min(MOST_SAVED, max(1, MOST_CELLS // wide)))
        self._allowance = self._most_pending
        self._pending: list[Any] = []
        self._n_chunk = 0
        self._chunk: list[Counts] = [{} for _ in self._columns]
        self._chunks: deque[list[Counts]] = deque()
        self._totals: list[Counter[Any]] = [Counter() for _ in self._columns]

    @property
    def n_rows(self) -> int:
        """Rows the report is about, once all pending ones are counted."""
        return len(self._chunks) * CHUNK_ROWS + self._n_chunk

    def add(self, rows: Rows) -> None:
        """Take rows, or evenly chosen ones of them, to be counted later."""
        allowed = int(self._allowance)
        if not allowed:
            return
        step = -(-len(rows) // allowed)
        chosen = rows[::step] if step > 1 else rows
        self._allowance -= len(chosen)
        self._pending.extend(chosen)

    def tick(self, seconds: float) -> None:
        """Count what is pending and allow some rows more, for the time gone by."""
        self.count()
        more = self._allowance + seconds * ROWS_PER_S
        self._allowance = min(self._most_pending, more)

    def count(self) -> None:
        """Sort the pending rows into bins."""
        pending, self._pending = self._pending, []
        for row in pending:
            for (i, _, bins), counts in zip(self._columns, self._chunk, strict=True):
                key = bins.key(row[i])
                counts[key] = counts.get(key, 0) + 1
            self._n_chunk += 1
            if self._n_chunk == CHUNK_ROWS:
                self._turn()

    def report(self) -> list[ColumnDrift]:
        """Return each column's drift; empty while there are too few rows."""
        self.count()
        if self.n_rows < FEWEST_ROWS:
            return []
        return [self._measure(place) for place in range(len(self._columns))]

    def spread(self, place: int) -> list[float]:
        """Return the rows in each bin of one of the columns reported."""
        counts = self._totals[place].copy()
        counts.update(self._chunk[place])
        return self._columns[place][2].spread(counts)

    def _turn(self) -> None:
        """Begin a new chunk, and forget the oldest if there are too many."""
        self._chunks.append(self._chunk)
        for total, counts in zip(self._totals, self._chunk, strict=True):
            total.update(counts)
        if len(self._chunks) > MOST_CHUNKS:
            for total, counts in zip(self._totals, self._chunks.popleft(), strict=True):
                total.subtract(counts)
        self._chunk = [{} for _ in self._columns]
        self._n_chunk = 0

    def _measure(self, place: int) -> ColumnDrift:
        _, name, bins = self._columns[place]
        psi = measure_psi(bins.expected, self.spread(place))
        return ColumnDrift(name=name, psi=round(psi, 4), level=judge_psi(psi))
