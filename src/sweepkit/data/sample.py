"""The rows that a table is examined by: few enough to take no time."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweepkit.data.roles import Role
from sweepkit.data.schema import TableSchema

MAX_ROWS, MIN_ROWS = 20_000, 2_000
# A table of many columns is examined by fewer rows.
_MAX_CELLS = 1_000_000
_SEED = 0


@dataclass(frozen=True)
class Column:
    """One feature with its distinct values counted.

    Attributes:
        name: Its name.
        role: What it is for.
        codes: Position of each row's value in `distinct`, -1 for a blank; (n_rows,).
        distinct: Its different values, sorted.
        counts: Rows of each of them.
    """

    name: str
    role: Role
    codes: NDArray[np.intp]
    distinct: pd.Index
    counts: NDArray[np.intp]

    @property
    def is_ordered(self) -> bool:
        """Whether values can be larger or smaller: numbers and dates."""
        return self.role in (Role.NUMERIC, Role.DATE)

    @property
    def n_blank(self) -> int:
        """Rows without a value."""
        return int(self.codes.size - self.counts.sum())

    @property
    def n_filled(self) -> int:
        """Rows with a value."""
        return int(self.counts.sum())

    @cached_property
    def ranks(self) -> NDArray[np.float64]:
        """Middle rank of each row among the filled ones, from 0; NaN for a blank."""
        middle = np.cumsum(self.counts) - (self.counts + 1) / 2
        return np.append(middle, np.nan)[self.codes]


@dataclass(frozen=True)
class Sample:
    """Some rows of a table, in table order.

    Attributes:
        schema: What its columns are.
        table: The rows as they were read, every column.
        target: Values or codes of the target, shape (n_rows,).
        positions: Where each row stands in the whole, shape (n_rows,).
        n_rows: Rows of the whole.
        columns: The features.
    """

    schema: TableSchema
    table: pd.DataFrame
    target: NDArray[np.float64]
    positions: NDArray[np.intp]
    n_rows: int
    columns: tuple[Column, ...]

    @property
    def size(self) -> int:
        """Rows it has."""
        return len(self.table)


def draw_sample(
    table: pd.DataFrame, schema: TableSchema, *, most: int | None = None
) -> Sample:
    """Draw rows at random, the same ones every time.

    Args:
        table: Shape (n_rows, n_columns).
        schema: What its columns are.
        most: Rows at most; None takes up to 20,000, of wide tables fewer.
    """
    if most is None:
        fitting = _MAX_CELLS // max(len(schema.features), 1)
        most = min(MAX_ROWS, max(MIN_ROWS, fitting))
    rows = draw_rows(len(table), most)
    drawn = table if rows.size == len(table) else table.iloc[rows]
    inputs = schema.conform(drawn)
    return Sample(
        schema=schema,
        table=drawn,
        target=schema.target_values(drawn),
        positions=rows,
        n_rows=len(table),
        columns=tuple(
            read_column(inputs[name], schema.roles[name]) for name in schema.features
        ),
    )


def draw_rows(n: int, most: int) -> NDArray[np.intp]:
    """Return at most `most` of n row positions, ascending, always the same ones."""
    if n <= most:
        return np.arange(n)
    return np.sort(np.random.default_rng(_SEED).choice(n, most, replace=False))


def read_column(values: pd.Series, role: Role) -> Column:
    """Count the distinct values of one conformed column."""
    codes, distinct = pd.factorize(values, sort=True)
    filled = codes[codes >= 0]
    counts = np.bincount(filled, minlength=len(distinct))
    return Column(str(values.name), role, codes, pd.Index(distinct), counts)
