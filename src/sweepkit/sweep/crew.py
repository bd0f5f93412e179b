"""The workers of a sweep, seen from the one thread of the parent that talks to them."""

import logging
import time
from collections.abc import Sequence
from math import inf
from multiprocessing.connection import wait
from multiprocessing.util import Finalize

from hydra.core.utils import JobReturn, JobStatus

from sweepkit.sweep.hand import Hand, context_for, end_fork_server
from sweepkit.sweep.job_logs import repeat
from sweepkit.sweep.messages import (
    Answer,
    Begun,
    Finished,
    Job,
    Ready,
    Report,
    Said,
    TrialLost,
    Unable,
    WorkersCannotStart,
)
from sweepkit.sweep.pool_config import PoolSettings

log = logging.getLogger(__name__)
MOST_FALSE_STARTS = 3

# A start that is under way ends soon once its fork server is gone.
_LAST_BREATH_S = 1.0


class Crew:
    """Processes that stay alive; whichever dies is replaced.

    Args:
        packed: The task, from `pack_task`.
        settings: How many there are, and how they are started and ended.

    Raises:
        ConfigError: If a setting makes no sense.
    """

    def __init__(self, packed: bytes, settings: PoolSettings) -> None:
        settings.check()
        self._packed = packed
        self._timeout_s = settings.timeout_s
        self._context = context_for(settings.start_method, settings.preload)
        self._false_starts = 0
        self._events: list[Report | Finished] = []
        self._hands = [self._hire() for _ in range(settings.n_workers)]
        # Before the interpreter's exit, where multiprocessing waits for processes.
        end = {"kill": True}
        self._at_exit = Finalize(None, self.close, kwargs=end, exitpriority=1)

    @property
    def idle(self) -> int:
        """Number of workers without a job."""
        return sum(hand.job is None for hand in self._hands)

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers that have been started."""
        return tuple(
            hand.process.ident
            for hand in self._hands
            if hand.has_process and hand.process.ident is not None
        )

    def submit(self, number: int, overrides: Sequence[str]) -> None:
        """Give a job to an idle worker, rather to one that is ready."""
        idle = [hand for hand in self._hands if hand.job is None]
        max(idle, key=lambda hand: hand.is_ready).give(Job(number, tuple(overrides)))

    def answer(self, number: int, *, prune: bool) -> None:
        """Answer the report of a trial, unless its worker has died meanwhile."""
        for hand in self._hands:
            if hand.job is not None and hand.job.number == number:
                hand.send(Answer(prune))

    def poll(self, timeout_s: float | None) -> list[Report | Finished]:
        """Wait for events; return without any after the time or if no job runs."""
        deadline = inf if timeout_s is None else time.monotonic() + timeout_s
        while True:
            if not self._events and self.idle < len(self._hands):
                self._listen(deadline)
                self._end_overdue()
            events, self._events = self._events, []
            late = time.monotonic() >= deadline
            if events or late or self.idle == len(self._hands):
                return events

    def close(self, *, kill: bool) -> None:
        """End all workers: idle ones in peace unless `kill`, busy ones at once."""
        self._at_exit.cancel()
        hands, self._hands = self._hands, []
        for hand in hands:
            if kill or hand.job is not None or not hand.is_ready:
                hand.kill()
            else:
                hand.send(None)
        if not all(hand.has_process for hand in hands):
            end_fork_server()
            for hand in hands:
                hand.await_start(_LAST_BREATH_S)
        for hand in hands:
            if hand.has_process:
                hand.bury()
            else:
                hand.abandon()

    def _hire(self) -> Hand:
        return Hand.hire(self._context, self._packed)

    def _listen(self, deadline: float) -> None:
        sources = {source: hand for hand in self._hands for source in hand.sources()}
        until = min(deadline, self._next_overdue())
        seconds = None if until == inf else max(0.0, until - time.monotonic())
        heard = {sources[source] for source in wait(list(sources), seconds)}
        for hand in heard:
            self._hear(hand)

    def _hear(self, hand: Hand) -> None:
        """Take in all that a worker has said, its death last."""
        is_dead = hand.is_dead
        try:
            while hand.pipe.poll():
                self._take(hand, hand.pipe.recv())
        except (EOFError, OSError):
            is_dead = True
        if is_dead:
            self._replace(hand)

    def _take(self, hand: Hand, message: object) -> None:
        match message:
            case Said():
                repeat(message)
            case Ready():
                hand.is_ready = True
            case Begun():
                self._false_starts = 0
                hand.begun_at = time.monotonic()
            case Unable():
                hand.cause, hand.details = message.cause, message.details
            case Report():
                self._events.append(message)
            case Finished():
                hand.job = hand.begun_at = None
                self._events.append(message)

    def _replace(self, hand: Hand, cause: str = "") -> None:
        """Bury a worker and start another; a job that it has begun has failed."""
        self._hands.remove(hand)
        pid, seconds, job = hand.process.ident or 0, hand.seconds(), hand.job
        ending = hand.bury()
        cause = cause or f"worker died: {ending}"
        if hand.begun_at is None:
            self._count_false_start(hand.cause or cause, hand.details)
        other = self._hire()
        self._hands.append(other)
        if job is not None and hand.begun_at is None:
            other.give(job)
        elif job is not None:
            lost = JobReturn(overrides=list(job.overrides), status=JobStatus.FAILED)
            lost.return_value = TrialLost(cause)
            started_at = time.time() - seconds
            self._events.append(Finished(job.number, lost, pid, started_at, seconds))

    def _count_false_start(self, cause: str, details: str) -> None:
        self._false_starts += 1
        if self._false_starts < MOST_FALSE_STARTS:
            return
        self.close(kill=True)
        if details:
            log.error(details)
        raise WorkersCannotStart(
            f"{self._false_starts} workers in a row ended before they began a job; the "
            f"last: {cause}. Repair that, and see that the script calls its main "
            f'function only under `if __name__ == "__main__":`.'
        )

    def _next_overdue(self) -> float:
        if self._timeout_s is None:
            return inf
        begun = [hand.begun_at for hand in self._hands if hand.begun_at is not None]
        return min(begun, default=inf) + self._timeout_s

    def _end_overdue(self) -> None:
        if self._timeout_s is None:
            return
        for hand in list(self._hands):
            if hand.seconds() >= self._timeout_s:
                hand.kill()
                limit = f"{self._timeout_s:g} s (hydra.launcher.timeout_s)"
                self._replace(hand, f"took longer than {limit}")
