"""Counts of a request's common facts, added up before Prometheus' client is told."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple


class Told(NamedTuple):
    """What was counted since the last time somebody took it.

    Attributes:
        requests: Answers by path and status.
        rows: Rows scored.
        seconds: Sum of the times of requests for predictions.
        times: How many of those fell into each bucket, the last without bound.
    """

    requests: dict[tuple[str, int], int]
    rows: int
    seconds: float
    times: list[int]


class Tally:
    """Counts in plain integers; one thread writes and takes.

    The client library takes a lock for each number, and with several workers writes it
    to a file: together as long as reading a request.

    Args:
        bounds: Upper bounds of the buckets of times, in seconds, growing.
    """

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = tuple(bounds)
        self._begin()

    def note_request(self, path: str, status: int) -> None:
        """Count an answer."""
        key = path, status
        self._requests[key] = self._requests.get(key, 0) + 1

    def note_seconds(self, seconds: float) -> None:
        """Count the time of a request for predictions."""
        self._times[bisect_left(self._bounds, seconds)] += 1
        self._seconds += seconds

    def note_rows(self, n_rows: int) -> None:
        """Count scored rows."""
        self._rows += n_rows

    def take(self) -> Told:
        """Return the counts and begin again from zero."""
        told = Told(self._requests, self._rows, self._seconds, self._times)
        self._begin()
        return told

    def _begin(self) -> None:
        self._requests: dict[tuple[str, int], int] = {}
        self._rows, self._seconds = 0, 0.0
        self._times = [0] * (len(self._bounds) + 1)
