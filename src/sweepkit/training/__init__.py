"""One trial from configuration to objective: load, split, fit, judge, record."""

from collections.abc import Callable, Mapping

from omegaconf import DictConfig

__all__ = ["train"]


def train(
    cfg: DictConfig,
    *,
    on_fold: Callable[[int, Mapping[str, float]], None] | None = None,
) -> float:
    """Train, judge, record and register one model; see `sweepkit.training.walk`.

    Imported when it is called: a sweep's own process reads settings by this package
    and needs none of the libraries that fit.
    """
    from sweepkit.training import walk

    return walk.train(cfg, on_fold=on_fold)
