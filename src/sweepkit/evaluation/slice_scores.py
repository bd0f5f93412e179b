"""How good one model is on parts of the holdout, for the report."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sweepkit.evaluation.draws import draw_scores
from sweepkit.evaluation.metrics import Metric, Values
from sweepkit.evaluation.predicted import Predicted
from sweepkit.evaluation.slice_score import SliceScore
from sweepkit.evaluation.slicing import Slice, list_slices

_CONFIDENCE = 0.95
_RESAMPLES = 300  # for ends that a report shows with two digits
_SEED = 42


def score_slices(
    metric: Metric,
    inputs: pd.DataFrame,
    actual: Values,
    predicted: Predicted,
    columns: Sequence[str] | None,
) -> list[SliceScore]:
    """Score a model on every slice of 30 or more rows.

    The intervals are those of a bootstrap of the slice's rows.

    Args:
        metric: The score.
        inputs: The rows, shape (n_rows, n_columns); more columns than the model takes
            may be among them.
        actual: Targets, or codes of classes, shape (n_rows,).
        predicted: What the model says of the rows.
        columns: By which to slice: texts and booleans by category, numbers and dates
            by quartile. None takes every text and boolean.

    Returns:
        The slices that have a score, the worst first.

    Raises:
        ConfigError: If there is no such column.
    """
    scored = [
        _score(metric, part, actual[part.mask], predicted.take(part.mask))
        for part in list_slices(inputs, columns)
    ]
    known = [entry for entry in scored if np.isfinite(entry.score)]
    downwards = metric.direction == "minimize"
    return sorted(known, key=lambda entry: entry.score, reverse=downwards)


def _score(
    metric: Metric, part: Slice, actual: Values, predicted: Predicted
) -> SliceScore:
    score = metric.judge(actual, predicted)
    picked = metric.pick(predicted)
    rng = np.random.default_rng(_SEED)
    draws = draw_scores(metric, actual, [picked], _RESAMPLES, rng)
    low = high = score
    if draws.size:
        tail = (1 - _CONFIDENCE) / 2
        low, high = (float(end) for end in np.quantile(draws, [tail, 1 - tail]))
    return SliceScore(
        column=part.column,
        value=part.value,
        n_rows=int(actual.size),
        score=score,
        low=low,
        high=high,
        is_range=part.is_range,
    )
