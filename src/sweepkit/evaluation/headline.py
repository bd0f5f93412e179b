"""The verdict on a model in one plain sentence."""

import math

from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.metrics import find_metric
from sweepkit.evaluation.wording import format_score, label_metric


def write_headline(judgement: Judgement) -> str:
    """State the verdict in one plain sentence.

    It speaks of the mean absolute error or the share of right classes, which need no
    explanation, and falls back to the metric that selects models where that was not
    computed.
    """
    plain = "accuracy" if judgement.task.has_classes else "mae"
    if not _has(judgement, plain):
        return _compare_by_metric(judgement)
    if judgement.task.has_classes:
        return _compare_by_rows(judgement)
    return _compare_by_distance(judgement)


def name_floor(judgement: Judgement) -> str:
    """Return what the floor is, such as `the constant median`."""
    return "a constant guess" if judgement.task.has_classes else "the constant median"


def _compare_by_distance(judgement: Judgement) -> str:
    score, floor = _write_pair(judgement, "mae")
    if not _beats(judgement, "mae"):
        return _admit(judgement, f"its mean error is {score}", floor)
    return (
        f"{judgement.model} predicts {judgement.target} within {score} on average on "
        f"rows it never saw; the constant median is off by {floor}."
    )


def _compare_by_rows(judgement: Judgement) -> str:
    score, floor = _write_pair(judgement, "accuracy")
    model, target = judgement.model, judgement.target
    if _beats(judgement, "accuracy"):
        return (
            f"{model} names the right class of {target} for {score} of rows it never "
            f"saw; always guessing the most frequent class is right for {floor}."
        )
    if _beats(judgement, judgement.metric):
        # As with a rare class that is told apart and yet never the likelier one.
        return (
            f"{_compare_by_metric(judgement)[:-1]}. Yet it names the right class no "
            f"more often than always guessing the most frequent one: for {score} of "
            f"rows against {floor}."
        )
    return (
        f"{model} does not beat a constant guess of {target} on rows it never saw: it "
        f"is right for {score}, always guessing the most frequent class for {floor}."
    )


def _compare_by_metric(judgement: Judgement) -> str:
    score, floor = _write_pair(judgement, judgement.metric)
    label = label_metric(judgement.metric)
    if not _beats(judgement, judgement.metric):
        return _admit(judgement, f"its {label} is {score}", floor)
    return (
        f"{judgement.model} reaches {label} {score} for {judgement.target} on rows it "
        f"never saw; {name_floor(judgement)} reaches {floor}."
    )


def _admit(judgement: Judgement, told: str, floor: str) -> str:
    return (
        f"{judgement.model} does not beat a constant guess of {judgement.target} on "
        f"rows it never saw: {told}, {name_floor(judgement)} has {floor}."
    )


def _has(judgement: Judgement, metric: str) -> bool:
    return metric in judgement.holdout and metric in judgement.floor


def _beats(judgement: Judgement, metric: str) -> bool:
    score = judgement.holdout.get(metric, math.nan)
    floor = judgement.floor.get(metric, math.nan)
    return find_metric(metric).is_better(score, floor)


def _write_pair(judgement: Judgement, metric: str) -> tuple[str, str]:
    """Write the model's score and the floor's.

    The second has no unit of the target, as that was named just before.
    """
    score = judgement.holdout.get(metric, math.nan)
    floor = judgement.floor.get(metric, math.nan)
    shown = format_score(metric, score, judgement.target_unit)
    return shown, format_score(metric, floor, "")
