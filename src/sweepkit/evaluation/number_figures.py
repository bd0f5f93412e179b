"""Draw predicted numbers against actual ones, and how errors grow."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation import cells, findings, scales, style
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.wording import format_score, label_metric, shorten_middle

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# From here on single points merge into a blot; cells that count them do not.
MANY_ROWS = 1_500


def draw_predicted(judgement: Judgement) -> "Figure":
    """Draw each row at its actual value and its prediction."""
    figure, axes = style.new_axes(7.4, 6.5, "compressed")
    actual, predicted = judgement.actual, judgement.predicted
    limits = scales.limits_of(np.concatenate([actual, predicted]))
    _draw_cloud(axes, actual, predicted, limits, limits)
    axes.axline(
        (limits[0],) * 2,
        slope=1,
        color=style.VERMILLION,
        lw=1.6,
        label="predicted = actual",
    )
    axes.set(xlim=limits, ylim=limits, aspect="equal")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(scales.compact(judgement.target_unit, limits))
    _name_axis(axes.set_xlabel, "Actual", judgement)
    _name_axis(axes.set_ylabel, "Predicted", judgement)
    hidden = scales.count_outside(actual, limits, predicted, limits)
    title = findings.state_accuracy(judgement)
    style.set_title(figure, title, details=_sum_up(judgement, hidden))
    axes.legend(loc="lower right")
    return figure


def draw_residuals(judgement: Judgement) -> "Figure":
    """Draw how far off predictions are at each level."""
    figure, axes = style.new_axes(7.4, 6.5)
    predicted, residuals = judgement.predicted, findings.residuals_of(judgement)
    across, along = scales.limits_of(predicted), scales.limits_of(residuals)
    # The legend gets a strip of its own, so that it never covers a row.
    along = (along[0] - 0.12 * (along[1] - along[0]), along[1])
    _draw_cloud(axes, predicted, residuals, across, along)
    axes.axhline(0, color=style.VERMILLION, lw=1.6, label="no error")
    if findings.has_trend(judgement):
        _draw_trend(axes, predicted, residuals)
    axes.set(xlim=across, ylim=along)
    axes.legend(loc="lower left", ncols=3)
    axes.xaxis.set_major_formatter(scales.compact(judgement.target_unit, across))
    axes.yaxis.set_major_formatter(scales.compact(judgement.target_unit, along))
    _name_axis(axes.set_xlabel, "Predicted", judgement)
    axes.set_ylabel(findings.label_residual(judgement))
    hidden = scales.count_outside(predicted, across, residuals, along)
    title = findings.state_error_growth(judgement)
    style.set_title(figure, title, details=_sum_up(judgement, hidden))
    return figure


def _draw_cloud(
    axes: "Axes",
    x: scales.Values,
    y: scales.Values,
    across: scales.Limits,
    along: scales.Limits,
) -> None:
    """Draw rows as points, or as counted cells where points would merge."""
    if x.size < MANY_ROWS:
        axes.scatter(x, y, s=26, color=style.BLUE, alpha=0.55, linewidths=0)
        return
    cells.count_cells(axes, x, y, across=across, along=along)


def _draw_trend(
    axes: "Axes", predicted: NDArray[np.float64], residuals: NDArray[np.float64]
) -> None:
    """Add the median residual and the middle 80 % along the predictions."""
    n_bins = min(16, predicted.size // 20)
    bins = np.array_split(np.argsort(predicted, kind="stable"), n_bins)
    centres = [float(np.median(predicted[rows])) for rows in bins]
    low, middle, high = np.transpose(
        [np.quantile(residuals[rows], [0.1, 0.5, 0.9]) for rows in bins]
    )
    halo = style.halo()
    axes.plot(centres, middle, "k-", lw=2, label="median", path_effects=halo)
    axes.plot(centres, low, "k--", lw=1.3, label="middle 80 %", path_effects=halo)
    axes.plot(centres, high, "k--", lw=1.3, path_effects=halo)


def _name_axis(
    set_label: Callable[[str], object], word: str, judgement: Judgement
) -> None:
    name = f"{word} {shorten_middle(judgement.target, 34)}"
    set_label(scales.label_with_unit(name, judgement.target_unit))


def _sum_up(judgement: Judgement, hidden: int) -> str:
    """Name the number of rows, the selecting metric, R², and rows not shown."""
    parts = [f"{judgement.actual.size:,} holdout rows"]
    for metric in dict.fromkeys((judgement.metric, "r2")):
        if metric in judgement.holdout:
            score = judgement.holdout[metric]
            shown = format_score(metric, score, judgement.target_unit)
            parts.append(f"{label_metric(metric)} {shown}")
    if hidden:
        parts.append(f"{hidden:,} outside the frame")
    return " · ".join(parts)
