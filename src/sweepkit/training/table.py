"""The table of a configuration, and which task it poses."""

import json
from copy import deepcopy
from pathlib import Path

import pandas as pd
from omegaconf import DictConfig, open_dict

from sweepkit.data.inference import FoundTask, infer_task
from sweepkit.data.lookup import require_column
from sweepkit.training.passwords import refuse_passwords
from sweepkit.training.settings import build, resolve

_Key = tuple[object, ...]
_tasks: dict[_Key, FoundTask] = {}
# Read to infer the task, kept until it is asked for: a file may take a minute to read.
_kept: dict[_Key, pd.DataFrame] = {}


def read_table(cfg: DictConfig) -> pd.DataFrame:
    """Read the table that `data.source` describes.

    Args:
        cfg: Any configuration with a node `data`.

    Raises:
        DataError: If there is no table or it could be misread.
        ConfigError: If the source cannot be built.
    """
    cfg = with_ignored(cfg)
    kept = _kept.pop(_identify(cfg), None)
    table: pd.DataFrame = build(cfg, "data.source").read() if kept is None else kept
    for name in cfg.data.ignored:
        require_column(name, table.columns, key="data.ignored")
    return table


def infer_task_of(cfg: DictConfig) -> FoundTask:
    """Say which task the target of a table poses; a table is asked only once.

    Raises:
        DataError: If the table cannot be read, or its target poses none.
        ConfigError: If the source cannot be built.
    """
    key = (_identify(with_ignored(cfg)), cfg.data.target)
    if key not in _tasks:
        refuse_passwords({"data": resolve(cfg.data)})  # before it is sent anywhere
        table, target = read_table(cfg), cfg.data.target
        require_column(target, table.columns, key="data.target")
        _tasks[key] = infer_task(table[target])
        _kept.clear()
        _kept[key[0]] = table
    return _tasks[key]


def _identify(cfg: DictConfig) -> _Key:
    """Return what tells a table from others, and from itself before it changed."""
    settings = resolve(cfg.data.source)
    path = Path(str(settings.get("path", "")))
    changed = path.stat() if path.is_file() else None
    state = (changed.st_mtime_ns, changed.st_size) if changed else ()
    return (json.dumps(settings, default=str), *state)


def with_ignored(cfg: DictConfig) -> DictConfig:
    """Return the configuration with `data.ignored` among `data.roles`, for sources."""
    cfg = deepcopy(cfg)
    with open_dict(cfg):
        cfg.data.roles = {
            **dict.fromkeys(cfg.data.ignored, "ignored"),
            **cfg.data.roles,
        }
    return cfg
