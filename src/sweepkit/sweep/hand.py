"""One worker as its parent sees it."""

import multiprocessing
import os
import signal
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from typing import Any

from sweepkit.sweep.early import choose_preload, deaf_children
from sweepkit.sweep.messages import Call, Job
from sweepkit.sweep.worker import run_worker

Context = ForkServerContext | SpawnContext


@dataclass(slots=True, eq=False)
class Hand:
    """A worker process, the pipe to it, and the job it has.

    Attributes:
        is_ready: Whether it has said that it waits for jobs.
        job: What it was given and has not finished.
        call: A function it was given and has not returned from.
        begun_at: Monotonic time at which it took up the job; None before.
        cause: Why it cannot start, in its own words.
        details: The same as a traceback.
    """

    process: BaseProcess
    pipe: Connection
    is_ready: bool = False
    job: Job | None = None
    call: Call | None = None
    begun_at: float | None = None
    cause: str = ""
    details: str = ""
    _starting: threading.Thread = field(init=False)

    @classmethod
    def hire(cls, context: Context, packed: bytes) -> "Hand":
        """Start a worker; returns before the process is there."""
        ours, theirs = context.Pipe()
        process = context.Process(target=run_worker, args=(theirs, packed))
        hand = cls(process, ours)
        # Starting waits for the fork server, which first imports what it preloads.
        hand._starting = threading.Thread(
            target=hand._start, args=(theirs,), daemon=True
        )
        hand._starting.start()
        return hand

    def _start(self, theirs: Connection) -> None:
        try:
            with deaf_children():
                self.process.start()
        except (OSError, EOFError) as error:
            self.cause = f"the process cannot be started: {error!r}"
        finally:
            theirs.close()

    def await_start(self, timeout_s: float) -> None:
        """Wait for a start that is under way, not longer than so many seconds."""
        self._starting.join(timeout_s)

    @property
    def has_process(self) -> bool:
        """Whether the process is there, or has been."""
        return not self._starting.is_alive() and self.process.ident is not None

    @property
    def is_dead(self) -> bool:
        """Whether the process has been there and is no more."""
        return self.has_process and not self.process.is_alive()

    def sources(self) -> list[Any]:
        """Return what becomes readable when the worker speaks or dies."""
        return [self.pipe, self.process.sentinel] if self.has_process else [self.pipe]

    def give(self, job: Job) -> None:
        """Give it a job; if it is dead already, that is found out later."""
        self.job = job
        self.send(job)

    @property
    def is_idle(self) -> bool:
        """Whether it has nothing to do."""
        return self.job is None and self.call is None

    def ask(self, call: Call) -> None:
        """Let it call a function; if it is dead already, that is found out later."""
        self.call = call
        self.send(call)

    def send(self, message: object) -> None:
        """Send a message; one to a dead worker is lost."""
        try:
            self.pipe.send(message)
        except OSError:
            # Its death shows when the pipe is read, together with its last words.
            return

    def seconds(self) -> float:
        """Return for how long it has been on its job; 0 if it has none."""
        return 0.0 if self.begun_at is None else time.monotonic() - self.begun_at

    def kill(self) -> None:
        """End it and whatever it has started, at once."""
        if self.has_process:
            self._kill_group()
            # It may be too young to have a group of its own.
            self.process.kill()

    def bury(self, timeout_s: float = 0.5) -> str:
        """Wait for its end, kill it if that does not come, and free what it held.

        Returns:
            How it ended, such as `signal 9` or `exit code 3`.
        """
        self._starting.join()
        self.pipe.close()
        if self.process.ident is None:
            return "never there"
        self.process.join(timeout_s)
        self.kill()
        self.process.join()
        code = self.process.exitcode or 0
        self.process.close()
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def abandon(self) -> None:
        """Let it die as soon as it is there, without waiting for that."""
        self.pipe.close()
        threading.Thread(target=self.bury, args=(0.0,), daemon=True).start()

    def _kill_group(self) -> None:
        assert self.process.ident is not None
        try:
            os.killpg(self.process.ident, signal.SIGKILL)
        except ProcessLookupError:
            # All of it is gone already.
            return


def context_for(start_method: str, preload: tuple[str, ...]) -> Context:
    """Return the way to start processes, `forkserver` or `spawn`."""
    if start_method == "spawn":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    choose_preload(preload)
    return context


def end_fork_server() -> None:
    """Kill a fork server that is still importing, so that nobody is born any more.

    A worker born after its parent has left would find half of a message in the pipe
    and print a traceback below the error that ended the command.
    """
    # There is no public way; the next pool of this process starts a new server.
    pid = getattr(forkserver._forkserver, "_forkserver_pid", None)
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
