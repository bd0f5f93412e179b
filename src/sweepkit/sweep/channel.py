"""The worker's end of its line to the parent process."""

import os
import pickle
import threading
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from sweepkit.sweep.messages import Call, Job, Report


@dataclass(slots=True)
class Line:
    """A pipe to the parent that several threads of a worker may use.

    Attributes:
        pipe: This process' end.
        number: The running job; None between jobs.
        is_told_to_end: Whether the parent has asked the running trial to end.
    """

    pipe: Connection
    number: int | None = None
    is_told_to_end: bool = False
    _sending: threading.Lock = field(default_factory=threading.Lock)
    _asking: threading.Lock = field(default_factory=threading.Lock)

    def send(self, message: object) -> None:
        """Send a message whole, whichever thread it comes from."""
        self.send_bytes(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))

    def send_bytes(self, message: bytes) -> None:
        """Send a pickled message."""
        try:
            with self._sending:
                self.pipe.send_bytes(message)
        except OSError:
            _leave()

    def receive(self) -> Any:
        """Wait for the parent's next message."""
        try:
            return self.pipe.recv()
        except (EOFError, OSError):
            _leave()

    def next_task(self) -> Job | Call | None:
        """Wait for something to do; None means that there will be no more."""
        self.number = None
        task: Job | Call | None = self.receive()
        if isinstance(task, Job):
            self.number, self.is_told_to_end = task.number, False
        return task

    @property
    def is_quiet(self) -> bool:
        """Whether the parent has said nothing yet that was not listened to."""
        return not self.pipe.poll()

    def ask(self, step: int, value: float) -> bool:
        """Report a step and wait for the answer."""
        with self._asking:
            assert self.number is not None, "reported outside of a job"
            self.send(Report(self.number, step, value))
            prune: bool = self.receive().prune
        self.is_told_to_end = prune
        return prune


_line: Line | None = None


def connect(line: Line) -> None:
    """Make this line the process' own."""
    global _line
    _line = line


def is_connected() -> bool:
    """Tell whether this process is a worker whose parent takes reports."""
    return _line is not None


def report(step: int, value: float) -> bool:
    """Tell the parent how the trial stands after a step.

    Args:
        step: Index of the fold, from 0.
        value: The objective so far.

    Returns:
        Whether the trial shall end here. Always False outside of a worker.
    """
    return _line is not None and _line.ask(step, value)


def _leave() -> None:
    # Nobody is left to work for, and nothing here may hold up the end.
    os._exit(1)
