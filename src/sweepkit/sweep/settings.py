"""The sweeper's settings, checked and completed from the configuration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from hydra._internal.execution_policy import (
    _get_active_execution_whitelist as active_whitelist,
)
from omegaconf import DictConfig, OmegaConf

from sweepkit.errors import ConfigError
from sweepkit.evaluation.latency import LATENCY
from sweepkit.evaluation.metrics import find_metric
from sweepkit.evaluation.own_metrics import add_metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class Objectives:
    """What a sweep optimizes.

    Attributes:
        metrics: Names as the task knows them, such as `rmse`; the first is reported
            after each fold.
        names: As they are logged, such as `cv_rmse`.
        directions: `minimize` or `maximize` for each.
    """

    metrics: tuple[str, ...]
    names: tuple[str, ...]
    directions: tuple[str, ...]


def read_objectives(settings: Mapping[str, Any], config: DictConfig) -> Objectives:
    """Complete names and directions of the objectives.

    Raises:
        ConfigError: If a direction is unknown or there are more or fewer than names.
    """
    own = OmegaConf.select(config, "evaluation.metrics") or ()
    # There is no public way to ask what `TRUSTED` of the running command allows.
    allowed = active_whitelist()
    add_metrics(list(own), allowed if isinstance(allowed, tuple) else ())
    metrics = tuple(str(name) for name in settings["objectives"])
    given = settings.get("direction")
    if given is None:
        directions = tuple(_direction(name) for name in metrics)
    else:
        many = isinstance(given, Sequence) and not isinstance(given, str)
        directions = tuple(_word(item) for item in (given if many else [given]))
    if set(directions) - {"minimize", "maximize"} or len(directions) != len(metrics):
        raise ConfigError(
            f"hydra.sweeper.direction is {list(directions)} for the objectives "
            f"{list(metrics)}; give `minimize` or `maximize` for each, or null."
        )
    has_folds = OmegaConf.select(config, "evaluation.splitter") is not None
    names = tuple(f"cv_{m}" if has_folds and m != LATENCY else m for m in metrics)
    return Objectives(metrics=metrics, names=names, directions=directions)


def _direction(metric: str) -> str:
    return "minimize" if metric == LATENCY else find_metric(metric).direction


def _word(direction: Any) -> str:
    # Hydra hands over members of the official sweeper's enumeration.
    return direction.name if isinstance(direction, Enum) else str(direction)
