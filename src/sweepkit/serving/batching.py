"""Score what has queued up in one call: micro-batching without a timer."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Executor
from math import inf

from sweepkit.serving.champion import Predictions, Rows
from sweepkit.serving.jobs import Estimate, Job, score_jobs, settle, take_jobs
from sweepkit.serving.scoring import Outcome, Predict

QUICK_S = 0.005
"""Longest a call may keep the event loop from other connections."""


class Batcher:
    """Two lanes to a model: quick calls on the event loop, others in a thread.

    Requests that arrive in the same turn of the loop, or while a call runs in the
    thread, are scored in one call: nothing waits for company, so a single connection
    is not delayed.

    Args:
        executor: One thread, so that calls there follow each other.
        batch_rows: Rows scored in one call, unless one request has more.
        max_queue: Requests that may wait; one of many rows counts as several.
        timeout_s: Seconds a request in the thread's lane may wait.
    """

    def __init__(
        self, executor: Executor, *, batch_rows: int, max_queue: int, timeout_s: float
    ) -> None:
        self._executor = executor
        self._batch_rows = batch_rows
        self._max_queue = max_queue
        self._timeout_s = timeout_s
        self._quick: deque[Job] = deque()
        self._slow: deque[Job] = deque()
        self._running: Sequence[Job] = ()
        self._timer: asyncio.TimerHandle | None = None
        self.waiting = 0

    @property
    def is_full(self) -> bool:
        """Whether one request more would be too many."""
        return self.waiting >= self._max_queue

    async def score(
        self,
        predict: Predict,
        rows: Rows,
        estimate_s: Estimate,
        *,
        alone: bool = False,
    ) -> Predictions:
        """Return the predictions of `rows`, in company or alone.

        Args:
            predict: Rows to predictions, as `Champion.predict`.
            rows: At least one row.
            estimate_s: How long the model should take for so many rows.
            alone: Whether other requests' rows must not be in the same call.

        Raises:
            TimeoutError: If they waited too long.
            ScoringFailed: If the model cannot score these rows.
        """
        loop = asyncio.get_running_loop()
        weight = 1 + len(rows) // self._batch_rows
        late_at = loop.time() + self._timeout_s
        answer: asyncio.Future[Predictions] = loop.create_future()
        job = Job(predict, rows, estimate_s, late_at, answer, alone)
        self.waiting += weight
        try:
            if not self.take_quick(job):
                self._put_slow(loop, job)
            return await answer
        finally:
            self.waiting -= weight

    def take_quick(self, job: Job) -> bool:
        """Score a job soon on the event loop, if that does not take long.

        Returns:
            Whether it is taken.
        """
        n_rows = len(job.rows)
        if n_rows > self._batch_rows or job.estimate_s(n_rows) > QUICK_S:
            return False
        # The rest of this turn's requests are read first, then all scored together.
        if not self._quick:
            loop = asyncio.get_running_loop()
            loop.call_soon(self._score_quick, loop)
        self._quick.append(job)
        return True

    def _score_quick(self, loop: asyncio.AbstractEventLoop) -> None:
        jobs = take_jobs(self._quick, self._batch_rows, QUICK_S)
        if self._quick:
            loop.call_soon(self._score_quick, loop)
        settle(jobs, score_jobs(jobs))

    def _put_slow(self, loop: asyncio.AbstractEventLoop, job: Job) -> None:
        self._slow.append(job)
        if not self._running:
            self._start(loop)
        if self._timer is None:
            self._timer = loop.call_at(job.late_at, self._give_up, loop)

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._running = take_jobs(self._slow, self._batch_rows, inf)
        if self._running:
            call = loop.run_in_executor(self._executor, score_jobs, self._running)
            call.add_done_callback(lambda done: self._finish(loop, done))

    def _finish(
        self, loop: asyncio.AbstractEventLoop, done: asyncio.Future[list[Outcome]]
    ) -> None:
        if not done.cancelled():
            settle(self._running, done.result())
        self._start(loop)

    def _give_up(self, loop: asyncio.AbstractEventLoop) -> None:
        """Answer the jobs that waited too long, and come back for the next oldest."""
        now = loop.time()
        self._timer = None
        for job in (*self._running, *self._slow):
            if job.answer.done():
                continue
            if job.late_at > now:
                self._timer = loop.call_at(job.late_at, self._give_up, loop)
                return
            job.answer.set_exception(TimeoutError())
