"""What the tables and tiles of the report say, as plain strings."""

import math

from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.metrics import find_metric
from sweepkit.evaluation.summary import (
    compare_with_floor,
    list_metrics,
    spread_over_folds,
)
from sweepkit.evaluation.wording import (
    MEANINGS,
    format_score,
    format_spread,
    label_metric,
)

Row = dict[str, str]


def list_verdict(judgement: Judgement) -> Row:
    """Say whether the model beats the floor by the metric that selects models."""
    gain, _ = compare_with_floor(judgement, judgement.metric)
    label = label_metric(judgement.metric)
    if math.isnan(gain):
        return {"kind": "unknown", "text": f"No {label} on the holdout to judge by"}
    if gain > 0:
        return {"kind": "good", "text": f"✓ Beats the floor by {label}"}
    return {"kind": "bad", "text": f"✗ Does not beat the floor by {label}"}


def list_tiles(judgement: Judgement) -> list[Row]:
    """Return the three numbers to see first: selecting metric, fit, folds."""
    metric, unit = judgement.metric, judgement.target_unit
    mean, sd = spread_over_folds(judgement, metric)
    count = len(judgement.folds)
    tiles = [_tile_holdout(judgement, metric)]
    second = "r2" if metric != "r2" else "mae"
    if second in judgement.holdout:
        tiles.append(_tile_holdout(judgement, second))
    tiles.append(
        {
            "label": f"Cross-validated {label_metric(metric)}",
            "value": format_spread(metric, mean, sd, ""),
            "unit": _unit_of(metric, unit),
            "note": f"over {count} folds of the training rows"
            if count > 1
            else "on one fold of the training rows",
            "bar": "",
        }
    )
    return tiles


def list_scores(judgement: Judgement) -> list[Row]:
    """Return a row of the table of metrics for each metric."""
    rows = []
    for metric in list_metrics(judgement):
        mean, sd = spread_over_folds(judgement, metric)
        rows.append(
            {
                "label": label_metric(metric),
                "unit": _unit_of(metric, judgement.target_unit),
                "meaning": MEANINGS.get(metric, ""),
                "selects": "selects models" if metric == judgement.metric else "",
                "folds": format_spread(metric, mean, sd, ""),
                "holdout": _show(metric, judgement.holdout),
                "floor": _show(metric, judgement.floor),
                "gain": _gain(judgement, metric),
            }
        )
    return rows


def list_folds(judgement: Judgement) -> dict[str, list[list[str]] | list[Row]]:
    """Return the table of folds: a heading for each metric, a row for each fold."""
    metrics = list_metrics(judgement)
    return {
        "heads": [
            {"label": label_metric(m), "unit": _unit_of(m, judgement.target_unit)}
            for m in metrics
        ],
        "rows": [[_show(m, fold) for m in metrics] for fold in judgement.folds],
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
    return {
        "model": judgement.model,
        "table": judgement.table,
        "target": judgement.target + unit,
        "training rows": f"{judgement.n_train:,}",
        "holdout rows": f"{judgement.actual.size:,}",
    } | judgement.facts


def _tile_holdout(judgement: Judgement, metric: str) -> Row:
    _, share = compare_with_floor(judgement, metric)
    floor = _show(metric, judgement.floor)
    tile = {
        "label": f"Holdout {label_metric(metric)}",
        "value": _show(metric, judgement.holdout),
        "unit": _unit_of(metric, judgement.target_unit),
        "note": f"the constant median has {floor}",
        "bar": "",
    }
    if math.isfinite(share):
        # The bar's whole length is the floor's error, its filled part the model's.
        tile["bar"] = f"{100 * min(1.0, 1 - share):.1f}"
    return tile


def _gain(judgement: Judgement, metric: str) -> str:
    gain, share = compare_with_floor(judgement, metric)
    if math.isfinite(share):
        size, word = abs(100 * share), "less" if gain > 0 else "more"
        return f"{size:,.0f} % {word} error" if size >= 0.5 else "no better"
    return f"{gain:+.3f}" if math.isfinite(gain) else ""


def _show(metric: str, scores: dict[str, float]) -> str:
    return format_score(metric, scores.get(metric, math.nan), "")


def _unit_of(metric: str, target_unit: str) -> str:
    return target_unit if find_metric(metric).unit == "target" else ""
