"""Which class is taken for which, and how well each class fares."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.judgement import Judgement

Counts = NDArray[np.int64]
_MOST_IN_JSON = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassScore:
    """How one class fares on the holdout.

    Attributes:
        code: Its place in the order of the labels.
        n_rows: Holdout rows that are of it.
        n_named: Holdout rows that are named so, rightly or wrongly.
        precision: Share of rows named so that are; NaN if none is named so.
        recall: Share of its rows that are named so; NaN if it has no rows.
        f1: Harmonic mean of both; NaN if it neither has rows nor is named.
        mistaken_for: Code of the class its rows are most often taken for; None if
            they never are.
        n_mistaken: How many of its rows that are.
    """

    code: int
    n_rows: int
    n_named: int
    precision: float
    recall: float
    f1: float
    mistaken_for: int | None
    n_mistaken: int


def count_confusions(judgement: Judgement) -> Counts:
    """Count the holdout rows of each actual class (down) and named class (across).

    Returns:
        Shape (n_classes, n_classes), both in the order of the labels.
    """
    k = len(judgement.classes)
    pairs = judgement.actual.astype(np.intp) * k + judgement.predicted.astype(np.intp)
    return np.bincount(pairs, minlength=k * k).reshape(k, k).astype(np.int64)


def score_classes(counts: Counts) -> list[ClassScore]:
    """Return the score of every class, in the order of the labels."""
    return [_score_class(counts, code) for code in range(len(counts))]


def find_worst_confusion(counts: Counts) -> tuple[int, int, int]:
    """Return actual code, named code and number of rows of the commonest mistake."""
    mistakes = counts - np.diag(np.diag(counts))
    actual, named = np.unravel_index(int(np.argmax(mistakes)), counts.shape)
    return int(actual), int(named), int(mistakes[actual, named])


def gather_small(counts: Counts, most: int) -> tuple[Counts, list[int]]:
    """Join all but the largest classes into one, which comes last.

    Args:
        counts: As `count_confusions` returns them.
        most: Classes that keep a row of their own; one more than that still fits, as
            a rest of a single class says less than the class.

    Returns:
        The smaller matrix, and the codes kept, in the order of the labels.
    """
    k = len(counts)
    if k <= most + 1:
        return counts, list(range(k))
    kept = sorted(np.argsort(-counts.sum(axis=1), kind="stable")[:most].tolist())
    place = np.full(k, most)
    place[kept] = np.arange(most)
    joined = np.zeros((most + 1, most + 1), dtype=np.int64)
    np.add.at(joined, np.ix_(place, place), counts)
    return joined, kept


def describe_classes(judgement: Judgement) -> dict[str, Any]:
    """Return what JSON has of the classes; nothing for a regression.

    The matrix of more than 100 classes is left out: it would be most of the file.
    """
    if not judgement.task.has_classes:
        return {}
    counts = count_confusions(judgement)
    return {
        "classes": list(judgement.classes),
        "threshold": judgement.threshold,
        "by_class": [
            _describe_class(judgement, score) for score in score_classes(counts)
        ],
    } | ({"confusion_matrix": counts.tolist()} if len(counts) <= _MOST_IN_JSON else {})


def _describe_class(judgement: Judgement, score: ClassScore) -> dict[str, Any]:
    shares = {name: getattr(score, name) for name in ("precision", "recall", "f1")}
    return {
        "class": judgement.classes[score.code],
        "n_rows": score.n_rows,
        "n_named": score.n_named,
    } | {name: value for name, value in shares.items() if math.isfinite(value)}


def _score_class(counts: Counts, code: int) -> ClassScore:
    right = int(counts[code, code])
    n_rows, n_named = int(counts[code].sum()), int(counts[:, code].sum())
    elsewhere = counts[code].copy()
    elsewhere[code] = 0
    other = int(np.argmax(elsewhere))
    n_mistaken = int(elsewhere[other])
    return ClassScore(
        code=code,
        n_rows=n_rows,
        n_named=n_named,
        precision=_share(right, n_named),
        recall=_share(right, n_rows),
        f1=_share(2 * right, n_rows + n_named),
        mistaken_for=other if n_mistaken else None,
        n_mistaken=n_mistaken,
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
