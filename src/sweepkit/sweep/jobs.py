"""Configurations of jobs: composed once per choice of groups, then only updated."""

import copy
import os
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cloudpickle
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.config_loader import ConfigLoader
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.types import Override
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, flag_override, open_dict, read_write

from sweepkit.sweep.job_folder import spell_out
from sweepkit.sweep.job_words import WordReader

# The whole configuration and the task's part of it.
Pickled = tuple[bytes, bytes]
# By the words that chose its groups.
Compositions = Mapping[tuple[str, ...], Pickled]
_MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class JobConfig:
    """The configuration of one job.

    Attributes:
        whole: With the node `hydra`, as callbacks see it.
        task: Without it, as the task gets it; a copy, which the task may change.
    """

    whole: DictConfig
    task: DictConfig

    @property
    def hydra(self) -> DictConfig:
        """The node `hydra` under its name, sharing the whole's values."""
        part = OmegaConf.create()
        with flag_override(part, "no_deepcopy_set_nodes", True):
            part["hydra"] = self.whole._get_node("hydra")
        # Its interpolations find the rest of the configuration, as Hydra has it.
        part._get_node("hydra")._set_parent(self.whole)  # type: ignore[union-attr]
        return part

    @property
    def folder(self) -> Path:
        """Where the job's files go, absolute."""
        return Path(self.whole.hydra.runtime.output_dir)


class JobConfigs:
    """Makes the configuration of one job after another.

    Hydra composes each from its files, which takes 70 ms and more. Here this is done
    once for each set of chosen groups; plain values are then put into a copy by the
    very function by which Hydra does it, so that types, unknown keys and the order of
    words mean what they always mean.

    Args:
        loader: Hydra's way to the files.
        config: The sweep's configuration.
        known: What another process has composed of it already.
    """

    def __init__(
        self,
        loader: ConfigLoader,
        config: DictConfig,
        known: Compositions | None = None,
    ) -> None:
        self._loader = loader
        self._config = config
        self._reader = WordReader()
        self._names_a_group = cache(self._look_up_group)
        # A pickled configuration is copied five times faster than a live one.
        self._compositions = dict(known or {})
        self._latest: Pickled | None = None
        self._spare: JobConfig | None = None

    def get_ready(self) -> None:
        """Copy the last composition once more, while nobody waits for the next job."""
        if self._latest is not None and self._spare is None:
            self._spare = _unpickle(self._latest)

    def make(self, number: int, overrides: Sequence[str]) -> JobConfig:
        """Return the configuration of a job, with its node `hydra` filled in.

        Args:
            number: Becomes `hydra.job.num`.
            overrides: Words as on the command line.

        Raises:
            ConfigCompositionException: If Hydra would refuse a word.
        """
        words = self._reader.read(overrides)
        ConfigLoaderImpl.validate_sweep_overrides_legal(
            words, run_mode=RunMode.RUN, from_shell=True
        )
        chosen, plain = self._split(words)
        config = self._copy(self._fetch(chosen))
        for part in (config.whole, config.task):
            ConfigLoaderImpl._apply_overrides_to_config(plain, part)
        hydra = config.whole.hydra
        with read_write(hydra), open_dict(hydra):
            hydra.overrides.task = [
                word.input_line for word in words if not word.is_hydra_override()
            ]
            hydra.job.id, hydra.job.num = str(number), number
        _fill_in_folder(config)
        return config

    def compose(self, overrides: Sequence[str]) -> Compositions:
        """Compose what jobs with these words need, for `known` of other processes.

        Raises:
            ConfigCompositionException: If Hydra would refuse a word.
        """
        self._fetch(self._split(self._reader.read(overrides))[0])
        return self._compositions

    def _fetch(self, chosen: list[Override]) -> Pickled:
        words = tuple(str(word.input_line) for word in chosen)
        # The latest comes last, and the one not used for longest is let go.
        found = self._compositions.pop(words, None) or self._compose(*words)
        self._compositions[words] = found
        if len(self._compositions) > _MOST_KEPT:
            self._compositions.pop(next(iter(self._compositions)))
        return found

    def _copy(self, composed: Pickled) -> JobConfig:
        spare, self._spare = self._spare, None
        if spare is not None and composed is self._latest:
            return spare
        self._latest = composed
        return _unpickle(composed)

    def _split(self, words: list[Override]) -> tuple[list[Override], list[Override]]:
        """Separate what needs a composition from plain values."""
        if any(word.is_delete() for word in words):
            # May remove a group, a file or a value: let Hydra find out.
            return words, []
        chosen = [word for word in words if self._is_structural(word)]
        return chosen, [word for word in words if word not in chosen]

    def _is_structural(self, word: Override) -> bool:
        key = word.key_or_group
        if key == "hydra" or word.is_hydra_override() or word.package is not None:
            return True
        return not word.is_value_path and self._names_a_group(key)

    def _look_up_group(self, key: str) -> bool:
        return bool(self._loader.get_group_options(key, results_filter=None))

    def _compose(self, *words: str) -> Pickled:
        """Return the whole and the task's part, pickled."""
        whole = self._loader.load_sweep_config(self._config, list(words))
        task = copy.deepcopy(whole)
        with read_write(task), open_dict(task):
            del task["hydra"]
        return cloudpickle.dumps(whole), cloudpickle.dumps(task)


def show_to_hydra(config: JobConfig) -> None:
    """Make `HydraConfig.get()` and `${hydra:...}` tell of this job.

    Does what `HydraConfig.set_config` does without its copy, which takes 3 ms.
    """
    OmegaConf.set_readonly(config.whole.hydra, True)
    HydraConfig.instance().cfg = config.hydra  # type: ignore[assignment]


def _unpickle(composed: Pickled) -> JobConfig:
    return JobConfig(*(pickle.loads(part) for part in composed))


def _fill_in_folder(config: JobConfig) -> None:
    sweep, job = (spell_out(config.whole, key) for key in ("dir", "subdir"))
    if sweep is None or job is None:
        sweep, job = _resolve_folder(config)
    runtime = config.whole.hydra.runtime
    with read_write(config.whole.hydra), open_dict(runtime):
        runtime.output_dir = os.path.abspath(Path(sweep, job))  # noqa: PTH100 - as Hydra


def _resolve_folder(config: JobConfig) -> tuple[str, str]:
    # `${hydra:...}` within these two keys is to find this job's values.
    before = HydraConfig.instance().cfg
    show_to_hydra(config)
    try:
        sweep, job = (
            str(OmegaConf.select(config.whole, f"hydra.sweep.{key}"))
            for key in ("dir", "subdir")
        )
        return sweep, job
    finally:
        HydraConfig.instance().cfg = before
