"""Two objectives against each other, and the trials between which one has to choose."""

from typing import TYPE_CHECKING, Literal

import numpy as np

from sweepkit.evaluation import scales, style
from sweepkit.sweep import report_look as look
from sweepkit.sweep.report_points import Points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PAIRS = 3


def state_front(points: Points) -> str:
    """Say how many trials are on the front."""
    count = len(points.result.front)
    if count == 1:
        return "One trial is the best in every objective"
    return f"Between {count:,} trials one has to choose: the rest is worse in both"


def draw_front(points: Points) -> "Figure":
    """Draw the first objective against each other one."""
    n_pairs = min(points.values.shape[1] - 1, MOST_PAIRS)
    figure = style.new_figure(11.2, 1.5 + 3.9 * n_pairs)
    for which in range(1, n_pairs + 1):
        axes = figure.add_subplot(n_pairs, 1, which)
        _draw_pair(axes, points, which)
    details = "Each mark is a complete trial; the star is the one chosen"
    style.set_title(figure, state_front(points), details=details)
    return figure


def _draw_pair(axes: "Axes", points: Points, which: int) -> None:
    plan = points.result.plan
    x, y = points.values[:, which], points.values[:, 0]
    rows = np.isfinite(x) & np.isfinite(y)
    on_front = np.isin(points.numbers, points.result.front) & rows
    across = look.find_limits(x[rows], plan.directions[which])
    along = look.find_limits(y[rows], plan.directions[0])
    size = look.mark_size(points.numbers.size)
    for mask, options in (
        (rows & ~on_front, {"color": "#b8c4ce", "label": "other"}),
        (on_front, {"color": style.BLUE, "label": "front", "zorder": 4}),
    ):
        inside = look.keep_inside(x[mask], across), look.keep_inside(y[mask], along)
        axes.scatter(*inside, s=size, linewidths=0, **options)
    if points.values.shape[1] == 2 and on_front.any():
        order = np.argsort(x[on_front], kind="stable")
        where: Literal["post", "pre"] = (
            "post" if plan.directions[which] == "minimize" else "pre"
        )
        path = x[on_front][order], y[on_front][order]
        axes.step(*path, where=where, color=style.BLUE, lw=1.3, zorder=3)
    if points.best is not None:
        axes.scatter(x[points.best], y[points.best], **look.star(points.numbers.size))
    look.name_value_axis(axes, points, along, 0)
    axes.set_xlim(across)
    axes.xaxis.set_major_formatter(scales.compact("", across))
    better = "lower" if plan.directions[which] == "minimize" else "higher"
    axes.set_xlabel(f"{plan.objectives[which]} ({better} is better)")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
