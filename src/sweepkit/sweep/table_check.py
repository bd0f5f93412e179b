"""Whether a table is worth a sweep, asked before trial 0."""

import pandas as pd
from omegaconf import DictConfig

from sweepkit.data.problems import Plan, find_problems, stop_on, write_warnings
from sweepkit.data.schema import TableSchema, infer_schema
from sweepkit.data.splitting import split_as_set
from sweepkit.tasks import Task


def check_table(
    config: DictConfig, table: pd.DataFrame
) -> tuple[TableSchema, tuple[str, ...]]:
    """Refuse a table on which all trials of a sweep would be a waste of time.

    Args:
        config: The composed configuration of the sweep.
        table: What `data.source` reads.

    Returns:
        What its columns hold, and what is suspicious about it.

    Raises:
        DataError: If the table cannot be learned from, or a problem stops the sweep
            that `data.accept` does not name.
    """
    data, evaluation = config.data, config.evaluation
    schema = infer_schema(
        table,
        target=data.target,
        overrides={**dict.fromkeys(data.ignored, "ignored"), **data.roles},
        task=Task(config.task.name),
        positive=config.task.positive,
    )
    holdout = split_as_set(table, schema, evaluation)
    plan = Plan(
        n_folds=evaluation.n_splits, group=evaluation.group, time=evaluation.time
    )
    problems = find_problems(table, schema, holdout=holdout, plan=plan)
    accept = list(data.accept)
    stop_on(problems, accept)
    return schema, tuple(write_warnings(problems, accept))
