"""What `time_budget` asks for, and which other limits hold beside it."""

import math
from collections.abc import Mapping
from typing import Any

from omegaconf import DictConfig

from sweepkit.errors import ConfigError
from sweepkit.sweep.space import SearchSpace

KEY = "time_budget"
# A command without any trial takes as long.
LEAST_S = 5.0
_N_TRIALS = "hydra.sweeper.n_trials"


def read_budget(settings: Mapping[str, Any], space: SearchSpace) -> float | None:
    """Return the seconds a sweep may take; None if nobody limits them.

    Args:
        settings: The fields of `SweepkitSweeperConf`.
        space: What is searched.

    Raises:
        ConfigError: If they are too few, no number, or several.
    """
    if KEY in space.entries:
        words = space.entries[KEY].words
        raise ConfigError(f"{KEY}={words} names several budgets; a sweep has one.")
    given = settings.get(KEY)
    if given is None:
        return None
    seconds = float(given)
    if not math.isfinite(seconds) or seconds < LEAST_S:
        raise ConfigError(
            f"{KEY}={seconds:g}: give at least {LEAST_S:g} seconds, which importing, "
            f"judging and registering take, such as {KEY}=60; or null for no end."
        )
    return seconds


def is_counted(config: DictConfig) -> bool:
    """Tell whether the number of trials was typed, so that it counts beside a budget.

    Args:
        config: The composed configuration of the whole sweep.
    """
    typed = config.hydra.overrides.hydra
    return any(words.lstrip("+").startswith(f"{_N_TRIALS}=") for words in typed)
