"""What a config file may compute: `${cores:}`, `${stem:...}`, `${absolute:...}`."""

import os
from pathlib import Path

from omegaconf import OmegaConf


def count_cores() -> int:
    """Return the cores this process may use, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def absolute_path(path: str) -> str:
    """Return the path with `~` expanded, counted from the current directory."""
    return str(Path(path).expanduser().absolute())


def file_stem(path: str) -> str:
    """Return the file's name without folder and suffixes, for names of runs."""
    return Path(path).name.split(".")[0]


def register_resolvers() -> None:
    """Register the resolvers; a second call changes nothing."""
    OmegaConf.register_resolver("cores", count_cores, replace=True)
    OmegaConf.register_resolver("absolute", absolute_path, replace=True)
    OmegaConf.register_resolver("stem", file_stem, replace=True)
