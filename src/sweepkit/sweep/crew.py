"""The workers of a sweep, seen from the one thread of the parent that talks to them."""

import logging
import time
from collections.abc import Sequence
from math import inf
from multiprocessing.connection import wait
from multiprocessing.util import Finalize

from hydra.core.utils import JobReturn, JobStatus

from sweepkit.interruption import calm_waker, raise_lost_signal, signal_waker
from sweepkit.sweep.hand import Hand, context_for, end_fork_server
from sweepkit.sweep.job_logs import repeat
from sweepkit.sweep.messages import (
    Answer,
    Begun,
    Call,
    Finished,
    Job,
    Ready,
    Report,
    Returned,
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
        self._n_calls = 0
        self._returned: dict[int, bytes] = {}
        self._hands = [self._hire() for _ in range(settings.n_workers)]
        # Before the interpreter's exit, where multiprocessing waits for processes.
        end = {"kill": True}
        self._at_exit = Finalize(None, self.close, kwargs=end, exitpriority=1)

    @property
    def idle(self) -> int:
        """Number of workers without a job."""
        return sum(hand.is_idle for hand in self._hands)

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
        idle = [hand for hand in self._hands if hand.is_idle]
        max(idle, key=lambda hand: hand.is_ready).give(Job(number, tuple(overrides)))

    def ask(self, packed: bytes) -> int:
        """Let an idle worker call a function; returns the number of the call."""
        number, self._n_calls = self._n_calls, self._n_calls + 1
        idle = [hand for hand in self._hands if hand.is_idle]
        max(idle, key=lambda hand: hand.is_ready).ask(Call(number, packed))
        return number

    def await_return(self, number: int) -> bytes:
        """Wait for what came of a call, and return it packed.

        Raises:
            WorkersCannotStart: If workers keep ending before they return.
        """
        while number not in self._returned:
            self._listen(inf)
        return self._returned.pop(number)

    def answer(self, number: int, *, prune: bool) -> None:
        """Answer the report of a trial, unless its worker has died meanwhile."""
        for hand in self._hands:
            if hand.job is not None and hand.job.number == number:
                hand.send(Answer(prune))

    def poll(self, timeout_s: float | None) -> list[Report | Finished]:
        """Wait for events; return without any after the time or if no job runs."""
        deadline = inf if timeout_s is None else time.monotonic() + timeout_s
        while True:
            raise_lost_signal()
            if not self._events and self.idle < len(self._hands):
                self._listen(deadline)
                self._end_overdue()
            events, self._events = self._events, []
            late = time.monotonic() >= deadline
            if events or late or self.idle == len(self._hands):
                return events

    def dismiss_idle(self) -> None:
        """End idle workers; one that has not started yet is left to `close`."""
        for hand in [one for one in self._hands if one.is_idle and one.has_process]:
            self._hands.remove(hand)
            hand.kill()
            hand.bury()

    def close(self, *, kill: bool) -> None:
        """End all workers: idle ones in peace unless `kill`, busy ones at once."""
        self._at_exit.cancel()
        hands, self._hands = self._hands, []
        for hand in hands:
            if kill or not hand.is_idle or not hand.is_ready:
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
        heard = wait([*sources, signal_waker()], seconds)
        for hand in {sources[source] for source in heard if source in sources}:
            self._hear(hand)
        if signal_waker() in heard:
            calm_waker()
            raise_lost_signal()

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
            case Returned():
                hand.call, self._false_starts = None, 0
                self._returned[message.number] = message.packed
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
        if hand.call is not None:
            other.ask(hand.call)
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
