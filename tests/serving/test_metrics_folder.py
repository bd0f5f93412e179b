"""Workers share a folder for their numbers, and no server's is left for ever."""

import subprocess
import sys

import pytest

from sweepkit.serving.metrics_folder import (
    METRICS_FOLDER,
    forget_worker,
    remove_abandoned,
    shared_metrics,
)


def folders(parent):
    return sorted(path.name for path in parent.iterdir())


def test_it_lasts_as_long_as_the_server(tmp_path):
    """Workers are told where it is; an orderly end takes it away."""
    with shared_metrics(2, {"A": "b"}, tmp_path) as environment:
        (name,) = folders(tmp_path)
        assert environment == {"A": "b", METRICS_FOLDER: str(tmp_path / name)}
    assert folders(tmp_path) == []


def test_one_worker_counts_in_memory(tmp_path):
    """Also where the variable was set for another program."""
    with shared_metrics(1, {METRICS_FOLDER: "x", "A": "b"}, tmp_path) as environment:
        assert environment == {"A": "b"}
    assert folders(tmp_path) == []


def test_the_folder_of_a_server_that_lives_stays(tmp_path):
    """Two servers on one machine must not remove each other's numbers."""
    with shared_metrics(2, {}, tmp_path) as first:
        with shared_metrics(2, {}, tmp_path) as second:
            assert len(folders(tmp_path)) == 2
        assert first != second
        remove_abandoned(tmp_path)
        assert len(folders(tmp_path)) == 1


KILLED = """
import os, sys
from pathlib import Path
from sweepkit.serving.metrics_folder import shared_metrics
with shared_metrics(2, {}, Path(sys.argv[1])) as environment:
    os.kill(os.getpid(), 9)
"""


def test_the_folder_of_a_killed_server_is_removed_by_the_next(tmp_path):
    """Its own end cannot do it; a crash a night must not fill the disk."""
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    (left,) = folders(tmp_path)
    (tmp_path / left / "counter_7.db").write_text("numbers")
    (tmp_path / "somebody-elses").mkdir()
    with shared_metrics(2, {}, tmp_path):
        assert left not in folders(tmp_path)
    assert folders(tmp_path) == ["somebody-elses"]


@pytest.mark.parametrize("environment", [{}, {METRICS_FOLDER: "there"}])
def test_only_what_lives_is_forgotten_with_a_worker(tmp_path, environment):
    """Requests it answered stay counted; its queue is gone."""
    for name in ("gauge_livesum_7.db", "gauge_livesum_8.db", "counter_7.db"):
        (tmp_path / name).write_text("")
    forget_worker({key: str(tmp_path) for key in environment}, 7)
    gone = "gauge_livesum_7.db" not in folders(tmp_path)
    assert gone == bool(environment)
    assert len(folders(tmp_path)) == 3 - gone
