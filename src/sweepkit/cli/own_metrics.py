"""A person's own metrics, for commands that score by them."""

from collections.abc import Sequence

from omegaconf import DictConfig, OmegaConf

from sweepkit.config import TRUSTED
from sweepkit.evaluation.own_metrics import KEY, add_metrics


def learn_metrics(cfg: DictConfig, trust: Sequence[str] = ()) -> None:
    """Make the metrics known that this configuration names; a run's own words do not.

    Args:
        cfg: What a command composed.
        trust: Packages beyond `TRUSTED` whose objects it may name.

    Raises:
        ConfigError: If one is not trusted, or is no metric.
    """
    add_metrics(OmegaConf.select(cfg, KEY) or [], [*TRUSTED, *trust])
