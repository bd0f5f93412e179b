"""How much the server is used, and how fast it answers: the last minute."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable
from typing import Any

WINDOW_S = 60
_STEP = 1.05
_SHORTEST_S = 2e-5
# Each bound is 5 % above the one before it, from 20 microseconds to above a minute.
_BOUNDS = tuple(_SHORTEST_S * _STEP**i for i in range(310))


class Usage:
    """Counts of requests by second and by time taken; one thread writes and reads.

    A percentile is right to 5 %: only the count of each range of times is kept.

    Args:
        clock: Seconds, never going back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._second = -1
        self._now: dict[int, int] = {}
        self._seconds: dict[int, dict[int, int]] = {}
        self.since = time.time()
        self.requests = 0
        self.rows = 0
        self.errors = 0

    def note(self, seconds: float, n_rows: int, *, is_error: bool) -> None:
        """Count one answered request and the time it took."""
        self.requests += 1
        self.rows += n_rows
        self.errors += is_error
        second = int(self._clock())
        if second != self._second:
            self._turn(second)
        place = bisect_left(_BOUNDS, seconds)
        self._now[place] = self._now.get(place, 0) + 1

    def report(self) -> dict[str, Any]:
        """Return requests a second, percentiles in milliseconds, and totals."""
        self._turn(int(self._clock()))
        counts: dict[int, int] = {}
        for second in self._seconds.values():
            for place, n in second.items():
                counts[place] = counts.get(place, 0) + n
        lived = min(WINDOW_S, max(1.0, self._clock() - self._started))
        return {
            "requests_per_s": round(sum(counts.values()) / lived, 2),
            "latency_ms": {
                "p50": _percentile_ms(counts, 0.50),
                "p99": _percentile_ms(counts, 0.99),
            },
            "requests": self.requests,
            "rows": self.rows,
            "errors": self.errors,
            "since": self.since,
        }

    def _turn(self, second: int) -> None:
        """Begin the count of a new second and forget those out of the window."""
        self._second = second
        self._now = self._seconds.setdefault(second, {})
        for old in [s for s in self._seconds if s <= second - WINDOW_S]:
            del self._seconds[old]


def _percentile_ms(counts: dict[int, int], share: float) -> float | None:
    """Return the upper bound of the range that the percentile falls into."""
    wanted = share * sum(counts.values())
    seen = 0
    for place in sorted(counts):
        seen += counts[place]
        if seen >= wanted:
            bound = _BOUNDS[min(place, len(_BOUNDS) - 1)]
            return round(bound * 1_000, 3)
    return None
