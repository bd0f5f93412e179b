"""What came of trials and of a sweep, in plain values that any listener can read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sweepkit.sweep.clock import Clock

Scores = Mapping[str, float]


class State(StrEnum):
    """How a trial ended."""

    COMPLETE = "complete"
    PRUNED = "pruned"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One trial that has ended.

    Attributes:
        number: The trial's number, also Hydra's `job.num` and the name of its folder.
        state: How it ended.
        params: Searched parameters by override key, such as
            `model.estimator.num_leaves`; choices of groups too, such as `model`.
        overrides: The words that reproduce it: `python train.py <overrides>`.
        values: Objectives; empty unless complete.
        folds: Scores of each fold; only those reached by a pruned or failed trial,
            for which just the objective's metric may be known.
        error: Cause of a failure in one line; empty otherwise.
        started_at: Seconds since 1970.
        seconds: Wall time it took.
        worker: Process id that ran it; 0 if unknown.
        is_default: Whether it ran the model's own defaults.
        run_id: MLflow run of the trial, once there is one.
        rounds: Boosting rounds its folds have agreed on; None if they were given.
        kept: File of its out-of-fold predictions; empty if there is none.
    """

    number: int
    state: State
    params: Mapping[str, Any]
    overrides: tuple[str, ...] = ()
    values: tuple[float, ...] = ()
    folds: tuple[Scores, ...] = ()
    error: str = ""
    started_at: float = 0.0
    seconds: float = 0.0
    worker: int = 0
    is_default: bool = False
    run_id: str = ""
    rounds: int | None = None
    kept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPlan:
    """What a sweep sets out to do.

    Attributes:
        name: Name of the study; a resumed sweep has the same.
        storage: URL of the study's storage, without secrets.
        space: Searched key to its range in words, such as `interval(0.3,1.0)`.
        directions: `minimize` or `maximize`, one for each objective.
        objectives: Their names, such as `cv_rmse`.
        n_trials: Total budget over all sessions; None if only time limits them.
        n_workers: Trials at the same time.
        folder: `hydra.sweep.dir`, absolute.
        earlier: Outcomes of earlier sessions, in order of their numbers.
        budget_s: Seconds this session may take, ending included; None for no end.
    """

    name: str
    storage: str
    space: Mapping[str, str]
    directions: tuple[str, ...]
    objectives: tuple[str, ...]
    n_trials: int | None
    n_workers: int
    folder: Path
    earlier: tuple[Outcome, ...] = ()
    budget_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """What came of a sweep.

    Attributes:
        plan: What it set out to do.
        outcomes: All trials of all sessions, in order of their numbers.
        best: The trial to register; None if none is complete.
        front: Numbers of the trials no other is better than in every objective.
        reason: Why it ended, in words: `budget spent`, `interrupted`, ...
        interrupted: Whether a signal ended it; nothing is registered then.
        seconds: Wall time of this session.
        saved_seconds: Estimate of the time that pruning saved in all sessions.
        clock: The time budget, whose rest belongs to listeners; None without one.
    """

    plan: SweepPlan
    outcomes: tuple[Outcome, ...]
    best: Outcome | None
    front: tuple[int, ...] = ()
    reason: str = ""
    interrupted: bool = False
    seconds: float = 0.0
    saved_seconds: float = 0.0
    facts: Mapping[str, str] = field(default_factory=dict)
    clock: "Clock | None" = None


class SweepListener(Protocol):
    """A Hydra callback that also hears of trials, in the sweeper's process.

    One that takes a while to open its record may have a property `is_ready`: until it
    is True, trials are kept for it; what it raises ends the sweep. One with a method
    `get_ready` hears when the last trials run; it must return at once.
    """

    def on_sweep_start(self, plan: SweepPlan) -> None:
        """Hear of the sweep before its first trial."""

    def on_trial_end(self, outcome: Outcome) -> None:
        """Hear of a trial soon after its result is safe in the study."""

    def on_sweep_end(self, result: SweepResult) -> None:
        """Hear of the end, also after failures and signals; may raise."""
