"""The page's live numbers are those of the last minute."""

import pytest

from sweepkit.serving.usage import Usage


class Clock:
    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


def test_rate_and_percentiles_are_of_the_last_minute():
    """Yesterday's load says nothing of today's."""
    clock = Clock()
    usage = Usage(clock)
    for _ in range(500):
        usage.note(5.0, 1, is_error=False)
    for _ in range(120):
        clock.now += 1.0
        usage.note(0.001, 1, is_error=False)
        usage.note(0.002, 1, is_error=False)
    told = usage.report()
    assert told["requests_per_s"] == pytest.approx(2.0, rel=0.05)
    assert told["latency_ms"]["p50"] == pytest.approx(1.0, rel=0.06)
    assert told["latency_ms"]["p99"] == pytest.approx(2.0, rel=0.06)
    assert told["requests"] == 740


def test_a_new_server_divides_by_the_time_it_lives():
    """Ten requests in the first five seconds are two a second, not a sixth."""
    clock = Clock()
    usage = Usage(clock)
    for _ in range(10):
        usage.note(0.001, 3, is_error=True)
    clock.now += 5.0
    told = usage.report()
    assert told["requests_per_s"] == 2.0
    assert (told["rows"], told["errors"]) == (30, 10)


def test_without_requests_there_is_no_latency():
    """Zero would look like a very fast server."""
    assert Usage().report()["latency_ms"] == {"p50": None, "p99": None}


@pytest.mark.parametrize("seconds", [0.0, 1e-9, 3_600.0])
def test_any_time_is_counted(seconds):
    """Outside the ranges it counts in the outermost."""
    usage = Usage()
    usage.note(seconds, 1, is_error=False)
    assert usage.report()["latency_ms"]["p99"] > 0
