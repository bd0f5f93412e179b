"""A whole table described: its columns, its target, and what is wrong with it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sweepkit.data.alone import explain_all
from sweepkit.data.described import ColumnReport, describe_column, describe_other
from sweepkit.data.problem import Problem
from sweepkit.data.relation import relate
from sweepkit.data.roles import Role
from sweepkit.data.sample import Column, Sample, draw_sample, read_column
from sweepkit.data.schema import TableSchema
from sweepkit.tasks import Label, Task

MAX_ROWS = 200_000
_MOST_LABELS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReport:
    """A table as it is before anything is trained.

    Attributes:
        n_rows: Its rows.
        n_examined: Of these, rows that the columns are described by.
        task: What its target poses.
        classes: Labels in the order of their codes; empty in a regression.
        target: The column to predict.
        columns: The others, in table order.
        problems: What is wrong with it, what stops first.
    """

    n_rows: int
    n_examined: int
    task: Task
    classes: tuple[Label, ...]
    target: ColumnReport
    columns: tuple[ColumnReport, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def features(self) -> tuple[ColumnReport, ...]:
        """Columns that a model learns from, the most telling ones first."""
        learned = [column for column in self.columns if column.alone is not None]
        return tuple(sorted(learned, key=lambda c: -(c.alone or 0.0)))

    @property
    def left_out(self) -> tuple[ColumnReport, ...]:
        """Columns that no model is given, in table order."""
        return tuple(column for column in self.columns if column.alone is None)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return asdict(self)


def describe_table(
    table: pd.DataFrame, schema: TableSchema, problems: Sequence[Problem] = ()
) -> TableReport:
    """Describe every column of a table and how it goes along with the target.

    Args:
        table: All rows as they were read; of more than 200,000 some are drawn.
        schema: What its columns are.
        problems: What `find_problems` returned.
    """
    sample = draw_sample(table, schema, most=MAX_ROWS)
    explained = explain_all(sample)
    features = {
        column.name: describe_column(
            sample.table[column.name],
            column,
            relation=relate(column, sample.target, schema.task),
            alone=explained[column.name],
        )
        for column in sample.columns
    }
    return TableReport(
        n_rows=len(table),
        n_examined=sample.size,
        task=schema.task,
        classes=schema.classes,
        target=_describe_target(sample),
        columns=tuple(
            features.get(name) or describe_other(sample.table[name], role)
            for name, role in schema.roles.items()
            if role != Role.TARGET
        ),
        problems=tuple(problems),
    )


def _describe_target(sample: Sample) -> ColumnReport:
    schema = sample.schema
    if schema.task.has_classes:
        codes = sample.target.astype(np.intp)
        column = Column(
            name=schema.target,
            role=Role.TARGET,
            codes=codes,
            distinct=pd.Index([str(label) for label in schema.classes]),
            counts=np.bincount(codes, minlength=len(schema.classes)),
        )
    else:
        values = pd.Series(sample.target, name=schema.target)
        column = read_column(values, Role.NUMERIC)
    described = describe_column(sample.table[schema.target], column, n_top=_MOST_LABELS)
    return replace(described, role=Role.TARGET)
