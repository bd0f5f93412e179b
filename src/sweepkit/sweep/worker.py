"""A worker process: set up once, then one job after another until told to stop."""

import fcntl
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from multiprocessing.connection import Connection

import cloudpickle
from hydra.core.utils import JobReturn

from sweepkit.sweep import channel
from sweepkit.sweep.channel import Line
from sweepkit.sweep.early import DEAF_TO
from sweepkit.sweep.job_logs import JobLogs
from sweepkit.sweep.jobs import show_to_hydra
from sweepkit.sweep.messages import Begun, Call, Finished, Job, Ready, Unable
from sweepkit.sweep.task import Task, note_failure
from sweepkit.sweep.worker_memory import give_back


def run_worker(pipe: Connection, packed: bytes) -> None:
    """Be a worker; the target of a process.

    Args:
        pipe: Line to the parent.
        packed: The task, from `pack_task`.
    """
    _live_no_longer_than_parent()
    line = Line(pipe)
    try:
        task = Task.unpack(packed)
    except BaseException as error:  # noqa: BLE001 - whatever a user's module raises
        line.send(Unable(f"{type(error).__name__}: {error}", traceback.format_exc()))
        sys.exit(1)
    channel.connect(line)
    logs = JobLogs(line, task.context.execution_whitelist)
    # What lives now lives on: collecting would only copy the fork server's memory.
    gc.freeze()
    line.send(Ready())
    if line.is_quiet:
        task.get_ready()
    while (given := line.next_task()) is not None:
        if isinstance(given, Call):
            line.send(task.answer(given))
        else:
            line.send(Begun(given.number))
            line.send_bytes(_run(task, given, line, logs))
            task.configs.get_ready()
            give_back()


def _live_no_longer_than_parent() -> None:
    for number in DEAF_TO:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, DEAF_TO)
    # A group of its own: what a trial starts ends with it.
    os.setpgid(0, 0)
    parent = multiprocessing.parent_process()
    assert parent is not None, "a worker is somebody's child"
    # When the other end of this pipe closes, the kernel ends the whole group, even
    # while C code holds the interpreter's lock.
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(parent.sentinel, fcntl.F_SETOWN, -os.getpid())
    flags = fcntl.fcntl(parent.sentinel, fcntl.F_GETFL)
    fcntl.fcntl(parent.sentinel, fcntl.F_SETFL, flags | os.O_ASYNC)
    # For the case that it had closed before, and for kernels that do not signal pipes.
    threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: "multiprocessing.process.BaseProcess") -> None:
    parent.join()
    os.killpg(0, signal.SIGKILL)


def _run(task: Task, job: Job, line: Line, logs: JobLogs) -> bytes:
    """Run a job and return the pickled message that it has finished."""
    started_at, start = time.time(), time.perf_counter()
    returned = JobReturn(overrides=list(job.overrides))
    try:
        config = task.configs.make(job.number, job.overrides)
        show_to_hydra(config)
        logs.turn_to(config)
        task.run(config, returned)
    except BaseException as error:  # noqa: BLE001 - a trial's failure is its own
        note_failure(returned, error)
        if not line.is_told_to_end:
            logs.write_failure()
    seconds = time.perf_counter() - start
    finished = Finished(job.number, returned, os.getpid(), started_at, seconds)
    return _pickle(finished)


def _pickle(finished: Finished) -> bytes:
    try:
        pickled: bytes = cloudpickle.dumps(finished, pickle.HIGHEST_PROTOCOL)
        pickle.loads(pickled)
    except Exception as error:  # noqa: BLE001 - whatever a class raises when pickled
        message = f"the task's result cannot leave its process: {error!r}"
        note_failure(finished.job_return, TypeError(message))
        pickled = cloudpickle.dumps(finished, pickle.HIGHEST_PROTOCOL)
    return pickled
