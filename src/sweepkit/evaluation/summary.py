"""The judgement as named numbers: what MLflow, the JSON file and the tables show."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sweepkit.evaluation.confusion import describe_classes
from sweepkit.evaluation.coverage_findings import name_coverage
from sweepkit.evaluation.drivers import has_drivers, rank_drivers
from sweepkit.evaluation.gains import gain
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.metrics import METRICS, find_metric
from sweepkit.evaluation.report_slices import rank_slices


def list_metrics(judgement: Judgement) -> list[str]:
    """Return the metrics with at least one score, in the order of `METRICS`."""
    scores = (*judgement.folds, judgement.holdout, judgement.floor)
    return [name for name in METRICS if any(name in given for given in scores)]


def spread_over_folds(judgement: Judgement, metric: str) -> tuple[float, float]:
    """Return mean and standard deviation over the folds, in the metric's unit.

    Both are NaN unless every fold has the score, as a mean over some folds compares
    with nothing; the deviation is NaN for one fold as well.
    """
    if not judgement.folds or any(metric not in fold for fold in judgement.folds):
        return math.nan, math.nan
    return judgement.cv_mean(metric), judgement.cv_sd(metric)


def name_scores(judgement: Judgement) -> dict[str, float]:
    """Return every finite score under the name it has in MLflow.

    Returns:
        `cv_rmse`, `cv_rmse_sd`, `holdout_rmse`, `floor_rmse`, then the next metric;
        last, of a model with intervals, `interval_covered_90`, `interval_width_90`.
    """
    named = {}
    for metric in list_metrics(judgement):
        mean, sd = spread_over_folds(judgement, metric)
        named[f"cv_{metric}"], named[f"cv_{metric}_sd"] = mean, sd
        named[f"holdout_{metric}"] = judgement.holdout.get(metric, math.nan)
        named[f"floor_{metric}"] = judgement.floor.get(metric, math.nan)
    named |= name_coverage(judgement)
    return {name: float(value) for name, value in named.items() if math.isfinite(value)}


def compare_with_floor(judgement: Judgement, metric: str) -> tuple[float, float]:
    """Measure how much better than the floor the holdout score is.

    Returns:
        The gain in the metric's unit, positive if better, and the gain as a share of
        the floor's error. NaN where a score is missing; the share also where the floor
        is no error to take a share of (R², a perfect floor). What is missing from a
        share of rows to be maximized, such as the accuracy, is an error as well.
    """
    holdout = judgement.holdout.get(metric, math.nan)
    floor = judgement.floor.get(metric, math.nan)
    kind = find_metric(metric)
    gained = gain(holdout, floor, kind.direction)
    error = floor if kind.direction == "minimize" else math.nan
    if kind.direction == "maximize" and kind.unit == "share":
        error = 1 - floor
    return gained, gained / error if error > 0 else math.nan


def describe(judgement: Judgement) -> dict[str, Any]:
    """Return the whole judgement, but for the rows, as strict JSON takes it."""
    return {
        "model": judgement.model,
        "table": judgement.table,
        "target": judgement.target,
        "target_unit": judgement.target_unit,
        "task": str(judgement.task),
        "metric": judgement.metric,
        "n_train": judgement.n_train,
        "n_holdout": int(judgement.actual.size),
        "scores": name_scores(judgement),
        **_describe_parts(judgement),
        **describe_classes(judgement),
        **_describe_trust(judgement),
        "slices": [_without_infinite(e.to_dict()) for e in rank_slices(judgement)],
        "warnings": list(judgement.warnings),
        "facts": dict(judgement.facts),
    }


def _describe_parts(judgement: Judgement) -> dict[str, Any]:
    """Return scores by fold, gains over the floor and importance by column."""
    metrics = list_metrics(judgement)
    gains = {name: compare_with_floor(judgement, name) for name in metrics}
    return {
        "folds": [
            {"step": step} | _finite({name: fold.get(name) for name in metrics})
            for step, fold in enumerate(judgement.folds)
        ],
        "improvement_over_floor": {
            name: _finite({"absolute": gained, "share": share})
            for name, (gained, share) in gains.items()
            if math.isfinite(gained)
        },
        "importance": [
            {"column": entry.column}
            | _finite({"loss": entry.loss, "spread": entry.spread})
            for entry in judgement.importance
        ],
    }


def _describe_trust(judgement: Judgement) -> dict[str, Any]:
    """Return what is known of intervals and of what drives predictions, if anything."""
    told: dict[str, Any] = {}
    if judgement.coverage is not None:
        told["coverage"] = _without_infinite(asdict(judgement.coverage))
    sample = judgement.contributions
    if sample is not None and has_drivers(judgement):
        told["contributions"] = {
            "unit": sample.unit or judgement.target_unit,
            "n_rows": len(sample.values),
            "base": sample.base,
            "mean_size": {driver.name: driver.size for driver in rank_drivers(sample)},
        }
    return told


def _without_infinite(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in values.items()
        if not isinstance(value, float) or math.isfinite(value)
    }


def _finite(numbers: Mapping[str, float | None]) -> dict[str, float]:
    """Leave out what JSON has no number for."""
    return {
        name: float(value)
        for name, value in numbers.items()
        if value is not None and math.isfinite(value)
    }
