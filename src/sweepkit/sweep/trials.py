"""The trials of one session: begun, reported, ended, in step with the study."""

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sweepkit.sweep import ending
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

# How long a record that is not open yet is left alone before it is asked again.
_LOOK_AGAIN_S = 0.1


@dataclass(slots=True)
class SessionTrials:
    """What the loop asks and tells.

    A trial that ends is known to the sampler at once, is then written to the study's
    storage, and only when it is safe there told to listeners.

    Attributes:
        memory: The study.
        space: Where parameters come from.
        objectives: What the task returns.
        stopping: When to begin no more.
        outcomes: All that are safe in the storage, earlier sessions included.
        listeners: Told of each outcome that is safe.
    """

    memory: StudyMemory
    space: SearchSpace
    objectives: Objectives
    stopping: Stopping
    outcomes: list[Outcome]
    listeners: Listeners
    reason: str = ""
    _is_ending: bool = False
    _begun: dict[int, dict[str, Any]] = field(default_factory=dict)
    _reports: dict[int, dict[int, float]] = field(default_factory=dict)
    _unsaved: deque[Outcome] = field(default_factory=deque)
    _untold: deque[Outcome] = field(default_factory=deque)

    @property
    def n_running(self) -> int:
        """Trials begun and not ended."""
        return self.memory.n_running

    @property
    def n_behind(self) -> int:
        """Trials that ended and are not on record yet."""
        return len(self._unsaved) + len(self._untold)

    def begin(self) -> Job | None:
        """Ask for the next trial, or return None if none should begin."""
        ended = [*self.outcomes, *self._unsaved]
        self.reason = self.stopping.find_reason(ended, self.n_running)
        if self.reason:
            if not self._is_ending:
                ending.get_ready()
            self._is_ending = True
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

    def report(self, number: int, step: int, value: float) -> bool:
        """Take a fold's report and tell whether to prune."""
        self._reports[number][step] = value
        return self.memory.report(number, step, value)

    def end(self, number: int, finished: Finished) -> None:
        """Let the sampler know how a trial ended."""
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
        self.memory.learn(outcome)
        self._unsaved.append(outcome)

    def rest_s(self) -> float | None:
        """Return for how long there is nothing to `catch_up`; None for no end."""
        if self._unsaved or self.memory.unkept:
            return 0.0
        if self.listeners.are_ready:
            return 0.0 if self._untold else None
        return _LOOK_AGAIN_S

    def catch_up(self) -> None:
        """Save what began and ended, or else tell of one outcome that is safe.

        Raises:
            SweepkitError: If a listener cannot go on, or see `save`.
        """
        if self._unsaved or self.memory.unkept:
            self.save()
        elif self._untold and self.listeners.are_ready:
            self._tell_one()

    def finish(self) -> None:
        """Save and tell all that is left; waits for listeners that are not ready.

        Raises:
            SweepkitError: See `catch_up`.
        """
        self.save()
        while self._untold:
            self._tell_one()

    def save(self) -> None:
        """Make durable what has begun and ended since the last time, and show it.

        Raises:
            SweepkitError: If more trials failed than `max_failure_rate` allows.
        """
        for number in self.memory.unkept:
            self.memory.keep(number)
        self.listeners.on_running(self.memory.running)
        while self._unsaved:
            self.memory.tell(self._unsaved[0])
            outcome = self._unsaved.popleft()
            self.outcomes.append(outcome)
            self._untold.append(outcome)
            self.listeners.on_trial_saved(outcome)
            self.stopping.check_failures(self.outcomes)

    def _tell_one(self) -> None:
        self.listeners.on_trial_end(self._untold[0])
        self._untold.popleft()
