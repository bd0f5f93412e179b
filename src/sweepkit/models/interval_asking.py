"""Intervals and prediction sets of a fitted pipeline, asked for and measured."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.coverage import Coverage, measure_intervals, measure_sets
from sweepkit.evaluation.predicted import Predicted
from sweepkit.models.interval_numbers import NumberIntervals
from sweepkit.models.outputs import last_step
from sweepkit.models.prediction_sets import ClassSets

Floats = NDArray[np.float64]

USUAL_COVERAGE = 0.9


def intervals_of(model: Any) -> NumberIntervals | ClassSets | None:
    """Return what a fitted model carries; None for nothing, as in one saved earlier."""
    found: NumberIntervals | ClassSets | None
    found = getattr(last_step(model), "intervals_", None)
    return found


def ask_intervals(model: Any, rows: Any, coverage: float) -> Floats | None:
    """Return lower and upper ends for rows, (n_rows, 2).

    Args:
        model: Fitted pipeline.
        rows: Conformed table.
        coverage: Share of rows to be covered, above 0 and below 1.

    Returns:
        None if the model carries no intervals of numbers.
    """
    intervals = intervals_of(model)
    if not isinstance(intervals, NumberIntervals):
        return None
    features = model[:-1].transform(rows)
    predicted = np.asarray(model[-1].predict(features), dtype=np.float64)
    return intervals.ends(np.asarray(features, np.float64), predicted, coverage)


def ask_sets(model: Any, rows: Any, coverage: float) -> NDArray[np.bool_] | None:
    """Return which labels belong to each row's prediction set, (n_rows, n_classes).

    None if the model carries no prediction sets; arguments as in `ask_intervals`.
    """
    sets = intervals_of(model)
    if not isinstance(sets, ClassSets):
        return None
    return sets.sets(np.asarray(model.predict_proba(rows), dtype=np.float64), coverage)


def measure_coverage(
    model: Any,
    rows: Any,
    said: Predicted,
    actual: Floats,
    asked: float = USUAL_COVERAGE,
) -> Coverage | None:
    """Return how often intervals or sets hold the truth, and how wide they are.

    Args:
        model: Fitted pipeline.
        rows: Conformed table of rows it has not seen.
        said: What it says of them.
        actual: What is true, (n_rows,); codes of classes.
        asked: Share of rows that should be covered.

    Returns:
        None if the model carries neither.
    """
    carried = intervals_of(model)
    if isinstance(carried, ClassSets) and said.probabilities is not None:
        return measure_sets(carried.sets(said.probabilities, asked), actual, asked)
    if not isinstance(carried, NumberIntervals):
        return None
    features = np.asarray(model[:-1].transform(rows), dtype=np.float64)
    ends = carried.ends(features, said.values, asked)
    return measure_intervals(ends, actual, asked)
