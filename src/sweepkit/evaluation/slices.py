"""Whether a model that is better on the whole is worse for some category of rows."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from sweepkit.evaluation.gains import relative_gain
from sweepkit.evaluation.metrics import Metric, Values
from sweepkit.evaluation.resampling import compare_paired

MIN_ROWS = 30
_RESAMPLES = 500  # for a standard deviation, which needs fewer than an interval
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceLoss:
    """How much worse the candidate is on the rows of one category.

    Attributes:
        column: Column the category stands in.
        value: The category.
        n_rows: Its rows in the holdout.
        candidate: Score of the candidate on them, in the metric's unit.
        champion: Score of the champion likewise.
        loss: Worsening as a share of the champion's score; negative if better.
        beyond_chance: Whether the worsening is more than the luck of these rows;
            asked only where `loss` is above the limit.
    """

    column: str
    value: str
    n_rows: int
    candidate: float
    champion: float
    loss: float
    beyond_chance: bool = False

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
    confidence: float = 0.95,
    seed: int = 42,
) -> list[SliceLoss]:
    """Score both models on the rows of every category that has 30 or more of them.

    Small slices differ by luck, and the worst of many by more: a loss counts as more
    than that only if it would as the worst of all slices looked at (Bonferroni).

    Args:
        metric: What is compared.
        inputs: The rows as the models take them, shape (n_rows, n_columns); texts and
            booleans are categories.
        actual: Targets, shape (n_rows,).
        candidate: Predictions of one model, shape (n_rows,).
        champion: Predictions of the other, shape (n_rows,).
        limit: Loss, as a share, from which chance is looked into.
        confidence: That of the interval on the whole holdout.
        seed: Of the resampling.

    Returns:
        The slices in which both models have a score: those beyond chance first, then
        by loss, largest first.
    """
    masks = list(_list_slices(inputs))
    # How many standard deviations the worst of so many slices exceeds by chance.
    rare = (1 - confidence) / 2 / max(1, len(masks))
    z = NormalDist().inv_cdf(1 - rare)
    losses = []
    for column, value, mask in masks:
        rows = (actual[mask], candidate[mask], champion[mask])
        found = _score_slice(metric, column, value, rows)
        if not np.isfinite(found.candidate) or not np.isfinite(found.champion):
            continue
        if found.loss > limit:
            found = _look_into(metric, found, rows, z, seed)
        losses.append(found)
    return sorted(losses, key=lambda s: (s.beyond_chance, s.loss), reverse=True)


def _list_slices(inputs: pd.DataFrame) -> Iterator[tuple[str, str, Mask]]:
    for name, column in inputs.items():
        if types.is_numeric_dtype(column) and not types.is_bool_dtype(column):
            continue
        if types.is_datetime64_any_dtype(column):
            continue
        counts = column.value_counts()
        for value in counts.index[counts >= MIN_ROWS]:
            yield str(name), str(value), (column == value).to_numpy(dtype=bool)


def _score_slice(
    metric: Metric, column: str, value: str, rows: tuple[Values, Values, Values]
) -> SliceLoss:
    actual, *predicted = rows
    candidate, champion = (float(metric.score(actual, p)) for p in predicted)
    return SliceLoss(
        column=column,
        value=value,
        n_rows=int(actual.size),
        candidate=candidate,
        champion=champion,
        loss=-relative_gain(candidate, champion, metric.direction),
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
    return SliceLoss(**{**asdict(found), "beyond_chance": bool(beyond)})
