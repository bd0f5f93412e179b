"""The holdout of a table as its settings describe it."""

from typing import Any

import pandas as pd

from sweepkit.data.holdout import Split, split_holdout
from sweepkit.data.schema import TableSchema


def split_as_set(table: pd.DataFrame, schema: TableSchema, evaluation: Any) -> Split:
    """Set rows of a table aside.

    Args:
        table: All rows; of a wide table the target, group and time columns are enough.
        schema: What its columns are.
        evaluation: The node `evaluation` of a configuration.

    Raises:
        DataError: If a part would be empty, or a column it names is unusable.
    """
    return split_holdout(
        table,
        fraction=evaluation.holdout.fraction,
        seed=evaluation.holdout.seed,
        group=evaluation.group,
        time=evaluation.time,
        classes=schema.strata(table),
    )
