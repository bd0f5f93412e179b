"""A worker that dies costs its own trial, whatever it dies of."""

import os
import signal
import time
from pathlib import Path

import pytest
from hydra.core.utils import JobStatus

from sweepkit.sweep.messages import TrialLost, WorkersCannotStart
from sweepkit.sweep.pool import Finished, PoolLauncher

WAIT_S = 20.0


def make_dying_task():
    def task(cfg):
        import ctypes
        import os
        import signal

        match cfg.name:
            case "exit":
                os._exit(3)
            case "segfault":
                ctypes.string_at(0)
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "memory":
                raise MemoryError("no memory left")
        return cfg.x

    return task


def run_all(pool: PoolLauncher, jobs: list[list[str]]) -> dict[int, Finished]:
    """Run jobs as a sweeper does and return what came of each."""
    waiting, ended = list(enumerate(jobs))[::-1], {}
    while len(ended) < len(jobs):
        while waiting and pool.idle:
            pool.submit(*waiting.pop())
        events = pool.poll(WAIT_S)
        assert events, "nothing happens any more"
        ended |= {one.number: one for one in events}
    return ended


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended, even if nobody has taken notice of it."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return status.rpartition(")")[2].split()[0] == "Z"


def wait_until(is_true) -> None:
    deadline = time.monotonic() + WAIT_S
    while not is_true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("way", "told", "start_method"),
    [
        ("exit", "worker died: exit code 3", "forkserver"),
        ("segfault", "worker died: signal 11", "forkserver"),
        ("kill", "worker died: signal 9", "forkserver"),
        ("kill", "worker died: signal 9", "spawn"),
        ("memory", "no memory left", "forkserver"),
    ],
)
def test_a_death_costs_one_trial(make_pool, way, told, start_method):
    """The cause is told, the others go on, and the worker is replaced."""
    pool = make_pool(make_dying_task(), n_workers=2, start_method=start_method)
    jobs = [["x=0"], [f"name={way}"], ["x=2"], ["x=3"], ["x=4"]]
    ended = run_all(pool, jobs)
    lost = ended.pop(1)
    assert lost.job_return.status == JobStatus.FAILED
    assert lost.job_return.overrides == [f"name={way}"]
    assert lost.pid > 0
    assert told in str(lost.job_return._return_value)
    assert {n: one.job_return.return_value for n, one in ended.items()} == {
        0: 0,
        2: 2,
        3: 3,
        4: 4,
    }
    assert pool.idle == 2


def test_a_worker_killed_while_idle_costs_no_trial(make_pool):
    """A job given to a dead worker was never begun: its successor runs it."""
    pool = make_pool(lambda cfg: cfg.x)
    assert run_all(pool, [["x=1"]])[0].job_return.return_value == 1
    (pid,) = pool.pids
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: is_gone(pid))
    finished = run_all(pool, [["x=2"]])[0]
    assert finished.job_return.return_value == 2
    assert finished.pid != pid


def test_a_job_that_takes_too_long_is_ended(make_pool, tmp_path):
    """One hopeless choice of parameters must not hold up a night's sweep."""

    def task(cfg):
        import threading

        if cfg.x == 0:
            threading.Event().wait()
        return cfg.x

    # Long enough for the other job, also on a machine with other work to do.
    pool = make_pool(task, timeout_s=2.0)
    ended = run_all(pool, [["x=0"], ["x=1"]])
    error = ended[0].job_return._return_value
    assert isinstance(error, TrialLost)
    assert str(error) == "took longer than 2 s (hydra.launcher.timeout_s)"
    assert ended[0].seconds >= 2.0
    assert ended[1].job_return.return_value == 1


def test_waiting_for_the_first_job_is_not_held_against_it(make_pool):
    """The time limit is the trial's: importing before it costs seconds."""

    def task(cfg):
        return cfg.x

    pool = make_pool(task, timeout_s=0.4, start_method="spawn")
    assert run_all(pool, [["x=1"]])[0].job_return.return_value == 1


def test_signals_for_the_command_do_not_end_its_workers(make_pool):
    """A terminal sends Ctrl-C to all; the parent alone decides what it means."""

    def task(cfg):
        import os
        import signal

        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)
        return cfg.x

    pool = make_pool(task)
    assert run_all(pool, [["x=5"]])[0].job_return.return_value == 5


def test_what_a_trial_has_started_ends_with_it(make_pool, tmp_path):
    """A killed trial leaves no process behind that keeps a core busy."""

    def task(cfg):
        import subprocess
        import threading
        from pathlib import Path

        child = subprocess.Popen(["sleep", "100"])
        file = Path(cfg.name)
        file.with_suffix(".new").write_text(str(child.pid))
        file.with_suffix(".new").rename(file)
        threading.Event().wait()

    pool = make_pool(task)
    file = tmp_path / "child"
    pool.submit(0, [f"name={file}"])
    wait_until(file.exists)
    (pid,) = pool.pids
    pool.close(kill=True)
    wait_until(lambda: is_gone(int(file.read_text())))
    assert is_gone(pid)


class Explosive:
    """A task that cannot be loaded by a worker."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __reduce__(self):
        return exec, (self.code,)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import no_such_module", "No module named 'no_such_module'"),
        ("import os; os._exit(5)", "exit code 5"),
    ],
    ids=["import error", "sudden death"],
)
def test_workers_that_cannot_start_are_not_started_for_ever(make_pool, code, told):
    """Else a typo in a module would start processes until somebody looks."""
    pool = make_pool(Explosive(code), n_workers=2)
    pool.start()
    with pytest.raises(WorkersCannotStart, match=told):
        run_all(pool, [["x=1"], ["x=2"]])
    assert pool.pids == ()
