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
from sweepkit.sweep import queue, resume
from sweepkit.sweep.checks import check_space, defaults_of
from sweepkit.sweep.contract import derive_name, describe_task
from sweepkit.sweep.ending import end_sweep, sum_up
from sweepkit.sweep.launching import run_with
from sweepkit.sweep.listening import Listeners
from sweepkit.sweep.memory import StudyMemory
from sweepkit.sweep.outcome import Outcome, SweepPlan, SweepResult
from sweepkit.sweep.pool import PoolLauncher
from sweepkit.sweep.reading import read_space
from sweepkit.sweep.sampling import build_pruner, build_sampler, is_grid
from sweepkit.sweep.settings import Objectives, read_objectives
from sweepkit.sweep.space import SearchSpace
from sweepkit.sweep.stopping import Stopping
from sweepkit.sweep.storage import guard, open_storage
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
        space = check_space(space, hydra_context, config)
        objectives = read_objectives(settings, config)
        name = settings["study_name"] or derive_name(config, objectives.metrics)
        with (
            resume.lock_study(lock_folder(settings, folder), name),
            guard(settings["storage"]),
        ):
            memory = open_study(settings, config, space, objectives, name)
            if not is_grid(settings["sampler"]):
                defaults = defaults_of(space, hydra_context, config)
                queue.queue_defaults(memory, space, defaults)
                queue.queue_best_of(memory, space, settings["warm_start"])
            plan = make_plan(settings, space, objectives, memory, folder)
            listeners = Listeners(hydra_context)
            session = Session(settings, plan, space, objectives, memory, listeners)
            return session.run(launcher)
    finally:
        if pool:
            pool.close(kill=True)


def open_study(
    settings: Settings,
    config: DictConfig,
    space: SearchSpace,
    objectives: Objectives,
    name: str,
) -> StudyMemory:
    """Open the study and queue what is tried before the sampler proposes anything.

    Raises:
        ConfigError: If the study was begun under other conditions.
    """
    memory = resume.open_memory(
        open_storage(settings["storage"]),
        name,
        directions=objectives.directions,
        contract={
            "space": space.describe(),
            "objectives": list(objectives.metrics),
            "task": describe_task(config, searched_keys(space)),
        },
        make_sampler=lambda n_trials: build_sampler(settings["sampler"], n_trials),
        pruner=build_pruner(settings["pruner"]),
    )
    queue.queue_owed(memory)
    if is_grid(settings["sampler"]):
        queue.queue_grid(memory, space.grid())
    return memory


def searched_keys(space: SearchSpace) -> list[str]:
    """Return the override keys that differ between trials."""
    own = [key for entries in space.models.values() for key in entries]
    return [*(["model"] if space.models else []), *space.entries, *own]


def make_plan(
    settings: Settings,
    space: SearchSpace,
    objectives: Objectives,
    memory: StudyMemory,
    folder: Path,
) -> SweepPlan:
    """Say what the sweep sets out to do; a grid ends when it is covered."""
    n_trials = settings["n_trials"]
    if is_grid(settings["sampler"]):
        n_trials = len(space.grid())
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
        end_sweep(result, self.memory.study, self.listeners)
        return result
