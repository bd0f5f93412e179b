"""The trials of one session: begun, reported, ended, in step with the study."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sweepkit.sweep.judging import judge_job
from sweepkit.sweep.listening import Listeners
from sweepkit.sweep.loop import Job
from sweepkit.sweep.memory import StudyMemory
from sweepkit.sweep.messages import Finished
from sweepkit.sweep.mode import without_search
from sweepkit.sweep.outcome import Outcome
from sweepkit.sweep.resume import DEFAULT
from sweepkit.sweep.settings import Objectives
from sweepkit.sweep.space import SearchSpace
from sweepkit.sweep.stopping import Stopping


@dataclass(slots=True)
class SessionTrials:
    """What the loop asks and tells.

    Attributes:
        memory: The study.
        space: Where parameters come from.
        objectives: What the task returns.
        stopping: When to begin no more.
        outcomes: All that ended, earlier sessions included.
        listeners: Told of each outcome once its worker is busy again.
    """

    memory: StudyMemory
    space: SearchSpace
    objectives: Objectives
    stopping: Stopping
    outcomes: list[Outcome]
    listeners: Listeners
    reason: str = ""
    _begun: dict[int, dict[str, Any]] = field(default_factory=dict)
    _reports: dict[int, dict[int, float]] = field(default_factory=dict)

    @property
    def n_running(self) -> int:
        """Trials begun and not ended."""
        return self.memory.n_running

    def begin(self) -> Job | None:
        """Ask for the next trial, or return None if none should begin."""
        self.reason = self.stopping.find_reason(self.outcomes, self.n_running)
        if self.reason:
            return None
        trial, params = self.memory.ask(self.space.suggest)
        overrides = self.space.to_overrides(params)
        self._begun[trial.number] = {
            "params": dict(params),
            "overrides": without_search(overrides),
            "started_at": time.time(),
            "is_default": bool(trial.user_attrs.get(DEFAULT)),
        }
        self._reports[trial.number] = {}
        return Job(trial.number, overrides)

    def keep(self, number: int) -> None:
        """Make a begun trial durable."""
        self.memory.keep(number)
        self.listeners.on_running(self.memory.running)

    def report(self, number: int, step: int, value: float) -> bool:
        """Take a fold's report and tell whether to prune."""
        self._reports[number][step] = value
        return self.memory.report(number, step, value)

    def end(self, number: int, finished: Finished) -> Outcome:
        """Tell the study how a trial ended."""
        known: Mapping[str, Any] = self._begun.pop(number) | {
            "started_at": finished.started_at,
            "seconds": finished.seconds,
            "worker": finished.pid,
        }
        outcome = judge_job(
            finished.job_return,
            number=number,
            n_objectives=len(self.objectives.metrics),
            metric=self.objectives.metrics[0],
            reports=self._reports.pop(number),
            **known,
        )
        self.memory.tell(outcome)
        self.outcomes.append(outcome)
        return outcome

    def after(self, outcome: Outcome) -> None:
        """Let listeners hear of it, then see whether too many failed.

        Raises:
            SweepkitError: If more failed than `max_failure_rate` allows.
        """
        self.listeners.on_trial_end(outcome)
        self.stopping.check_failures(self.outcomes)
