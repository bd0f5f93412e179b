"""What a sweep has to know of its table before trial 0; asked of a worker.

A worker has imported what reads and judges tables, or will. The sweep's own process
then starts sooner and stays small.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from omegaconf import DictConfig

from sweepkit.sweep.contract import describe_task, read_table
from sweepkit.sweep.surveyed import Survey
from sweepkit.sweep.table_check import check_table

if TYPE_CHECKING:  # it imports Optuna, which a worker does without
    from sweepkit.sweep.scenes import Stage


def survey(
    config: DictConfig, searched: Iterable[str], stage: "Stage | None" = None
) -> Survey:
    """Read the table of a sweep and judge it.

    Args:
        config: The composed configuration of the whole command.
        searched: Override keys that differ between trials.
        stage: Composes configurations of trials, if the sweep is to choose features.

    Raises:
        DataError: If the table cannot be read or learned from.
        ConfigError: If a candidate for the features cannot be built.
    """
    table, searched = read_table(config), [*searched]
    names: list[str] = []
    warnings: tuple[str, ...] = ()
    if table is not None:
        schema, warnings = check_table(config, table)
        if stage is not None:
            from sweepkit.sweep import candidates

            names = candidates.find_candidates(stage, table, schema)
            searched.append(candidates.GROUP)
    return Survey(describe_task(config, searched, table), tuple(names), warnings)
