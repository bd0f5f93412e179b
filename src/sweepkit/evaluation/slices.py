"""Whether a model that is better on the whole is worse for some part of the rows."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from sweepkit.evaluation.gains import relative_gain
from sweepkit.evaluation.metrics import Metric, Values
from sweepkit.evaluation.resampling import compare_paired
from sweepkit.evaluation.slice_score import SliceScore, write_where
from sweepkit.evaluation.slice_scores import score_slices
from sweepkit.evaluation.slicing import (
    MIN_ROWS,
    Slice,
    check_slice_columns,
    list_slices,
)

__all__ = [
    "MIN_ROWS",
    "SliceLoss",
    "SliceScore",
    "check_slice_columns",
    "compare_slices",
    "score_slices",
]

_RESAMPLES = 500  # for a standard deviation, which needs fewer than an interval


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceLoss:
    """How much worse the candidate is on the rows of one category or range.

    Attributes:
        column: Column by which the rows were taken.
        value: Its category, or a range such as `<= 33`.
        n_rows: Rows of the holdout in the slice.
        candidate: Score of the candidate on them, in the metric's unit.
        champion: Score of the champion likewise.
        loss: Worsening as a share of the champion's score; negative if better.
        beyond_chance: Whether the worsening is more than the luck of these rows;
            asked only where `loss` is above the limit.
        is_range: Whether `value` is a range.
    """

    column: str
    value: str
    n_rows: int
    candidate: float
    champion: float
    loss: float
    beyond_chance: bool = False
    is_range: bool = False

    @property
    def where(self) -> str:
        """The rows in words, such as `town is a` or `age <= 33`."""
        return write_where(self.column, self.value, is_range=self.is_range)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def compare_slices(
    metric: Metric,
    inputs: pd.DataFrame,
    actual: Values,
    candidate: Values,
    champion: Values,
    *,
    limit: float,
    columns: Sequence[str] | None = None,
    confidence: float = 0.95,
    seed: int = 42,
) -> list[SliceLoss]:
    """Score both models on every slice of 30 or more rows.

    Small slices differ by luck, and the worst of many by more: a loss counts as more
    than that only if it would as the worst of all slices looked at (Bonferroni).

    Args:
        metric: What is compared.
        inputs: The rows, shape (n_rows, n_columns).
        actual: Targets, or codes of classes, shape (n_rows,).
        candidate: What `metric.pick` takes of one model's predictions, shape (n_rows,)
            or (n_rows, n_classes).
        champion: The same of the other model.
        limit: Loss, as a share, from which chance is looked into.
        columns: By which to slice: texts and booleans by category, numbers and dates
            by quartile. None takes every text and boolean.
        confidence: That of the interval on the whole holdout.
        seed: Of the resampling.

    Returns:
        The slices in which both models have a score: those beyond chance first, then
        by loss, largest first.

    Raises:
        ConfigError: If there is no such column.
    """
    slices = list_slices(inputs, columns)
    # How many standard deviations the worst of so many slices exceeds by chance.
    rare = (1 - confidence) / 2 / max(1, len(slices))
    z = NormalDist().inv_cdf(1 - rare)
    losses = []
    for part in slices:
        rows = (actual[part.mask], candidate[part.mask], champion[part.mask])
        found = _score_slice(metric, part, rows)
        if not np.isfinite(found.candidate) or not np.isfinite(found.champion):
            continue
        if found.loss > limit:
            found = _look_into(metric, found, rows, z, seed)
        losses.append(found)
    return sorted(losses, key=lambda s: (s.beyond_chance, s.loss), reverse=True)


def _score_slice(
    metric: Metric, part: Slice, rows: tuple[Values, Values, Values]
) -> SliceLoss:
    actual, *predicted = rows
    candidate, champion = (float(metric.score(actual, p)) for p in predicted)
    return SliceLoss(
        column=part.column,
        value=part.value,
        n_rows=int(actual.size),
        candidate=candidate,
        champion=champion,
        loss=-relative_gain(candidate, champion, metric.direction),
        is_range=part.is_range,
    )


def _look_into(
    metric: Metric,
    found: SliceLoss,
    rows: tuple[Values, Values, Values],
    z: float,
    seed: int,
) -> SliceLoss:
    compared = compare_paired(metric, *rows, resamples=_RESAMPLES, seed=seed)
    beyond = compared.gain + z * compared.spread < 0
    return replace(found, beyond_chance=bool(beyond))
