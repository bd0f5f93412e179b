"""What all trials of a study have in common, so that a changed sweep is noticed."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
import pyarrow
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from sweepkit.data.fingerprint import fingerprint

# Where the table lies is no part of a task, nor what of it is accepted; its fingerprint
# is.
_PLACES = ("data.path", "data.url", "data.cache", "data.source", "data.accept")
# The nodes that decide what a trial's number means.
_DECISIVE = ("seed", "task", "data", "features", "model", "evaluation")


def describe_task(
    config: DictConfig, searched: Iterable[str], table: pd.DataFrame | None
) -> dict[str, Any]:
    """Return table and settings without what is searched, as plain values.

    Args:
        config: The composed configuration.
        searched: Override keys of the search space.
        table: From `read_table`.
    """
    # Not resolved: the number of threads of this machine is no part of a task.
    whole: Any = OmegaConf.to_container(config, resolve=False)
    described = {key: whole[key] for key in _DECISIVE if key in whole}
    for key in (*searched, *_PLACES):
        _remove(described, key.split("."))
    if table is not None:
        # In order: folds are drawn by the position of rows.
        described["table"] = fingerprint(table, ordered=True)
    return described


def read_table(config: DictConfig) -> pd.DataFrame | None:
    """Return the table of a sweep; None if its task has none.

    Raises:
        DataError: If it cannot be read.
    """
    if "data" not in config:
        return None
    # Arrow's own pool would keep 25 MB for as long as the sweep lasts.
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())
    table: pd.DataFrame = instantiate(config.data.source, _convert_="all").read()
    return table


def _remove(nested: dict[str, Any], path: list[str]) -> None:
    *parents, last = path
    for name in parents:
        found = nested.get(name)
        if not isinstance(found, dict):
            return
        nested = found
    nested.pop(last, None)
