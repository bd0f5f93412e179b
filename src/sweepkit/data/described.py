"""What one column of a table holds, in numbers that can be shown and written."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweepkit.data.relation import Relation
from sweepkit.data.roles import Role
from sweepkit.data.sample import Column

N_BARS, N_TOP = 24, 5
# Beyond twice the width of the middle 99% values are counted in the outermost bars.
_MIDDLE = (0.005, 0.995)

Point = float | str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnReport:
    """One column of a table.

    Attributes:
        name: Its name.
        role: What it is for.
        dtype: Its type as it was read.
        blank_share: Share of rows without a value, 0 to 1.
        n_distinct: Different values.
        low: Smallest number, or first date as ISO 8601; None for other columns.
        middle: The median likewise.
        high: Largest number or last date likewise.
        top: The commonest values of texts and labels with their shares of all rows.
        bars: Rows in each of 24 intervals of equal width, for numbers and dates.
        bars_from: Where the first interval begins; values below are counted in it.
        bars_to: Where the last interval ends; values above are counted in it.
        relation: How it goes along with the target; None where that has no answer.
        alone: Share of the target it explains by itself in rows it was not fitted on.
    """

    name: str
    role: Role
    dtype: str
    blank_share: float
    n_distinct: int
    low: Point | None = None
    middle: Point | None = None
    high: Point | None = None
    top: tuple[tuple[str, float], ...] = ()
    bars: tuple[int, ...] = ()
    bars_from: Point | None = None
    bars_to: Point | None = None
    relation: Relation | None = None
    alone: float | None = None


def describe_column(
    raw: pd.Series,
    column: Column,
    *,
    relation: Relation | None = None,
    alone: float | None = None,
    n_top: int = N_TOP,
) -> ColumnReport:
    """Describe a feature or the target.

    Args:
        raw: Its values as they were read, shape (n_rows,).
        column: The same with its values counted.
        relation: How it goes along with the target.
        alone: Share of the target it explains.
        n_top: Values to keep of texts and labels.
    """
    report = ColumnReport(
        name=column.name,
        role=column.role,
        dtype=str(raw.dtype),
        blank_share=column.n_blank / max(column.codes.size, 1),
        n_distinct=len(column.distinct),
        relation=relation,
        alone=alone,
    )
    if not len(column.distinct):
        return report
    if column.is_ordered:
        return _with_span(report, column)
    return replace(report, top=_list_top(column, n_top))


def describe_other(raw: pd.Series, role: Role) -> ColumnReport:
    """Describe a column that nothing is learned from: identifier, constant, ignored."""
    return ColumnReport(
        name=str(raw.name),
        role=role,
        dtype=str(raw.dtype),
        blank_share=float(raw.isna().mean()),
        n_distinct=int(raw.nunique()),
    )


def _list_top(column: Column, n_top: int) -> tuple[tuple[str, float], ...]:
    order = np.argsort(-column.counts, kind="stable")[:n_top]
    n_rows = column.codes.size
    return tuple(
        (_write_text(column.distinct[i]), float(column.counts[i] / n_rows))
        for i in order
    )


def _write_text(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    return str(value)


def _with_span(report: ColumnReport, column: Column) -> ColumnReport:
    dates = isinstance(column.distinct, pd.DatetimeIndex)
    values = _to_numbers(column.distinct)
    rows = np.repeat(values, column.counts)
    begin, end = _limit(rows)
    bars, _ = np.histogram(np.clip(rows, begin, end), N_BARS, (begin, end))
    middle = np.quantile(rows, 0.5, method="lower" if dates else "linear")
    points = (rows[0], float(middle), rows[-1], begin, end)
    low, half, high, first, last = (_write_point(p, dates=dates) for p in points)
    return replace(
        report,
        low=low,
        middle=half,
        high=high,
        bars=tuple(int(n) for n in bars),
        bars_from=first,
        bars_to=last,
    )


def _limit(rows: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.quantile(rows, _MIDDLE)
    reach = high - low
    if not reach:
        return float(rows[0]), float(rows[-1])
    return float(max(rows[0], low - reach)), float(min(rows[-1], high + reach))


def _to_numbers(distinct: pd.Index) -> NDArray[np.float64]:
    if isinstance(distinct, pd.DatetimeIndex):
        return distinct.astype("datetime64[ns]").astype("int64").to_numpy(np.float64)
    return np.asarray(distinct.to_numpy(dtype=np.float64))


def _write_point(value: float, *, dates: bool) -> Point:
    if not dates:
        return float(value)
    moment = pd.Timestamp(int(value)).round("s")
    return moment.date().isoformat() if _is_midnight(moment) else moment.isoformat()


def _is_midnight(moment: pd.Timestamp) -> bool:
    return bool(moment == moment.normalize())
