"""What each figure about classes shows, in one sentence."""

import numpy as np

from sweepkit.evaluation.confusion import count_confusions, find_worst_confusion
from sweepkit.evaluation.curves import Curves, trace_curves
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.labels import count_rows, name_class
from sweepkit.evaluation.reliability import Reliability, measure_reliability
from sweepkit.tasks import Task

# Share of the positive rows that the title of precision and recall asks for.
WANTED_RECALL = 0.9
# From here on a model is called too sure, or not sure enough.
CLEAR_SURENESS = 0.02


def state_confusion(judgement: Judgement) -> str:
    """Say what is found and missed or, of many classes, what is mixed up most."""
    counts = count_confusions(judgement)
    (others, alarms), (missed, found) = counts[:2, :2]
    if judgement.task is Task.BINARY and found + missed and others + alarms:
        return (
            f"Finds {found:,} of {count_rows(found + missed)} of "
            f"{name_class(judgement, 1)}; takes {alarms:,} of {others + alarms:,} "
            "others for it"
        )
    right, total = int(np.trace(counts)), int(counts.sum())
    if right == total:
        return f"All of {count_rows(total)} get the right class"
    actual, named, rows = find_worst_confusion(counts)
    return (
        f"Right for {right:,} of {count_rows(total)}; most often takes "
        f"{name_class(judgement, actual)} for {name_class(judgement, named)} "
        f"({count_rows(rows)})"
    )


def state_separation(judgement: Judgement, curves: Curves | None = None) -> str:
    """Say how well classes are told apart, whatever the threshold."""
    curves = curves or trace_curves(judgement, "roc")
    if judgement.task is Task.BINARY:
        (curve,) = curves.drawn
        return (
            f"A row of {name_class(judgement, 1)} gets a higher probability of it than "
            f"another row in {100 * curve.area:.1f} % of pairs"
        )
    return _state_extremes(judgement, curves, "ROC AUC", "Told apart from the others")


def state_precision(judgement: Judgement, curves: Curves | None = None) -> str:
    """Say what finding most rows of a class costs in false alarms."""
    curves = curves or trace_curves(judgement, "precision")
    if judgement.task is Task.BINARY:
        (curve,) = curves.drawn
        best = float(curve.y[curve.x >= WANTED_RECALL].max())
        return (
            f"With {100 * WANTED_RECALL:.0f} % of {name_class(judgement, 1)} found, "
            f"{100 * best:.1f} % of the rows named so are right"
        )
    return _state_extremes(judgement, curves, "average precision", "Named reliably")


def state_calibration(
    judgement: Judgement, reliability: Reliability | None = None
) -> str:
    """Say whether stated probabilities come true, and if not, which way they err."""
    found = reliability or measure_reliability(judgement)
    points = f"{100 * found.error:.1f} points off on average"
    if found.error <= found.luck:
        rows = count_rows(judgement.actual.size)
        return f"Stated probabilities come true: {points} is within the luck of {rows}"
    if abs(found.sureness) < CLEAR_SURENESS:
        return f"Stated probabilities are {points}, more than luck explains"
    word = "Too sure of itself" if found.sureness > 0 else "Surer than it says"
    return (
        f"{word}: it gives the class it finds likeliest "
        f"{100 * (found.right + found.sureness):.1f} % on average and is right for "
        f"{100 * found.right:.1f} %"
    )


def _state_extremes(
    judgement: Judgement, curves: Curves, measure: str, words: str
) -> str:
    ranked = sorted(curves.areas, key=lambda code: curves.areas[code])
    worst, best = ranked[0], ranked[-1]
    high, low = curves.areas[best], curves.areas[worst]
    if f"{low:.3f}" == f"{high:.3f}":
        return f"{words}: every class equally well, {measure} {high:.3f}"
    return (
        f"{words}: {name_class(judgement, best)} best ({measure} {high:.3f}), "
        f"{name_class(judgement, worst)} worst ({low:.3f})"
    )
