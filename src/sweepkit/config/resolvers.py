"""What a config file may compute: `${cores_per_job:}`, `${inferred_task:}`."""

import re
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from sweepkit.errors import ConfigError, Departure, SweepkitError
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
    """Return the path with `~` expanded, counted from the current directory.

    An address such as `https://...` stays as it is.
    """
    return path if "://" in path else str(Path(path).expanduser().absolute())


def file_stem(path: str) -> str:
    """Return a file's name without folder and suffixes, for names of runs.

    That of a pattern is what stands before its first sign: `parts/houses-*.csv` is
    called houses, and `parts/*.csv` parts.
    """
    for part in reversed(Path(path).parts):
        stem = re.split(r"[*?\[]", part)[0].split(".")[0].strip("-_ ")
        if stem:
            return stem
    return "table"


def table_stem(table: str | None) -> str:
    """Return a database table's name without its schema; `query` if there is none."""
    return table.rpartition(".")[2] if table else "query"


def infer_task(*, _root_: DictConfig) -> str:
    """Return the task that the target of the configuration's table poses.

    Raises:
        ConfigError: While Hydra still composes.
        Departure: With the error of a table that cannot be read, or whose target poses
            no task; OmegaConf would bury an ordinary exception in its own.
    """
    runtime = OmegaConf.select(_root_, "hydra.runtime")
    if runtime is not None and OmegaConf.is_missing(runtime, "cwd"):
        # Asked while composing, by a file that replaces what hangs on the task; the
        # command line's words come later. OmegaConf takes this for "not known yet".
        raise ConfigError("The task is not known before all words are read.")
    # Imported here: most configurations name their task.
    from sweepkit.training.table import infer_task_of

    try:
        return str(infer_task_of(_root_).task)
    except SweepkitError as error:
        raise Departure(error) from error


def register_resolvers() -> None:
    """Register the resolvers; a second call changes nothing."""
    OmegaConf.register_resolver("cores", count_cores, replace=True)
    OmegaConf.register_resolver("cores_per_job", count_cores_per_job, replace=True)
    OmegaConf.register_resolver("absolute", absolute_path, replace=True)
    OmegaConf.register_resolver("inferred_task", infer_task, replace=True)
    OmegaConf.register_resolver("stem", file_stem, replace=True)
    OmegaConf.register_resolver("table", table_stem, replace=True)
