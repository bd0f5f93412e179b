"""What workers do besides jobs: calls for their parent, and getting ready."""

import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sweepkit.errors import ConfigError
from sweepkit.sweep.survey import Survey
from sweepkit.sweep.worker_memory import give_back

WAIT_S = 20.0


def square(cfg):
    return cfg.x**2


def test_a_call_is_made_by_a_worker(make_pool):
    """The sweep's own process stays without what the function imports."""
    pool = make_pool(square)
    assert pool.ask("os:getpid")() in pool.pids


def test_an_error_of_a_call_is_raised_as_itself(make_pool):
    """A table that is refused must end the command with its own message and code."""
    pool = make_pool(square)
    wait = pool.ask("sweepkit.sweep.parsing:parse", "x=[1")
    with pytest.raises(ConfigError, match=r"x=\[1 .*cannot be read"):
        wait()


def test_a_call_of_something_unknown_says_so(make_pool):
    """A wrong name must not wait for ever."""
    wait = make_pool(square).ask("os:no_such_function")
    with pytest.raises(AttributeError, match="no_such_function"):
        wait()


def test_a_call_outlives_its_worker(make_pool, tmp_path):
    """A worker that is killed on a call is replaced, and the call made again."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    pool = make_pool(square)
    wait = pool.ask("pathlib:Path.read_text", pipe)

    def kill_and_write():
        writer = os.open(pipe, os.O_WRONLY)  # returns when the worker reads
        while not pool.pids:  # it may do so before it is known that it has begun
            pass
        worker = os.pidfd_open(pool.pids[0])
        signal.pidfd_send_signal(worker, signal.SIGKILL)
        # All its threads must be gone: what it was told now would be lost with it.
        # Not `select`, which refuses the high numbers of a process with many files.
        gone = select.poll()
        gone.register(worker, select.POLLIN)
        gone.poll()
        os.close(worker)
        os.close(writer)
        pipe.write_text("again")

    other = threading.Thread(target=kill_and_write, daemon=True)
    other.start()
    assert wait() == "again"
    other.join(WAIT_S)


def test_a_worker_takes_jobs_after_a_call(make_pool):
    """A call leaves nothing behind that the next job would find."""
    pool = make_pool(square)
    assert pool.ask("os:getpid")() in pool.pids
    assert pool.idle == 1
    assert [one.return_value for one in pool.launch([["x=3"]], 0)] == [9]


def test_a_worker_that_cannot_get_ready_runs_its_job(make_pool):
    """What was to be prepared is the job's own; the job tells what is wrong with it."""
    pool = make_pool(square, warm_up="no.such.function")
    assert [one.return_value for one in pool.launch([["x=4"]], 0)] == [16]


def test_idle_workers_leave_and_busy_ones_stay(make_pool, tmp_path):
    """In the end of a sweep memory is for the refit, but no running trial is lost."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def read(cfg):
        from pathlib import Path

        return Path(cfg.name).read_text() if cfg.x == 1 else ""

    pool = make_pool(read, n_workers=2)
    pool.submit(0, [f"name={pipe}", "x=1"])
    pool.submit(1, ["x=2"])
    (first,) = pool.poll(WAIT_S)
    assert first.number == 1
    pool.dismiss_idle()
    assert (pool.idle, len(pool.pids)) == (0, 1)
    pipe.write_text("read")
    (second,) = pool.poll(WAIT_S)
    assert second.job_return.return_value == "read"


def test_memory_goes_back_to_the_system():
    """Each worker would keep a dozen megabytes, freed and never used again."""
    blocks = [bytes(1000) for _ in range(50_000)]
    pin = bytes(1000)  # above them all, so that freeing alone shrinks nothing
    full = resident_pages()
    blocks.clear()
    give_back()
    assert resident_pages() < full - 50_000 * 1000 // os.sysconf("SC_PAGESIZE") // 2
    assert pin


def resident_pages():
    return int(Path("/proc/self/statm").read_text().split()[1])


def test_the_sweeps_own_process_learns_of_a_table_without_pandas():
    """It is what a first trial waits for, and a hundred megabytes until the end."""
    code = (
        "import sys; import sweepkit.sweep.session; import sweepkit.sweep.surveyed;"
        "print({'pandas', 'sklearn', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "set()"
    assert Survey.__module__ == "sweepkit.sweep.surveyed"
