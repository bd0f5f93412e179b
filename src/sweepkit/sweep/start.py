"""The start of a session: the study opened, and what is tried first queued."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hydra.core.config_loader import ConfigLoader
from hydra.types import HydraContext
from omegaconf import DictConfig, OmegaConf

from sweepkit.sweep import candidates, queue, resume
from sweepkit.sweep.agenda import Agenda
from sweepkit.sweep.checks import defaults_of
from sweepkit.sweep.clock import Clock
from sweepkit.sweep.contract import describe_task, read_table
from sweepkit.sweep.costs import Costs
from sweepkit.sweep.memory import StudyMemory
from sweepkit.sweep.parsing import key_of, parse
from sweepkit.sweep.plugin_pool import count_cores
from sweepkit.sweep.portfolio import Point, read_portfolio
from sweepkit.sweep.sampling import build_pruner, build_sampler, is_grid
from sweepkit.sweep.scenes import Stage
from sweepkit.sweep.settings import Objectives
from sweepkit.sweep.space import MODEL, SearchSpace
from sweepkit.sweep.storage import open_storage
from sweepkit.sweep.table_check import check_table

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
    """

    settings: Mapping[str, Any]
    config: DictConfig
    hydra_context: HydraContext
    space: SearchSpace
    objectives: Objectives
    name: str
    defaults: Mapping[str, Mapping[str, Any]]

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
        names, contract = self._survey()
        memory = self._open_memory(contract)
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
            candidates=names,
        )
        clock.expect(resume.earlier_outcomes(memory))
        return memory, agenda

    def _survey(self) -> tuple[list[str], dict[str, Any]]:
        """Return the candidates for features, and the terms of the study."""
        table = read_table(self.config)
        searched = searched_keys(self.space)
        names: list[str] = []
        schema = None if table is None else check_table(self.config, table)
        if table is not None and schema is not None and _AUTO in self.space.fixed:
            loader = self.hydra_context.config_loader
            stage = Stage(loader, self.config, self.space)
            names = candidates.find_candidates(stage, table, schema)
            searched.append(candidates.GROUP)
        contract = {
            "space": self.space.describe(),
            "objectives": list(self.objectives.metrics),
            "task": describe_task(self.config, searched, table),
        }
        return names, contract | ({"candidates": names} if names else {})

    def _open_memory(self, contract: Mapping[str, Any]) -> StudyMemory:
        sampler = self.settings["sampler"]
        memory = resume.open_memory(
            open_storage(self.settings["storage"]),
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
