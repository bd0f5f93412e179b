"""The start of a session: the study opened, and what is tried first queued."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.core.config_loader import ConfigLoader
from hydra.types import HydraContext
from omegaconf import DictConfig, OmegaConf

from sweepkit.sweep import calls, candidates, queue, resume
from sweepkit.sweep.agenda import Agenda
from sweepkit.sweep.checks import defaults_of
from sweepkit.sweep.clock import Clock
from sweepkit.sweep.costs import Costs
from sweepkit.sweep.memory import StudyMemory
from sweepkit.sweep.parsing import key_of, parse
from sweepkit.sweep.plugin_pool import count_cores
from sweepkit.sweep.pool import PoolLauncher
from sweepkit.sweep.portfolio import Point, read_portfolio
from sweepkit.sweep.sampling import build_pruner, build_sampler, is_grid
from sweepkit.sweep.scenes import Stage
from sweepkit.sweep.settings import Objectives
from sweepkit.sweep.space import MODEL, SearchSpace
from sweepkit.sweep.surveyed import Survey

# By name: who calls it imports pandas.
SURVEY = "sweepkit.sweep.survey:survey"

if TYPE_CHECKING:
    from optuna.storages import BaseStorage


_AUTO = f"{candidates.GROUP}={candidates.CHOICE}"


def open_features(
    space: SearchSpace, arguments: Sequence[str], loader: ConfigLoader
) -> SearchSpace:
    """Let the sweep choose the features of its trials, unless somebody has."""
    typed = [key_of(parse(words)) for words in arguments]
    if not candidates.is_open(space, typed, loader):
        return space
    return replace(space, fixed=(*space.fixed, _AUTO))


@dataclass(frozen=True, slots=True)
class Start:
    """What a session begins with.

    Attributes:
        settings: The fields of `SweepkitSweeperConf`.
        config: The composed configuration of the whole command.
        hydra_context: Hydra's.
        space: What is searched, checked.
        objectives: What the task returns.
        name: Of the study.
        defaults: Model to its own values of what is searched, where models are.
        pool: Workers that are there already; None looks at the table here.
    """

    settings: Mapping[str, Any]
    config: DictConfig
    hydra_context: HydraContext
    space: SearchSpace
    objectives: Objectives
    name: str
    defaults: Mapping[str, Mapping[str, Any]]
    pool: PoolLauncher | None = None

    @property
    def is_grid(self) -> bool:
        """Whether all is queued that there is, so that nothing is left to decide."""
        return is_grid(self.settings["sampler"])

    def open(
        self, budget_s: float | None, folder: Path
    ) -> tuple[StudyMemory, Agenda | None]:
        """Open the study and queue what is tried before the sampler proposes anything.

        Args:
            budget_s: Seconds there are; None for no end.
            folder: Where the costs of earlier sweeps are kept.

        Returns:
            The study; and what is tried next where time is short.

        Raises:
            ConfigError: If the study was begun under other conditions.
            DataError: If its table cannot be read or learned from.
        """
        found = self._begin_survey()
        # Meanwhile: this imports a good deal.
        from sweepkit.sweep.storage import open_storage

        storage = open_storage(self.settings["storage"])
        surveyed = found()
        for warning in surveyed.warnings:
            print(f"Warning: {warning}", file=sys.stderr)
        memory = self._open_memory(storage, self._contract(surveyed))
        if budget_s is None:
            self._queue_defaults(memory)
            return memory, None
        clock = Clock(
            budget_s,
            Costs.read(folder, self.name, budget_s),
            directions=self.objectives.directions,
            n_cores=count_cores(),
            has_ensemble=OmegaConf.select(self.config, "ensemble") is not False,
        )
        queue.queue_best_of(memory, self.space, self.settings["warm_start"])
        agenda = Agenda(
            clock,
            memory,
            self.space,
            self.objectives.metrics[0],
            self.objectives.directions,
            points=[] if self.is_grid else self._read_points(),
            candidates=surveyed.candidates,
        )
        clock.expect(resume.earlier_outcomes(memory))
        return memory, agenda

    def _begin_survey(self) -> Callable[[], Survey]:
        """Have the table looked at, by a worker if there are any."""
        stage = None
        if _AUTO in self.space.fixed:
            loader = self.hydra_context.config_loader
            stage = Stage(loader, self.config, self.space)
        arguments = (self.config, searched_keys(self.space), stage)
        if self.pool is None:
            return partial(calls.call, SURVEY, *arguments)
        return self.pool.ask(SURVEY, *arguments)

    def _contract(self, found: Survey) -> dict[str, Any]:
        contract = {
            "space": self.space.describe(),
            "objectives": list(self.objectives.metrics),
            "task": found.task,
        }
        names = list(found.candidates)
        return contract | ({"candidates": names} if names else {})

    def _open_memory(
        self, storage: "BaseStorage", contract: Mapping[str, Any]
    ) -> StudyMemory:
        sampler = self.settings["sampler"]
        memory = resume.open_memory(
            storage,
            self.name,
            directions=self.objectives.directions,
            contract=contract,
            make_sampler=lambda n_trials: build_sampler(sampler, n_trials),
            pruner=build_pruner(self.settings["pruner"]),
        )
        queue.queue_owed(memory)
        if self.is_grid:
            queue.queue_grid(memory, self.space.grid())
        return memory

    def _queue_defaults(self, memory: StudyMemory) -> None:
        if not self.is_grid:
            defaults = defaults_of(self.space, self.hydra_context, self.config)
            queue.queue_defaults(memory, self.space, defaults)
            queue.queue_best_of(memory, self.space, self.settings["warm_start"])

    def _read_points(self) -> list[Point]:
        present = str(self.config.hydra.runtime.choices.get(MODEL))
        if self.space.models and present not in self.space.models:
            present = next(iter(self.space.models))
        known = self.defaults or {
            present: defaults_of(self.space, self.hydra_context, self.config)
        }
        given = self.settings["portfolio"]
        return read_portfolio(given, self.space, present, known.__getitem__)


def searched_keys(space: SearchSpace) -> list[str]:
    """Return the override keys that differ between trials."""
    own = [key for entries in space.models.values() for key in entries]
    return [*(["model"] if space.models else []), *space.entries, *own]
