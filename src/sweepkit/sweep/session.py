"""One session of a sweep: open the study, run trials, sum up."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext
from omegaconf import DictConfig

from sweepkit.errors import SweepkitError
from sweepkit.sweep import resume
from sweepkit.sweep.agenda import Agenda
from sweepkit.sweep.budget import is_counted, read_budget
from sweepkit.sweep.checks import check_space
from sweepkit.sweep.ending import end_sweep, sum_up
from sweepkit.sweep.launching import run_with
from sweepkit.sweep.listening import Listeners
from sweepkit.sweep.memory import StudyMemory
from sweepkit.sweep.naming import derive_name
from sweepkit.sweep.outcome import Outcome, SweepPlan, SweepResult
from sweepkit.sweep.pool import PoolLauncher
from sweepkit.sweep.reading import read_space
from sweepkit.sweep.sampling import is_grid
from sweepkit.sweep.settings import Objectives, read_objectives
from sweepkit.sweep.space import SearchSpace
from sweepkit.sweep.start import Start, open_features
from sweepkit.sweep.stopping import Stopping
from sweepkit.sweep.storage import guard
from sweepkit.sweep.trials import SessionTrials
from sweepkit.tracking.redact import redact

log = logging.getLogger(__name__)

Settings = Mapping[str, Any]


def run_sweep(
    settings: Settings,
    arguments: Sequence[str],
    *,
    config: DictConfig,
    hydra_context: HydraContext,
    launcher: Launcher,
) -> SweepResult:
    """Run a sweep until its budget is spent, or until it is interrupted.

    Args:
        settings: The fields of `SweepkitSweeperConf`.
        arguments: The command line's overrides.
        config: The composed configuration of the whole command.
        hydra_context: Hydra's, with the callbacks that listen.
        launcher: Runs jobs; `PoolLauncher` without waiting, others in batches.

    Raises:
        SweepkitError: One of its subclasses, each for one thing a person can do.
    """
    folder = Path(config.hydra.sweep.dir).absolute()
    pool = launcher if isinstance(launcher, PoolLauncher) else None
    if pool:
        pool.start()
    try:
        space = read_space(settings["params"] or {}, arguments, settings["spaces"])
        budget_s = read_budget(settings, space)
        if budget_s is not None:
            space = open_features(space, arguments, hydra_context.config_loader)
        defaults: dict[str, dict[str, Any]] | None = None if budget_s is None else {}
        space = check_space(space, hydra_context, config, defaults)
        objectives = read_objectives(settings, config)
        name = settings["study_name"] or derive_name(config, objectives.metrics)
        with (
            resume.lock_study(lock_folder(settings, folder), name),
            guard(settings["storage"]),
        ):
            context = (config, hydra_context, space, objectives, name)
            start = Start(settings, *context, defaults or {}, pool)
            memory, agenda = start.open(budget_s, lock_folder(settings, folder))
            plan = make_plan(start, memory, folder, budget_s)
            listeners = Listeners(hydra_context)
            session = Session(
                settings, plan, space, objectives, memory, listeners, agenda
            )
            return session.run(launcher)
    finally:
        if pool:
            pool.close(kill=True)


def make_plan(
    start: Start, memory: StudyMemory, folder: Path, budget_s: float | None
) -> SweepPlan:
    """Say what the sweep sets out to do; a grid ends when it is covered."""
    settings, space, objectives = start.settings, start.space, start.objectives
    n_trials = settings["n_trials"]
    if is_grid(settings["sampler"]):
        n_trials = len(space.grid())
    elif budget_s is not None and not is_counted(start.config):
        n_trials = None
    return SweepPlan(
        name=memory.study.study_name,
        storage=redact(str(settings["storage"])),
        space=space.words,
        directions=objectives.directions,
        objectives=objectives.names,
        n_trials=n_trials,
        n_workers=settings["n_jobs"],
        folder=folder,
        earlier=resume.earlier_outcomes(memory),
        budget_s=budget_s,
    )


def lock_folder(settings: Settings, folder: Path) -> Path:
    """Return where a study's lock lies: beside a local storage, else by the output."""
    from sweepkit.sweep.storage import sqlite_file

    file = sqlite_file(str(settings["storage"]))
    return (file or folder).parent


@dataclass
class Session:
    """A study with its trials, from the first of this session to the last."""

    settings: Settings
    plan: SweepPlan
    space: SearchSpace
    objectives: Objectives
    memory: StudyMemory
    listeners: Listeners
    agenda: Agenda | None = None
    began_at: float = field(default_factory=time.monotonic)

    def run(self, launcher: Launcher) -> SweepResult:
        """Run trials; whatever ends them, the study is left in order."""
        outcomes = list(self.plan.earlier)
        trials = self._trials(outcomes)
        self.listeners.on_sweep_start(self.plan)
        try:
            with guard(self.settings["storage"]):
                run_with(launcher, trials, self.plan.n_workers)
        except (KeyboardInterrupt, SystemExit):
            self._end(outcomes, "interrupted", interrupted=True)
            raise
        except SweepkitError as error:
            self._end_after(error, outcomes)
            raise
        if not trials.reason and self.agenda is not None:  # running ones were ended
            trials.reason = self.agenda.describe_end()
        return self._end(outcomes, trials.reason)

    def _trials(self, outcomes: list[Outcome]) -> SessionTrials:
        stopping = Stopping(
            n_trials=self.plan.n_trials,
            timeout_s=self.settings["timeout"],
            patience=self.settings["patience"],
            max_failure_rate=self.settings["max_failure_rate"],
            direction=self.plan.directions[0],
        )
        return SessionTrials(
            self.memory,
            self.space,
            self.objectives,
            stopping,
            outcomes,
            self.listeners,
            self.agenda,
        )

    def _end_after(self, error: SweepkitError, outcomes: list[Outcome]) -> None:
        try:
            self._end(outcomes, str(error), interrupted=True)
        except (SweepkitError, OSError) as second:
            # What went wrong first is what the person needs to see.
            log.warning("The end of the sweep could not be written: %s", second)

    def _give_back(self) -> None:
        try:
            with guard(self.settings["storage"]):
                self.memory.give_back()
        except SweepkitError as error:
            # The next session finds these trials running and takes them for owed.
            log.warning("Running trials could not be given back: %s", error)

    def _end(
        self, outcomes: list[Outcome], reason: str, *, interrupted: bool = False
    ) -> SweepResult:
        clock = None if self.agenda is None else self.agenda.clock
        if clock is not None:
            clock.end_search()
        self._give_back()
        run_ids = self.listeners.run_ids
        result = sum_up(
            self.plan,
            [replace(o, run_id=run_ids.get(o.number, o.run_id)) for o in outcomes],
            self.memory,
            reason=reason,
            interrupted=interrupted,
            seconds=time.monotonic() - self.began_at,
        )
        result = replace(result, clock=clock)
        end_sweep(result, self.memory.study, self.listeners)
        return result
