"""What the report's tables about single classes say, as plain strings."""

import math
from typing import Any

from sweepkit.evaluation.confusion import (
    ClassScore,
    count_confusions,
    gather_small,
    score_classes,
)
from sweepkit.evaluation.confusion_figure import MOST_CLASSES
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.labels import (
    count_rows,
    name_class,
    write_label,
    write_labels,
    write_share,
)
from sweepkit.evaluation.wording import MISSING
from sweepkit.tasks import HALF, Task

# Rows that are seen at once, and those behind a click.
MOST_ROWS, MOST_MORE = 12, 100
_WIDEST = 80  # letters of a label within a sentence
Row = dict[str, str]


def list_classes(judgement: Judgement) -> dict[str, Any]:
    """Return the table of classes: sentences, rows to see at once, further rows.

    More classes than a page holds are sorted, the worst F1 first.
    """
    scores = score_classes(count_confusions(judgement))
    lede, short = _say_how_decided(judgement), write_labels(judgement, 40)
    shown = scores
    if len(scores) > MOST_ROWS:
        # Classes without a value are those nothing is known about: they come last.
        shown = sorted(scores, key=lambda s: math.inf if math.isnan(s.f1) else s.f1)
        lede += f" The {MOST_ROWS} classes with the lowest F1 stand first."
    rows = [
        _describe_class(judgement, score, short)
        for score in shown[: MOST_ROWS + MOST_MORE]
    ]
    rest = len(scores) - len(rows)
    return {
        "summary": _sum_up(judgement, scores),
        "lede": lede,
        "rows": rows[:MOST_ROWS],
        "more": rows[MOST_ROWS:],
        "note": f"{rest} more stand in evaluation_report.json." if rest else "",
    }


def list_confusions(judgement: Judgement) -> dict[str, Any]:
    """Return the confusion matrix in numbers: labels of its columns, rows of cells."""
    counts, kept = gather_small(count_confusions(judgement), MOST_CLASSES)
    labels = [write_labels(judgement)[code] for code in kept]
    if len(kept) < len(judgement.classes):
        labels.append(f"{len(judgement.classes) - len(kept)} others")
    rows = [
        {"label": label, "cells": [f"{count:,}" for count in line]}
        for label, line in zip(labels, counts, strict=True)
    ]
    return {"heads": labels, "rows": rows}


def note_classes(judgement: Judgement) -> Row:
    """Return the facts about classes: their labels and what decides for one."""
    if not judgement.task.has_classes:
        return {}
    labels = write_labels(judgement)
    shown = ", ".join(labels[:MOST_CLASSES])
    rest = len(labels) - MOST_CLASSES
    facts = {"classes": f"{shown} and {rest} more" if rest > 0 else shown}
    if judgement.task is Task.BINARY:
        facts["positive class"] = labels[1]
        facts["threshold"] = f"{_threshold(judgement):.4g}"
    return facts


def _sum_up(judgement: Judgement, scores: list[ClassScore]) -> str:
    """Say what the share of right rows hides: how the class sought or worst fares."""
    known = [score for score in scores if score.n_rows]
    if judgement.task is Task.BINARY:
        sought = scores[1]
        name = name_class(judgement, 1, _WIDEST)
        if not sought.n_rows or not sought.n_named:
            return f"It names {count_rows(sought.n_named)} {name}."
        return (
            f"It finds {write_share(sought.recall)} of {name}, and "
            f"{write_share(sought.precision)} of the rows it names so are right."
        )
    worst = min(known, key=lambda score: score.recall)
    if worst.recall == 1:
        return ""
    found = round(worst.recall * worst.n_rows)
    return (
        f"It finds least of {name_class(judgement, worst.code, _WIDEST)}: {found:,} of "
        f"{count_rows(worst.n_rows)}."
    )


def _say_how_decided(judgement: Judgement) -> str:
    if judgement.task is not Task.BINARY:
        return "A row is named after the class with the largest probability."
    return (
        f"A row is named {write_label(judgement.classes[1])} if the probability of it "
        f"is {_threshold(judgement):.4g} or more."
    )


def _threshold(judgement: Judgement) -> float:
    return HALF if judgement.threshold is None else judgement.threshold


def _describe_class(judgement: Judgement, score: ClassScore, short: list[str]) -> Row:
    mistaken = "never"
    if score.mistaken_for is not None:
        mistaken = f"{short[score.mistaken_for]} ({count_rows(score.n_mistaken)})"
    elif not score.n_rows:
        mistaken = MISSING
    positive = judgement.task is Task.BINARY and score.code == 1
    return {
        "label": write_label(judgement.classes[score.code]),
        "chip": "positive" if positive else "",
        "rows": f"{score.n_rows:,}",
        "share": _percent(score.n_rows / judgement.actual.size),
        "recall": _percent(score.recall),
        "precision": _percent(score.precision),
        "f1": MISSING if math.isnan(score.f1) else f"{score.f1:.4f}",
        "mistaken": mistaken,
    }


def _percent(share: float) -> str:
    return MISSING if math.isnan(share) else write_share(share)
