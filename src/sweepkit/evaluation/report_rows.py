"""What the tables of the report say, as plain strings."""

import math

from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.metrics import find_metric
from sweepkit.evaluation.report_classes import note_classes
from sweepkit.evaluation.summary import (
    compare_with_floor,
    list_metrics,
    spread_over_folds,
)
from sweepkit.evaluation.wording import (
    MEANINGS,
    format_score,
    format_spread,
    title_metric,
)

Row = dict[str, str]
# Constant class shares are always true on the whole: nothing there to beat.
UNCONTESTED = {"calibration_error"}


def list_scores(judgement: Judgement) -> list[Row]:
    """Return a row of the table of metrics for each metric."""
    rows = []
    for metric in list_metrics(judgement):
        mean, sd = spread_over_folds(judgement, metric)
        rows.append(
            {
                "label": title_metric(metric),
                "unit": unit_of(metric, judgement.target_unit),
                "meaning": MEANINGS.get(metric, ""),
                "selects": "selects models" if metric == judgement.metric else "",
                "folds": format_spread(metric, mean, sd, ""),
                "holdout": show_score(metric, judgement.holdout),
                "floor": show_score(metric, judgement.floor),
                "gain": _gain(judgement, metric),
            }
        )
    return rows


def list_folds(judgement: Judgement) -> dict[str, list[list[str]] | list[Row]]:
    """Return the table of folds: a heading for each metric, a row for each fold."""
    metrics = list_metrics(judgement)
    return {
        "heads": [
            {"label": title_metric(m), "unit": unit_of(m, judgement.target_unit)}
            for m in metrics
        ],
        "rows": [[show_score(m, fold) for m in metrics] for fold in judgement.folds],
    }


def list_importance(judgement: Judgement) -> list[Row]:
    """Return the importance of every column; the figure's numbers for all readers."""
    metric = judgement.metric
    return [
        {
            "column": entry.column,
            "loss": format_spread(
                metric, entry.loss, entry.spread, judgement.target_unit
            ),
        }
        for entry in judgement.importance
    ]


def list_facts(judgement: Judgement) -> Row:
    """Return what was judged, then the facts the caller added."""
    unit = f" ({judgement.target_unit})" if judgement.target_unit else ""
    return (
        {
            "model": judgement.model,
            "table": judgement.table,
            "target": judgement.target + unit,
            "training rows": f"{judgement.n_train:,}",
            "holdout rows": f"{judgement.actual.size:,}",
        }
        | note_classes(judgement)
        | judgement.facts
    )


def show_score(metric: str, scores: dict[str, float]) -> str:
    """Write one of some scores without its unit; `n/a` if it is not among them."""
    return format_score(metric, scores.get(metric, math.nan), "")


def unit_of(metric: str, target_unit: str) -> str:
    """Return the unit that stands beside a score: none if it is written with it."""
    return target_unit if find_metric(metric).unit == "target" else ""


def _gain(judgement: Judgement, metric: str) -> str:
    if metric in UNCONTESTED:
        return ""
    gain, share = compare_with_floor(judgement, metric)
    if math.isfinite(share):
        size, word = abs(100 * share), "less" if gain > 0 else "more"
        return f"{size:,.0f} % {word} error" if size >= 0.5 else "no better"
    return f"{gain:+.3f}" if math.isfinite(gain) else ""
