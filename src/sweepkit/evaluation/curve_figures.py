"""Draw what finding a class costs, over every threshold."""

import math
from typing import TYPE_CHECKING

from sweepkit.evaluation import class_findings, scales, style
from sweepkit.evaluation.curves import Curves, find_chosen_point, trace_curves
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.labels import (
    count_holdout,
    name_class,
    write_labels,
    write_share,
)
from sweepkit.tasks import Task

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# A curve along the frame, as of a perfect model, is drawn whole.
LIMITS = (-0.02, 1.02)
LEGEND_WIDTH = 20


def draw_roc(judgement: Judgement) -> "Figure":
    """Draw the share of a class that is found over the share of false alarms."""
    curves = trace_curves(judgement, "roc")
    figure, axes = _new_axes()
    axes.plot([0, 1], [0, 1], color=style.MUTED, lw=1.2, ls=":", label="blind guess")
    _draw_curves(axes, judgement, curves, "AUC", "default")
    if judgement.task is Task.BINARY:
        point = find_chosen_point(judgement)
        told = f"{write_share(point.false_alarms)} false alarms"
        _mark_point(axes, point.false_alarms, point.recall, told, judgement)
    who = _name_sought(judgement)
    axes.set_xlabel(f"False positive rate: other rows named {who}")
    axes.set_ylabel(f"Recall: rows of {who} that are found")
    _add_legend(figure, axes)
    title = class_findings.state_separation(judgement, curves)
    style.set_title(
        figure, title, details=_sum_up(judgement, curves, "ROC AUC"), even=True
    )
    return figure


def draw_precision_recall(judgement: Judgement) -> "Figure":
    """Draw how many of the rows named so are right over the share that is found."""
    curves = trace_curves(judgement, "precision")
    figure, axes = _new_axes()
    if judgement.task is Task.BINARY:
        base = curves.drawn[0].share
        axes.axhline(base, color=style.MUTED, lw=1.2, ls=":", label="blind guess")
    _draw_curves(axes, judgement, curves, "AP", "steps-post")
    if judgement.task is Task.BINARY:
        point = find_chosen_point(judgement)
        told = f"{write_share(point.precision)} of those named so right"
        if not math.isnan(point.precision):
            _mark_point(axes, point.recall, point.precision, told, judgement)
    who = _name_sought(judgement)
    axes.set_xlabel(f"Recall: rows of {who} that are found")
    axes.set_ylabel(f"Precision: rows named {who} that are")
    _add_legend(figure, axes)
    title = class_findings.state_precision(judgement, curves)
    details = _sum_up(judgement, curves, "average precision")
    style.set_title(figure, title, details=details, even=True)
    return figure


def _new_axes() -> "tuple[Figure, Axes]":
    figure, axes = style.new_axes(7.4, 6.5)
    axes.set(xlim=LIMITS, ylim=LIMITS)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(scales.write_percent)
    return figure, axes


def _draw_curves(
    axes: "Axes", judgement: Judgement, curves: Curves, area: str, steps: str
) -> None:
    labels = write_labels(judgement, LEGEND_WIDTH)
    for curve, (color, dashes) in zip(curves.drawn, style.SERIES, strict=False):
        axes.plot(
            curve.x,
            curve.y,
            color=color,
            ls="-" if len(curves.drawn) == 1 else dashes,
            lw=2.2,
            drawstyle=steps,
            label=f"{labels[curve.code]} ({area} {curve.area:.3f})",
        )


def _mark_point(
    axes: "Axes", x: float, y: float, told: str, judgement: Judgement
) -> None:
    point = find_chosen_point(judgement)
    found = f"threshold {point.threshold:.3g}: finds {write_share(point.recall)}"
    axes.plot(
        [x],
        [y],
        "o",
        color=style.VERMILLION,
        ms=10,
        mec="white",
        mew=1.5,
        clip_on=False,
        zorder=5,
        label=f"{found},\n{told}",
    )


def _add_legend(figure: "Figure", axes: "Axes") -> None:
    """Explain the lines below the axes, as curves may pass anywhere within."""
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower left", ncols=2, frameon=False, fontsize=11
    )


def _name_sought(judgement: Judgement) -> str:
    return name_class(judgement, 1, 20) if judgement.task is Task.BINARY else "a class"


def _sum_up(judgement: Judgement, curves: Curves, measure: str) -> str:
    """Name the rows, and in words the classes that are not drawn."""
    parts = [count_holdout(judgement)]
    if judgement.task is Task.BINARY:
        parts.append(f"{write_share(curves.drawn[0].share)} of them are of the class")
        return " · ".join(parts)
    parts.append("each class against all others")
    hidden = list(curves.areas.values())[len(curves.drawn) :]
    if hidden:
        word = "class" if len(hidden) == 1 else "classes"
        span = f"{min(hidden):.3f}"
        if len(hidden) > 1:
            span += f" to {max(hidden):.3f}"
        parts.append(f"not drawn: {len(hidden)} smaller {word}, {measure} {span}")
    rest = curves.n_unscored
    if rest:
        parts.append(f"{rest} smaller classes are left out")
    return " · ".join(parts)
