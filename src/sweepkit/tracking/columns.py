"""The columns of a table as MLflow's schema spells them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
from pandas.api import types

from sweepkit.tasks import Label

Kind = Literal["double", "string", "boolean", "datetime"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the raw table.

    Attributes:
        name: Its name.
        kind: What it holds, as MLflow calls it.
        required: Whether every row must have a value.
    """

    name: str
    kind: Kind
    required: bool = True


def read_columns(table: pd.DataFrame) -> list[Column]:
    """Return the columns of a table; those with blanks are not required."""
    return [read_column(str(name), table[name]) for name in table.columns]


def read_column(name: str, values: "pd.Series[Any]") -> Column:
    """Return one column: every number is a `double`, since integers know no blanks."""
    required = not bool(values.isna().any())
    return Column(name, _kind(values, required), required)


def read_output(classes: Sequence[Label]) -> Literal[Kind, "long"]:
    """Return what a model of these labels answers with; of none it is a number."""
    if not classes:
        return "double"
    if all(isinstance(label, bool) for label in classes):
        return "boolean"
    return "long" if all(isinstance(label, int) for label in classes) else "string"


def fit_rows(rows: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """Return rows whose types are the columns' own, as a caller of the model sends."""
    fitted = {column.name: _fit(rows[column.name], column) for column in columns}
    return pd.DataFrame(fitted, index=rows.index)


def _kind(values: "pd.Series[Any]", required: bool) -> Kind:
    if types.is_bool_dtype(values.dtype):
        # MLflow's boolean knows no blanks; as text they pass.
        return "boolean" if required else "string"
    if types.is_datetime64_any_dtype(values.dtype):
        return "datetime"
    return "double" if types.is_numeric_dtype(values.dtype) else "string"


def _fit(values: "pd.Series[Any]", column: Column) -> "pd.Series[Any]":
    if column.kind == "double":
        return values.astype("float64")
    if column.kind == "string":
        return values.astype(object).where(values.notna(), None)
    return values
