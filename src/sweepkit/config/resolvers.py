"""What a config file may compute: `${cores_per_job:}`, `${stem:...}`."""

from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import OmegaConf

from sweepkit.sweep.plugin_pool import count_cores


def count_cores_per_job() -> int:
    """Return the cores one job may use: all of them, or its share in a sweep."""
    if not HydraConfig.initialized() or HydraConfig.get().mode != RunMode.MULTIRUN:
        return count_cores()
    launcher = HydraConfig.get().launcher
    # Ours and joblib's word for it; Hydra's basic launcher runs one after another.
    at_once = launcher.get("n_workers") or launcher.get("n_jobs") or 1
    return max(1, count_cores() // (at_once if at_once > 0 else count_cores()))


def absolute_path(path: str) -> str:
    """Return the path with `~` expanded, counted from the current directory."""
    return str(Path(path).expanduser().absolute())


def file_stem(path: str) -> str:
    """Return the file's name without folder and suffixes, for names of runs."""
    return Path(path).name.split(".")[0]


def register_resolvers() -> None:
    """Register the resolvers; a second call changes nothing."""
    OmegaConf.register_resolver("cores", count_cores, replace=True)
    OmegaConf.register_resolver("cores_per_job", count_cores_per_job, replace=True)
    OmegaConf.register_resolver("absolute", absolute_path, replace=True)
    OmegaConf.register_resolver("stem", file_stem, replace=True)
