"""Hydra callback that keeps a sweep's record; costs a single run nothing."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from hydra.core.utils import JobReturn
from hydra.experimental.callback import Callback
from hydra.types import TaskFunction
from omegaconf import DictConfig

from sweepkit.hooks.departing import departing, was_interrupted

if TYPE_CHECKING:  # they import MLflow
    from sweepkit.hooks.record import SweepRecord
    from sweepkit.sweep.outcome import Outcome, SweepPlan, SweepResult

_OUR_SWEEPERS = "sweepkit."


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
        self._record: SweepRecord | None = None
        self._started: dict[int, float] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Travel to a worker without what belongs to this process."""
        return self.__dict__ | {"_record": None}

    @property
    def run_ids(self) -> Mapping[int, str]:
        """MLflow run of each trial on record, by its number."""
        return {} if self._record is None else self._record.run_ids

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
        with departing():
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
        """Open the sweep's run and bring it in step with the study.

        Raises:
            SweepkitError: If the store cannot be reached or written.
        """
        assert self._config is not None
        record = self._open(self._config, lambda: plan)
        if record is not None:
            record.reconcile(plan.earlier)

    def on_trial_end(self, outcome: Outcome) -> None:
        """Record a trial; if the store fails, later."""
        if self._record is not None:
            self._record.add(outcome)

    def on_sweep_end(self, result: SweepResult) -> None:
        """End the record, and register the best trial of a sweep that was finished.

        Raises:
            SweepkitError: If the store fails, or refitting or registering does.
        """
        if self._record is not None:
            from sweepkit.hooks.closing import close_sweep

            assert self._config is not None
            close_sweep(self._record, result, self._config)

    def _open(
        self, config: DictConfig, plan: Callable[[], SweepPlan]
    ) -> SweepRecord | None:
        """Return the sweep's record, opened once; None with tracking=off."""
        if self._record is None and config.tracking.uri is not None:
            from sweepkit.hooks.opening import open_record

            assert self._config is not None
            self._record = open_record(config, self._config, plan(), self.sweep_id)
        return self._record

    def _is_plain(self) -> bool:
        """Tell whether this is a sweep that only Hydra's own events tell of."""
        if self._config is None:
            return False
        return not str(self._config.hydra.sweeper._target_).startswith(_OUR_SWEEPERS)
