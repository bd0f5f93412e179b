"""Score several requests' rows in one call, and none at the expense of another."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from sweepkit.data.column_profile import ColumnProfile, TableProfile
from sweepkit.serving.champion import Predictions, Rows

Predict = Callable[[Rows], Predictions]
_log = logging.getLogger(__name__)
_TRIES = 3
_PROBE_ROWS = 16


class ScoringFailed(Exception):
    """The model did not give one prediction for each row: a fault of its own."""


Outcome = Predictions | ScoringFailed


def score_together(predict: Predict, tables: Sequence[Rows]) -> list[Outcome]:
    """Score all tables in one call and hand each its own predictions.

    Args:
        predict: Rows to predictions, as `Champion.predict`.
        tables: The rows of one request each.

    Returns:
        For each table its predictions, or what went wrong with it alone.
    """
    if len(tables) == 1:
        return [_attempt(predict, tables[0])]
    together = _attempt(predict, [row for table in tables for row in table])
    if isinstance(together, ScoringFailed):
        return [_attempt(predict, table) for table in tables]
    ends = np.cumsum([len(table) for table in tables]).tolist()
    starts = [0, *ends[:-1]]
    return [together[a:b] for a, b in zip(starts, ends, strict=True)]


def _attempt(predict: Predict, rows: Rows) -> Outcome:
    try:
        predictions = np.asarray(predict(rows))
        n_found = len(predictions)
    # A border: whatever a model raises for one request's rows must not fail the
    # requests that were scored with it. The request's own answer reports it.
    except Exception as error:  # noqa: BLE001
        failure = ScoringFailed(f"{type(error).__name__}: {error}")
        failure.__cause__ = error
        return failure
    if n_found != len(rows):
        return ScoringFailed(f"{n_found} predictions for {len(rows)} rows")
    return predictions


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a model takes: `call_s` for a call and `row_s` more for each row."""

    call_s: float
    row_s: float

    def estimate_s(self, n_rows: int) -> float:
        """Return the seconds that scoring `n_rows` rows should take."""
        return self.call_s + self.row_s * n_rows


def measure_pace(
    predict: Predict,
    profile: TableProfile,
    clock: Callable[[], float] = time.perf_counter,
) -> Pace:
    """Time a model on 1 row and on 16, keeping the best of three tries.

    A model that cannot score the typical row is taken for a slow one: it costs its
    requests a thread, nothing else.
    """
    row = typical_row(profile)
    one = _time_best(predict, [row], clock)
    several = _time_best(predict, [row] * _PROBE_ROWS, clock)
    row_s = max(0.0, several - one) / (_PROBE_ROWS - 1)
    return Pace(call_s=max(0.0, one - row_s), row_s=row_s)


def _time_best(predict: Predict, rows: Rows, clock: Callable[[], float]) -> float:
    best = float("inf")
    for _ in range(_TRIES):
        start = clock()
        outcome = _attempt(predict, rows)
        if isinstance(outcome, ScoringFailed):
            _log.warning("The model cannot score a typical row: %s.", outcome)
            return float("inf")
        best = min(best, clock() - start)
    return best


def typical_row(profile: TableProfile) -> list[float | str | bool | datetime | None]:
    """Return a row of medians and commonest values, as the predictor takes it."""
    return [_typical_cell(column) for column in profile.columns]


def _typical_cell(column: ColumnProfile) -> float | str | bool | datetime | None:
    if column.kind in ("double", "datetime"):
        middle = column.quantiles[len(column.quantiles) // 2] if column.quantiles else 0
        if column.kind == "double":
            return float(middle)
        return datetime.fromtimestamp(middle, UTC).replace(tzinfo=None)
    commonest = next(iter(column.categories), "")
    return commonest == "true" if column.kind == "boolean" else commonest
