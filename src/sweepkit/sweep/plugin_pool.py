"""Where Hydra finds the worker pool: `hydra/launcher=pool`.

Hydra imports this module at the start of every Hydra program of the environment,
so that it must stay light.
"""

import os
from dataclasses import dataclass, field

from hydra.core.config_store import ConfigStore
from omegaconf import OmegaConf

from sweepkit.sweep.early import PRELOAD
from sweepkit.sweep.pool import PoolLauncher

__all__ = ["PoolConf", "PoolLauncher"]


@dataclass
class PoolConf:
    """Settings under `hydra.launcher`.

    Attributes:
        n_workers: Jobs at the same time.
        timeout_s: A job that takes longer is killed and has failed; null is no limit.
        start_method: `forkserver`, or `spawn` where forking is impossible.
        preload: Modules that are imported once for all workers of a fork server.
            Importing them must not start threads.
        warm_up: Function that each worker calls once, with the configuration that all
            jobs have in common, before its first job has arrived; null for none.
    """

    _target_: str = "sweepkit.sweep.pool.PoolLauncher"
    n_workers: int = "${oc.select:hydra.sweeper.n_jobs,${cores:}}"  # type: ignore[assignment]  # resolved by Hydra
    timeout_s: float | None = None
    start_method: str = "forkserver"
    preload: list[str] = field(default_factory=lambda: list(PRELOAD))
    warm_up: str | None = "sweepkit.training.sweep_trial.warm_up"


def count_cores() -> int:
    """Return the cores this process may use, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# Programs other than `train.py` do not register this package's resolvers.
if not OmegaConf.has_resolver("cores"):
    OmegaConf.register_resolver("cores", count_cores)
ConfigStore.instance().store(
    group="hydra/launcher", name="pool", node=PoolConf, provider="sweepkit"
)
