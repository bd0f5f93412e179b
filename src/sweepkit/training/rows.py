"""The rows of one task: read, typed, split and folded once, then used by any trial."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from omegaconf import DictConfig

from sweepkit.data.fingerprint import fingerprint
from sweepkit.data.holdout import Split
from sweepkit.data.schema import TableSchema, infer_schema
from sweepkit.data.splitting import split_as_set
from sweepkit.errors import DataError
from sweepkit.evaluation.folds import Fold, draw_folds
from sweepkit.evaluation.judgement import Coordinates
from sweepkit.tasks import Task
from sweepkit.training.settings import build
from sweepkit.training.table import read_table, with_ignored

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What a trial learns from and is judged on.

    Attributes:
        schema: Roles of the table's columns.
        table: The table as it was read, for its record.
        table_fingerprint: SHA-256 of that table, whatever the order of its rows.
        holdout_fingerprint: SHA-256 of which rows are held out and their targets;
            what else is known of them, or how it is read, plays no part.
        train: Conformed training rows, shape (n_train, n_columns).
        train_target: Shape (n_train,); codes of classes.
        folds: Positions in `train` for every fold.
        holdout: Conformed holdout rows, shape (n_holdout, n_columns).
        holdout_target: Shape (n_holdout,).
        coordinates: Position of the holdout rows, for tables that have one.
    """

    schema: TableSchema
    table: pd.DataFrame
    table_fingerprint: str
    holdout_fingerprint: str
    train: pd.DataFrame
    train_target: Floats
    folds: list[Fold]
    holdout: pd.DataFrame
    holdout_target: Floats
    coordinates: Coordinates | None

    @property
    def sliced(self) -> pd.DataFrame:
        """The holdout rows with every column they may be sliced by."""
        raw = self.table.loc[self.holdout.index]
        return self.holdout.join(raw.drop(columns=self.holdout.columns))


def read_rows(cfg: DictConfig) -> Rows:
    """Walk the table from its source to folds, as `data` and `evaluation` say.

    Raises:
        DataError: If the table cannot be read, typed, split or folded.
        ConfigError: If source or splitter cannot be built.
    """
    table = read_table(cfg)
    cfg = with_ignored(cfg)
    schema = infer_schema(
        table,
        target=cfg.data.target,
        overrides=dict(cfg.data.roles),
        task=Task(cfg.task.name),
        positive=cfg.task.positive,
    )
    identity = fingerprint(table, ordered=False)
    # Which row is where; the rows themselves are taken column by column.
    split = _split(table[_name_deciding(table, cfg)], schema, cfg)
    holdout_target = schema.target_values(split.holdout)
    train = schema.conform(table, split.train.index.to_numpy())
    target = schema.target_values(split.train)
    groups = _column(split.train, cfg.evaluation.group, "evaluation.group")
    return Rows(
        schema=schema,
        table=table,
        table_fingerprint=identity,
        holdout_fingerprint=_identify(split.holdout, schema),
        train=train,
        train_target=target,
        folds=draw_folds(build(cfg, "evaluation.splitter"), train, target, groups),
        holdout=schema.conform(table, split.holdout.index.to_numpy()),
        holdout_target=holdout_target,
        coordinates=_coordinates(split.holdout, cfg),
    )


def _name_deciding(table: pd.DataFrame, cfg: DictConfig) -> list[str]:
    """Return the columns that decide where a row goes, or are asked of a part."""
    data, evaluation = cfg.data, cfg.evaluation
    named = {evaluation.group, evaluation.time, data.latitude, data.longitude} - {None}
    columns = [str(name) for name in table]
    if not named <= set(columns):
        return columns  # the refusal says which columns there are
    return [name for name in columns if name in {data.target, *named}]


def _identify(holdout: pd.DataFrame, schema: TableSchema) -> str:
    # The gate compares models on equal rows; those may read and use other columns.
    classes = schema.strata(holdout)
    values = schema.target_values(holdout) if classes is None else classes
    rows = {"row": holdout.index.to_numpy(), f"target {schema.target}": values}
    return fingerprint(pd.DataFrame(rows), ordered=False)


def _split(table: pd.DataFrame, schema: TableSchema, cfg: DictConfig) -> Split:
    evaluation = cfg.evaluation
    split = split_as_set(table, schema, evaluation)
    if evaluation.time is None:
        return split
    # Splitters over time take the rows in the order in which they happened.
    ordered = split.train.sort_values(evaluation.time, kind="stable")
    return Split(train=ordered, holdout=split.holdout)


def _column(table: pd.DataFrame, name: str | None, key: str) -> NDArray[Any] | None:
    if name is None:
        return None
    if name not in table.columns:
        raise DataError(
            f"{key} is {name!r}; the table has no such column. "
            f"It has {list(table.columns)}."
        )
    return table[name].to_numpy()


def _coordinates(holdout: pd.DataFrame, cfg: DictConfig) -> Coordinates | None:
    latitude = _column(holdout, cfg.data.latitude, "data.latitude")
    longitude = _column(holdout, cfg.data.longitude, "data.longitude")
    if latitude is None or longitude is None:
        return None
    return Coordinates(
        latitude=latitude.astype(np.float64), longitude=longitude.astype(np.float64)
    )
