import signal
import subprocess
import sys

import pytest

from sweepkit.tracking import open_store

SCRIPT = """
import signal, sys, threading
from sweepkit.tracking import Store, start_run

signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
with start_run(Store(uri=sys.argv[1], experiment="tests"), "long") as run:
    print(run.run_id, flush=True)
    threading.Event().wait(60)
"""


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name
)
def test_a_stopped_run_is_killed_not_left_running(make_store, number):
    """A run that seems to go on for ever is the usual trace of Ctrl-C."""
    store = make_store()
    command = [sys.executable, "-c", SCRIPT, store.uri]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        run_id = process.stdout.readline().strip()
        process.send_signal(number)
        process.wait(timeout=60)

    run = open_store(store).client.get_run(run_id)
    assert run.info.status == "KILLED"
    assert run.info.end_time is not None
