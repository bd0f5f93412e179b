"""Prometheus reads true numbers, from however many processes they come."""

import subprocess
import sys

from sweepkit.serving.champion import Champion, Slot
from sweepkit.serving.drift import ColumnDrift
from sweepkit.serving.metrics import Metrics

WORKER = """
import sys
from sweepkit.data.column_profile import TableProfile
from sweepkit.serving.champion import Champion, Slot
from sweepkit.serving.metrics import Metrics

metrics = Metrics()
metrics.note_request("/invocations", 200)
metrics.note_seconds(0.003)
metrics.note_rows(5)
profile = TableProfile(target="y")
slot = Slot(Champion(name="m", version="7", profile=profile, predict=len))
metrics.note_state(slot, int(sys.argv[1]), [])
sys.stdout.buffer.write(metrics.render())
sys.stdout.flush()
sys.stdin.read()
"""


def make_champion(version, profile):
    return Champion(name="m", version=version, profile=profile, predict=len)


def test_a_swap_shows_in_the_version(small_profile):
    """A dashboard marks when which version answered."""
    metrics, slot = Metrics(), Slot(make_champion("7", small_profile))
    metrics.note_state(slot, 0, [])
    slot.put(make_champion("8", small_profile))
    metrics.note_state(slot, 3, [])
    text = metrics.render().decode()
    assert 'sweepkit_model_info{name="m",version="7"} 0.0' in text
    assert 'sweepkit_model_info{name="m",version="8"} 1.0' in text
    assert 'sweepkit_reloads_total{result="loaded"} 2.0' in text
    assert "sweepkit_queue 3.0" in text


def test_looking_twice_counts_once(small_profile):
    """Reloads are counted by what happened, not by who asked."""
    metrics, slot = Metrics(), Slot(make_champion("7", small_profile))
    slot.refuse("8", "bad")
    for _ in range(3):
        metrics.note_state(slot, 0, [])
    text = metrics.render().decode()
    assert 'sweepkit_reloads_total{result="loaded"} 1.0' in text
    assert 'sweepkit_reloads_total{result="refused"} 1.0' in text


def test_drift_is_a_number_for_each_column():
    """An alarm is set on it."""
    metrics = Metrics()
    metrics.note_state(Slot(), 0, [ColumnDrift(name="a b", psi=0.3, level="drifted")])
    assert 'sweepkit_drift_psi{column="a b"} 0.3' in metrics.render().decode()


def test_times_fall_into_buckets():
    """Percentiles are made of them."""
    metrics = Metrics()
    for seconds in (0.0002, 0.003, 100.0):
        metrics.note_seconds(seconds)
    text = metrics.render().decode()
    assert 'sweepkit_request_seconds_bucket{le="0.00025"} 1.0' in text
    assert 'sweepkit_request_seconds_bucket{le="0.005"} 2.0' in text
    assert 'sweepkit_request_seconds_bucket{le="+Inf"} 3.0' in text


def test_several_workers_add_up(tmp_path):
    """A scrape reaches one worker and must tell of all of them."""

    def start(queue):
        return subprocess.Popen(
            [sys.executable, "-c", WORKER, str(queue)],
            env={"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_for_line(process, needed):
        for line in process.stdout:
            if line.startswith(needed):
                return line.split()[-1]
        return None

    first = start(2)
    try:
        assert wait_for_line(first, "sweepkit_rows_total") == "5.0"
        second = start(3)
        text, _ = second.communicate(timeout=30)
    finally:
        first.communicate(timeout=30)
    assert "sweepkit_rows_total 10.0" in text
    assert 'sweepkit_requests_total{path="/invocations",status="200"} 2.0' in text
    assert "sweepkit_request_seconds_count 2.0" in text
    assert "sweepkit_queue 5.0" in text
    assert 'sweepkit_model_info{name="m",version="7"} 1.0' in text
