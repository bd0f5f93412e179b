"""Optuna's samplers and pruners, built from their configuration."""

import warnings
from collections.abc import Mapping
from typing import Any

import optuna
from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import OmegaConf
from optuna.exceptions import ExperimentalWarning

from sweepkit.errors import ConfigError

_TRUSTED = (
    "hydra_plugins.hydra_optuna_sweeper.*",
    "optuna.*",
    "sweepkit.sweep.paired.*",
)
_GRID = "GridSampler"


def is_grid(sampler: Mapping[str, Any]) -> bool:
    """Tell whether every combination is wanted, which needs no sampler."""
    return str(sampler.get("_target_", "")).endswith(_GRID)


def build_sampler(node: Any, n_trials_so_far: int) -> optuna.samplers.BaseSampler:
    """Build a sampler whose random numbers do not begin anew when a study resumes.

    Args:
        node: The node `hydra.sweeper.sampler`.
        n_trials_so_far: Trials of earlier sessions; a sampler with the same seed would
            propose their very points again.

    Raises:
        ConfigError: If the node describes no sampler.
    """
    settings = _plain(node)
    if is_grid(settings):
        return optuna.samplers.RandomSampler(seed=0)
    if settings.get("seed") is not None:
        settings["seed"] = int(settings["seed"]) + n_trials_so_far
    sampler: optuna.samplers.BaseSampler = _build(settings, "hydra.sweeper.sampler")
    return sampler


def build_pruner(node: Any) -> optuna.pruners.BasePruner:
    """Build a pruner; no node, no pruning.

    Raises:
        ConfigError: If the node describes no pruner.
    """
    if node is None:
        return optuna.pruners.NopPruner()
    pruner: optuna.pruners.BasePruner = _build(_plain(node), "hydra.sweeper.pruner")
    return pruner


def _plain(node: Any) -> dict[str, Any]:
    plain: Any = node
    if OmegaConf.is_config(node):
        plain = OmegaConf.to_container(node, resolve=True)
    return dict(plain)


def _build(settings: dict[str, Any], key: str) -> Any:
    try:
        with warnings.catch_warnings():
            # Chosen by name in the configuration; the choice needs no reminder.
            warnings.simplefilter("ignore", ExperimentalWarning)
            return instantiate(
                settings, _execution_whitelist_=_TRUSTED, _convert_="all"
            )
    except InstantiationException as error:
        cause = str(error.__cause__ or error).splitlines()[-1]
        raise ConfigError(f"{key} cannot be built: {cause}") from error
