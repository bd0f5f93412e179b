"""The trials of one session: begun, reported, ended, in step with the study."""

import math
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sweepkit.sweep import ending
from sweepkit.sweep.agenda import Agenda
from sweepkit.sweep.judging import judge_job
from sweepkit.sweep.listening import Listeners
from sweepkit.sweep.loop import Job
from sweepkit.sweep.memory import StudyMemory
from sweepkit.sweep.messages import Finished
from sweepkit.sweep.mode import without_search
from sweepkit.sweep.outcome import Outcome
from sweepkit.sweep.portfolio import POINT
from sweepkit.sweep.resume import DEFAULT
from sweepkit.sweep.settings import Objectives
from sweepkit.sweep.space import SearchSpace
from sweepkit.sweep.stopping import Stopping

# What the ending needs is imported so long before a time budget is used by the search.
_READY_S = 8.0
# How long a record that is not open yet is left alone before it is asked again.
_LOOK_AGAIN_S = 0.1
# What a worker does between two fits takes so long if it has its core for itself.
_SETTING_OFF_S = 0.015


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
        agenda: What is tried next under a time budget; None without one.
    """

    memory: StudyMemory
    space: SearchSpace
    objectives: Objectives
    stopping: Stopping
    outcomes: list[Outcome]
    listeners: Listeners
    agenda: Agenda | None = None
    reason: str = ""
    _is_ending: bool = False
    _begun: dict[int, dict[str, Any]] = field(default_factory=dict)
    _reports: dict[int, dict[int, float]] = field(default_factory=dict)
    _unsaved: deque[Outcome] = field(default_factory=deque)
    _untold: deque[Outcome] = field(default_factory=deque)
    _unpruned: set[int] = field(default_factory=set)
    _begun_at: float = -math.inf

    @property
    def n_running(self) -> int:
        """Trials begun and not ended."""
        return self.memory.n_running

    @property
    def n_behind(self) -> int:
        """Trials that ended and are not on record yet."""
        return len(self._unsaved) + len(self._untold)

    @property
    def is_over(self) -> bool:
        """Whether running trials are to be ended now, as their time is spent."""
        return self.agenda is not None and self.agenda.clock.is_over(self._ended)

    @property
    def _ended(self) -> list[Outcome]:
        return [*self.outcomes, *self._unsaved]

    def begin(self) -> Job | None:
        """Ask for the next trial, or return None if none should begin."""
        ended = self._ended
        self.reason = self.stopping.find_reason(ended, self.n_running)
        if self.agenda is not None and not self.reason:
            self.reason = self.agenda.queue_next(ended, self.n_running)
        if self.reason:
            self._get_ready()
            return None
        trial, params = self.memory.ask(self.space.suggest)
        if self.agenda is not None:
            params = self.agenda.complete(params, ended)
        if POINT in trial.user_attrs or trial.user_attrs.get(DEFAULT):
            # Each is the best guess at its kind of model: an ensemble wants them all,
            # and whether tuning has helped is asked of the defaults.
            self._unpruned.add(trial.number)
        overrides = self.space.to_overrides(params)
        self._begun[trial.number] = {
            "params": dict(params),
            "overrides": without_search(overrides),
            "started_at": time.time(),
            "is_default": bool(trial.user_attrs.get(DEFAULT)),
        }
        self._reports[trial.number] = {}
        self._begun_at = time.monotonic()
        return Job(trial.number, overrides)

    def report(self, number: int, step: int, value: float) -> bool:
        """Take a fold's report and tell whether to prune."""
        self._reports[number][step] = value
        is_hopeless = self.memory.report(number, step, value)
        return is_hopeless and number not in self._unpruned

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
        if self.agenda is not None:
            self.agenda.note_end(self._ended, outcome)
        self._unsaved.append(outcome)

    def rest_s(self) -> float | None:
        """Return for how long there is nothing to do here; None for no end."""
        owed_s, left_s = self._owed_s(), self._left_s()
        return owed_s if left_s is None else min(left_s, _or_for_ever(owed_s))

    def _owed_s(self) -> float | None:
        if self._unsaved or self.memory.unkept:
            return max(0.0, self._begun_at + _SETTING_OFF_S - time.monotonic())
        if self.listeners.are_ready:
            return 0.0 if self._untold else None
        return _LOOK_AGAIN_S

    def catch_up(self) -> None:
        """Save one trial that began or ended, or else tell of one outcome that is safe.

        Raises:
            SweepkitError: If a listener cannot go on, or see `save`.
        """
        if self.memory.unkept:
            self._keep_one()
        elif self._unsaved:
            self._save_one()
        elif self._untold and self.listeners.are_ready:
            self._tell_one()

    def hurry(self) -> None:
        """Save all that began and ended, and tell of one outcome.

        Raises:
            SweepkitError: See `catch_up`.
        """
        self.save()
        self.catch_up()

    def finish(self) -> None:
        """Save and tell all that is left; waits for listeners that are not ready.

        Raises:
            SweepkitError: See `catch_up`.
        """
        if self.agenda is not None and self.is_over:
            self.agenda.clock.end_search()  # what follows is the ending's
        self.save()
        while self._untold:
            self._tell_one()

    def save(self) -> None:
        """Make durable what has begun and ended since the last time, and show it.

        Raises:
            SweepkitError: If more trials failed than `max_failure_rate` allows.
        """
        while self.memory.unkept:
            self._keep_one()
        while self._unsaved:
            self._save_one()

    def _keep_one(self) -> None:
        self.memory.keep(self.memory.unkept[0])
        self.listeners.on_running(self.memory.running)

    def _save_one(self) -> None:
        self.memory.tell(self._unsaved[0])
        outcome = self._unsaved.popleft()
        self.outcomes.append(outcome)
        self._untold.append(outcome)
        self.listeners.on_running(self.memory.running)
        self.listeners.on_trial_saved(outcome)
        self.stopping.check_failures(self.outcomes)

    def _left_s(self) -> float | None:
        """Return the seconds until the time budget asks for something; None: never."""
        if self.agenda is None or not any(o.values for o in self._ended):
            return None
        left_s = self.agenda.clock.search_left_s()
        if self._is_ending or left_s <= _READY_S:
            self._get_ready()
            return max(0.0, left_s)
        return left_s - _READY_S

    def _get_ready(self) -> None:
        if not self._is_ending:
            ending.get_ready()
            self.listeners.get_ready()
        self._is_ending = True

    def _tell_one(self) -> None:
        self.listeners.on_trial_end(self._untold[0])
        self._untold.popleft()


def _or_for_ever(seconds: float | None) -> float:
    return math.inf if seconds is None else seconds
