"""Counts wait in plain integers and reach Prometheus whole, once."""

import pytest
from prometheus_client import CollectorRegistry, Histogram

from sweepkit.serving.metrics import _BUCKETS, Metrics
from sweepkit.serving.tally import Tally

TIMES = [0.0, 1e-9, 0.0001, 0.00011, 0.003, 0.05, 30.0, 30.5, 1e9]


def lines_of(text, name="sweepkit_request_seconds"):
    return [line for line in text.splitlines() if line.startswith(name)]


def test_what_is_taken_is_not_told_again():
    """A sum of two scrapes would count twice else."""
    tally = Tally((0.1, 1.0))
    tally.note_request("/invocations", 200)
    tally.note_request("/invocations", 200)
    tally.note_seconds(0.5)
    tally.note_rows(3)
    told = tally.take()
    assert told == ({("/invocations", 200): 2}, 3, 0.5, [0, 1, 0])
    assert tally.take() == ({}, 0, 0.0, [0, 0, 0])


def test_later_counts_leave_alone_what_was_taken():
    """Who took it may still be handing it on."""
    tally = Tally((1.0,))
    told = tally.take()
    tally.note_request("/ping", 200)
    tally.note_seconds(2.0)
    assert told == ({}, 0, 0.0, [0, 0])


@pytest.mark.parametrize("seconds", TIMES)
def test_a_time_falls_into_the_clients_own_bucket(seconds):
    """Those of a bound belong below it, as Prometheus defines a bucket."""
    metrics, registry = Metrics(), CollectorRegistry()
    metrics.note_seconds(seconds)
    own = Histogram("own", "Observed directly.", buckets=_BUCKETS, registry=registry)
    own.observe(seconds)
    (family,) = registry.collect()
    wanted = [sample.value for sample in family.samples if "created" not in sample.name]
    found = lines_of(metrics.render().decode())
    assert [float(line.split()[-1]) for line in found if "_created" not in line] == (
        wanted
    )


def test_a_scrape_tells_what_was_counted_up_to_now():
    """Nobody waits for the next second, nor is anything counted twice."""
    metrics = Metrics()
    for n_requests in (1, 2, 3):
        metrics.note_request("/invocations", 200)
        metrics.note_rows(5)
        for _ in range(2):
            text = metrics.render().decode()
        assert f"sweepkit_rows_total {5.0 * n_requests}" in text
        assert f'path="/invocations",status="200"}} {float(n_requests)}' in text
