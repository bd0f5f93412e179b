"""How well probabilities set each class apart from all others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.judgement import Judgement
from sweepkit.tasks import HALF, Task

Kind = Literal["roc", "precision"]
Values = NDArray[np.float64]
MOST_DRAWN = 6
# With so many stated probabilities, classes that are not drawn are not scored either.
_MOST_CELLS = 4_000_000
# Finer than any screen, and as quick to draw for a million rows as for thousands.
_MOST_POINTS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One class against all others, over every threshold.

    Attributes:
        code: Place of the class in the order of the labels.
        x: Across: share of the others named so (`roc`) or recall (`precision`).
        y: Up: recall (`roc`) or precision; both of shape (n_points,).
        area: ROC AUC (`roc`) or average precision.
        share: Share of the holdout rows that are of the class.
    """

    code: int
    x: Values
    y: Values
    area: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """The curves of the largest classes, and what is known of the others.

    Attributes:
        drawn: One curve each, largest class first.
        areas: Code to area, of all classes that were scored, drawn or not.
        n_unscored: Classes with rows that were not scored, as that would take long.
    """

    drawn: tuple[Curve, ...]
    areas: Mapping[int, float]
    n_unscored: int = 0

    @property
    def n_hidden(self) -> int:
        """How many classes were scored and are not drawn."""
        return len(self.areas) - len(self.drawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenPoint:
    """Where on its curves a model of two classes works.

    Attributes:
        threshold: Probability of the positive class that decides for it.
        recall: Share of the positive rows that are found.
        false_alarms: Share of the other rows that are named positive.
        precision: Share of the rows named positive that are; NaN if none is.
    """

    threshold: float
    recall: float
    false_alarms: float
    precision: float


def list_drawable(judgement: Judgement) -> list[int]:
    """Return the classes that have curves, largest first; of two the positive one.

    A class without rows, or without any others, has none.
    """
    if judgement.probabilities is None:
        return []
    rows = np.bincount(judgement.actual.astype(np.intp), minlength=2)
    largest_first: list[int] = np.argsort(-rows, kind="stable").tolist()
    codes = [1] if judgement.task is Task.BINARY else largest_first
    return [code for code in codes if 0 < rows[code] < judgement.actual.size]


def trace_curves(judgement: Judgement, kind: Kind) -> Curves:
    """Return one curve for each of the largest classes against all others."""
    codes = list_drawable(judgement)
    room = max(MOST_DRAWN, _MOST_CELLS // judgement.actual.size)
    traced = [_trace(judgement, code, kind) for code in codes[:room]]
    return Curves(
        drawn=tuple(traced[:MOST_DRAWN]),
        areas={curve.code: curve.area for curve in traced},
        n_unscored=len(codes) - len(traced),
    )


def find_chosen_point(judgement: Judgement) -> ChosenPoint:
    """Return where the model works, by the classes it decided for."""
    positive, named = judgement.actual == 1, judgement.predicted == 1
    found = int(np.count_nonzero(positive & named))
    alarms = int(np.count_nonzero(named)) - found
    return ChosenPoint(
        threshold=HALF if judgement.threshold is None else judgement.threshold,
        recall=found / int(np.count_nonzero(positive)),
        false_alarms=alarms / int(np.count_nonzero(~positive)),
        precision=found / (found + alarms) if found + alarms else float("nan"),
    )


def _trace(judgement: Judgement, code: int, kind: Kind) -> Curve:
    from sklearn import metrics

    assert judgement.probabilities is not None, "asked of drawable classes only"
    hit, stated = judgement.actual == code, judgement.probabilities[:, code]
    if kind == "roc":
        x, y, _ = metrics.roc_curve(hit, stated)
        area = metrics.auc(x, y)
    else:
        y, x, _ = metrics.precision_recall_curve(hit, stated, drop_intermediate=True)
        area = metrics.average_precision_score(hit, stated)
    x, y = _thin(x), _thin(y)
    return Curve(code=code, x=x, y=y, area=float(area), share=float(hit.mean()))


def _thin(points: Values) -> Values:
    if points.size <= _MOST_POINTS:
        return points
    kept = np.linspace(0, points.size - 1, _MOST_POINTS).round().astype(np.intp)
    return points[kept]
