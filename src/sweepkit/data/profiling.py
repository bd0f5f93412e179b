"""Describe a training table in the plain form a model carries."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweepkit.data.column_profile import Cell, ColumnProfile, Kind, TableProfile

MAX_CATEGORIES = 200
N_EXAMPLES = 5
_DECILES = np.linspace(0, 1, 11)


class Declared(Protocol):
    """A column as the model's callers see it: name, kind, whether it may be blank."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def kind(self) -> Kind:
        """What it holds, as MLflow's schema calls it."""

    @property
    def required(self) -> bool:
        """Whether every row must have a value."""


def profile_table(
    inputs: pd.DataFrame,
    columns: Sequence[Declared],
    *,
    target: str,
    target_unit: str = "",
) -> TableProfile:
    """Describe the rows a model was fitted on.

    Args:
        inputs: Conformed training rows, shape (n_rows, n_columns).
        columns: Which of its columns, in this order, and what they hold.
        target: Name of the target column.
        target_unit: Its unit; empty if unknown.

    Returns:
        Shares are of all rows, blank ones included; of categories the 200 commonest
        are kept, and the first 5 rows as examples.
    """
    examples = inputs.head(N_EXAMPLES)
    cells = [_to_cells(examples[column.name], column.kind) for column in columns]
    return TableProfile(
        target=target,
        target_unit=target_unit,
        n_rows=len(inputs),
        columns=tuple(_profile(inputs[column.name], column) for column in columns),
        examples=tuple(zip(*cells, strict=True)),
    )


def _profile(values: pd.Series, column: Declared) -> ColumnProfile:
    shares: dict[str, float] = {}
    numbers = np.empty(0)
    if column.kind in ("string", "boolean"):
        shares = _share_values(values)
    else:
        numbers = _to_numbers(values.dropna(), column.kind)
    is_number = column.kind == "double" and numbers.size > 0
    return ColumnProfile(
        name=column.name,
        kind=column.kind,
        required=column.required,
        blank_share=float(values.isna().mean()) if len(values) else 0.0,
        whole=is_number and bool(np.all(numbers == np.trunc(numbers))),
        quantiles=_find_deciles(numbers),
        categories=dict(islice(shares.items(), MAX_CATEGORIES)),
        more_categories=len(shares) > MAX_CATEGORIES,
    )


def _share_values(values: pd.Series) -> dict[str, float]:
    """Return the share of each value in all rows, commonest first, then by name."""
    counts = Counter(_write(value) for value in values.dropna())
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return {value: n / len(values) for value, n in ordered}


def _find_deciles(numbers: NDArray[np.float64]) -> tuple[float, ...]:
    if not numbers.size:
        return ()
    return tuple(float(q) for q in np.quantile(numbers, _DECILES))


def _to_numbers(values: pd.Series, kind: Kind) -> NDArray[np.float64]:
    if kind == "datetime":
        # Not all dates count the same unit since 1970.
        return values.astype("datetime64[ns]").astype("int64").to_numpy() / 1e9
    return values.to_numpy(dtype=np.float64)


def _to_cells(values: pd.Series, kind: Kind) -> list[Cell]:
    return [None if pd.isna(v) else _to_cell(v, kind) for v in values]


def _to_cell(value: Any, kind: Kind) -> Cell:
    if kind == "double":
        return float(value)
    if kind == "datetime":
        return str(pd.Timestamp(value).isoformat())
    return bool(value) if kind == "boolean" else str(value)


def _write(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    return str(value)
