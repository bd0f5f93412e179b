"""What the top of the report says: the verdict and the numbers to see first."""

import math

from sweepkit.evaluation.coverage_findings import write_asked, write_covered
from sweepkit.evaluation.headline import name_floor
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.report_rows import UNCONTESTED, Row, show_score, unit_of
from sweepkit.evaluation.summary import compare_with_floor, spread_over_folds
from sweepkit.evaluation.wording import format_number, format_spread, label_metric

# The metric beside the selecting one, and the one that stands in for it, by whether
# there are classes.
_PLAINEST = {False: ("r2", "mae"), True: ("accuracy", "balanced_accuracy")}


def list_verdict(judgement: Judgement) -> Row:
    """Say whether the model beats the floor by the metric that selects models."""
    gain, _ = compare_with_floor(judgement, judgement.metric)
    label = label_metric(judgement.metric)
    if math.isnan(gain):
        return {"kind": "unknown", "text": f"No {label} on the holdout to judge by"}
    if judgement.metric in UNCONTESTED:
        text = f"A constant guess has next to no {label}: judge by the other scores"
        return {"kind": "unknown", "text": text}
    if gain > 0:
        return {"kind": "good", "text": f"✓ Beats the floor by {label}"}
    return {"kind": "bad", "text": f"✗ Does not beat the floor by {label}"}


def list_tiles(judgement: Judgement) -> list[Row]:
    """Return the numbers to see first: selecting metric, fit, folds, intervals."""
    metric, unit = judgement.metric, judgement.target_unit
    mean, sd = spread_over_folds(judgement, metric)
    count = len(judgement.folds)
    tiles = [_tile_holdout(judgement, metric)]
    first, other = _PLAINEST[judgement.task.has_classes]
    second = first if metric != first else other
    if second in judgement.holdout:
        tiles.append(_tile_holdout(judgement, second))
    tiles.append(
        {
            "label": f"Cross-validated {label_metric(metric)}",
            "value": format_spread(metric, mean, sd, ""),
            "unit": unit_of(metric, unit),
            "note": f"over {count} folds of the training rows"
            if count > 1
            else "on one fold of the training rows",
            "bar": "",
        }
    )
    return [*tiles, *_tile_coverage(judgement)]


def _tile_coverage(judgement: Judgement) -> list[Row]:
    coverage = judgement.coverage
    if coverage is None:
        return []
    classes = judgement.task.has_classes
    kind = "prediction set" if classes else "interval"
    width = f"{coverage.width:.2f}" if classes else format_number(coverage.width)
    return [
        {
            "label": f"Mean {write_asked(coverage)} {kind}",
            "value": width,
            "unit": "labels" if classes else judgement.target_unit,
            "note": f"{write_covered(coverage)} of holdout rows lie within",
            "bar": "",
        }
    ]


def _tile_holdout(judgement: Judgement, metric: str) -> Row:
    _, share = compare_with_floor(judgement, metric)
    floor = show_score(metric, judgement.floor)
    tile = {
        "label": f"Holdout {label_metric(metric)}",
        "value": show_score(metric, judgement.holdout),
        "unit": unit_of(metric, judgement.target_unit),
        "note": f"{name_floor(judgement)} has {floor}",
        "bar": "",
    }
    if math.isfinite(share):
        # The bar's whole length is the floor's error, its filled part the model's.
        tile["bar"] = f"{100 * min(1.0, 1 - share):.1f}"
    return tile
