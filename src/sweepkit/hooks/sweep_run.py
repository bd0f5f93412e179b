"""Hydra callback that keeps a sweep's record; costs a single run nothing."""

from __future__ import annotations

import logging
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Event
from typing import TYPE_CHECKING, Any, TypeVar

from hydra.core.utils import JobReturn
from hydra.experimental.callback import Callback
from hydra.types import TaskFunction
from omegaconf import DictConfig

from sweepkit.hooks.departing import departing, was_interrupted
from sweepkit.hooks.unbroken import unbroken

if TYPE_CHECKING:  # they import MLflow
    from sweepkit.hooks.record import SweepRecord
    from sweepkit.sweep.outcome import Outcome, SweepPlan, SweepResult

Made = TypeVar("Made")
log = logging.getLogger(__name__)

_OURS = "sweepkit."
# After a signal. A server may hang, and a clean stop has five seconds in all; what else
# takes time is importing MLflow, which ends.
_SERVER_WAITED_S, _FILE_WAITED_S = 4.0, 15.0
# Importing MLflow takes a core from the first trials, which get ready at that time and
# take longer than the import to end.
_LEFT_TO_TRIALS_S = 0.5


class SweepRun(Callback):
    """Records a sweep as one run with a child for each trial, and registers the best.

    Our sweeper tells of trials by the three methods of `SweepListener`. Of Hydra's own
    sweepers only jobs are heard, maybe by copies of this object in other processes; so
    what they share is in the store, found by `sweep_id`.

    Attributes:
        sweep_id: Identity of this sweep; empty in a single run.
    """

    def __init__(self) -> None:
        self.sweep_id = ""
        self._config: DictConfig | None = None
        self._opening: Future[SweepRecord] | None = None
        self._is_awaited = Event()
        self._started: dict[int, float] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Travel to a worker without what belongs to this process."""
        return self.__dict__ | {"_opening": None, "_is_awaited": None}

    @property
    def run_ids(self) -> Mapping[int, str]:
        """MLflow run of each trial on record, by its number."""
        return {} if self._record is None else self._record.run_ids

    @property
    def is_ready(self) -> bool:
        """Whether trials can be recorded at once.

        Raises:
            SweepkitError: If the store cannot be reached or written.
        """
        if self._opening is None or not self._opening.done():
            return self._opening is None
        self._opening.result()
        return True

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Remember that this is a sweep, and which."""
        self._config = config
        self.sweep_id = uuid.uuid4().hex

    def on_job_start(
        self, config: DictConfig, *, task_function: TaskFunction, **kwargs: Any
    ) -> None:
        """Note the time."""
        if self._is_plain():
            self._started[int(config.hydra.job.num)] = time.time()

    def on_job_end(
        self, config: DictConfig, job_return: JobReturn, **kwargs: Any
    ) -> None:
        """Record a job of a plain sweep.

        Raises:
            Departure: If the store fails.
        """
        if not self._is_plain() or was_interrupted(job_return):
            return
        with departing(), unbroken():
            from sweepkit.hooks.plain import judge_plain, plan_plain

            now = time.time()
            begun = self._started.pop(int(config.hydra.job.num), now)
            known = {"started_at": begun, "seconds": now - begun}
            sweep = self._config
            assert sweep is not None
            record = self._open(config, lambda: plan_plain(sweep, config))
            if record is not None:
                record.write(judge_plain(config, job_return, record.plan, **known))

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """End the record of a plain sweep and register its best job.

        Raises:
            Departure: If the store fails, or refitting or registering does.
        """
        if not self._is_plain():
            return
        with departing():
            from sweepkit.hooks.plain_end import close_plain

            close_plain(self._record, config, self.sweep_id)

    def on_sweep_start(self, plan: SweepPlan) -> None:
        """Begin to open the sweep's run and to bring it in step with the study.

        MLflow takes seconds to import; beside a pool of workers nobody waits for it.

        Raises:
            SweepkitError: If the store is waited for and cannot be opened.
        """
        assert self._config is not None

        def plan_it() -> SweepPlan:
            return plan

        self._open(self._config, plan_it, at_once=not self._has_pool())

    def on_trial_end(self, outcome: Outcome) -> None:
        """Record a trial; if the store fails, later.

        Raises:
            SweepkitError: If the store could not be opened.
        """
        if self._opening is not None:
            self._is_awaited.set()
            self._opening.result().add(outcome)

    def on_sweep_end(self, result: SweepResult) -> None:
        """End the record, and register the best trial of a sweep that was finished.

        Raises:
            SweepkitError: If the store fails, or refitting or registering does.
        """
        if self._opening is None:
            return
        self._is_awaited.set()
        wait([self._opening], self._most_waited_s() if result.interrupted else None)
        if not self._opening.done():
            log.warning("MLflow is not open yet; the same command records this later.")
        elif sys.exc_info()[1] is None or self._opening.exception() is None:
            from sweepkit.hooks.closing import close_sweep

            assert self._config is not None
            close_sweep(self._opening.result(), result, self._config)

    @property
    def _record(self) -> SweepRecord | None:
        """The record, if it is open."""
        if self._opening is None or not self._opening.done():
            return None
        return None if self._opening.exception() else self._opening.result()

    def _open(
        self, config: DictConfig, plan: Callable[[], SweepPlan], *, at_once: bool = True
    ) -> SweepRecord | None:
        """Return the sweep's record, opened once; None with tracking=off, or later."""
        if self._opening is None and config.tracking.uri is not None:
            sweep, sweep_id = self._config, self.sweep_id
            assert sweep is not None

            def open_it() -> SweepRecord:
                from sweepkit.hooks.opening import open_record

                return open_record(config, sweep, plan(), sweep_id)

            self._opening = (
                _call_now(open_it)
                if at_once
                else _call_later(open_it, self._is_awaited)
            )
        if self._opening is None or not at_once:
            return None
        return self._opening.result()

    def _most_waited_s(self) -> float:
        assert self._config is not None
        is_server = str(self._config.tracking.uri).startswith("http")
        return _SERVER_WAITED_S if is_server else _FILE_WAITED_S

    def _has_pool(self) -> bool:
        assert self._config is not None
        return str(self._config.hydra.launcher._target_).startswith(_OURS)

    def _is_plain(self) -> bool:
        """Tell whether this is a sweep that only Hydra's own events tell of."""
        if self._config is None:
            return False
        return not str(self._config.hydra.sweeper._target_).startswith(_OURS)


def _call_now(call: Callable[[], Made]) -> Future[Made]:
    future: Future[Made] = Future()
    future.set_result(call())
    return future


def _call_later(call: Callable[[], Made], is_awaited: Event) -> Future[Made]:
    def call_it() -> Made:
        is_awaited.wait(_LEFT_TO_TRIALS_S)
        return call()

    thread = ThreadPoolExecutor(1, thread_name_prefix="opening the record")
    future = thread.submit(call_it)
    thread.shutdown(wait=False)
    return future
