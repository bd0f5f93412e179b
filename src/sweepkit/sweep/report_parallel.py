"""All parameters of all trials side by side: one line a trial."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sweepkit.evaluation import scales, style
from sweepkit.evaluation.wording import shorten_middle
from sweepkit.sweep import report_look as look
from sweepkit.sweep.report_columns import Floats, Setting
from sweepkit.sweep.report_points import Points
from sweepkit.sweep.report_settings import color_map

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_AXES = 9
NOT_SET = -0.14  # height for trials that do not have the parameter
_TOP_SHARE = 0.1
_LINE_CHARS = 13


@dataclass(frozen=True, slots=True)
class Rail:
    """One vertical axis: heights from 0 to 1, shape (n_trials,), and its marks."""

    label: str
    heights: Floats
    marks: tuple[tuple[float, str], ...]


def draw_parallel(points: Points) -> "Figure":
    """Draw a line a complete trial through its parameters to its value."""
    rows = np.isfinite(points.values[:, 0])
    rails = [_make_rail(setting) for setting in points.varying(MOST_AXES)]
    rails += [_make_value_rail(points, i) for i in range(points.values.shape[1])]
    figure, axes = style.new_axes(11.2, 5.4)
    heights = np.transpose([rail.heights for rail in rails])
    has_gaps = bool(np.isnan(heights[rows]).any())
    heights = np.where(np.isnan(heights), NOT_SET, heights)
    _draw_lines(axes, points, heights, rows)
    for place, rail in enumerate(rails):
        _draw_rail(axes, rail, place)
    if has_gaps:
        axes.text(-0.06, NOT_SET, "not used", ha="right", va="center", size=9.5)
    axes.set_xticks(range(len(rails)), [_break(rail.label) for rail in rails])
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0, pad=8, labelsize=12 if len(rails) < 8 else 10)
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_xlim(-0.35, len(rails) - 0.5)
    axes.set_ylim(NOT_SET - 0.05 if has_gaps else -0.06, 1.05)
    details = "Dark lines are the best tenth, the green one is the best trial"
    style.set_title(figure, state_parallel(points), details=details)
    return figure


def state_parallel(points: Points) -> str:
    """Say how many trials the lines show."""
    count = int(np.isfinite(points.values[:, 0]).sum())
    return f"What {count:,} complete trials tried, and what came of it"


def _draw_lines(axes: "Axes", points: Points, heights: Floats, rows: Floats) -> None:
    from matplotlib.collections import LineCollection

    sign = 1 if points.result.plan.directions[0] == "minimize" else -1
    complete = np.flatnonzero(rows)
    worst_first = complete[
        np.argsort(-sign * points.values[complete, 0], kind="stable")
    ]
    n_lines = worst_first.size
    n_top = max(1, round(_TOP_SHARE * n_lines))
    shades = np.full(n_lines, 0.12)
    shades[-n_top:] = np.linspace(0.6, 1.0, n_top)
    widths = np.where(np.arange(n_lines) >= n_lines - n_top, 1.7, 0.9)
    places = np.arange(heights.shape[1])
    lines = [np.column_stack([places, heights[row]]) for row in worst_first]
    colors = color_map()(shades)
    colors[: n_lines - n_top, 3] = float(np.clip(120 / n_lines, 0.3, 0.9))
    axes.add_collection(LineCollection(lines, colors=colors, linewidths=widths))
    if points.best is not None:
        axes.plot(places, heights[points.best], color=look.BEST, lw=2.8, zorder=5)


def _draw_rail(axes: "Axes", rail: Rail, place: int) -> None:
    axes.plot([place, place], [0, 1], color=style.MUTED, lw=1.1, zorder=6)
    for height, word in rail.marks:
        axes.annotate(
            word,
            (place, height),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            size=9.5,
            zorder=8,
            path_effects=style.halo(),
        )
        axes.plot([place], [height], marker="_", ms=7, color=style.MUTED, zorder=7)


def _make_rail(setting: Setting) -> Rail:
    known = setting.values[np.isfinite(setting.values)]
    if setting.choices:
        last = max(1, len(setting.choices) - 1)
        marks = [
            (i / last, shorten_middle(c, 16)) for i, c in enumerate(setting.choices)
        ]
        return Rail(setting.label, setting.values / last, tuple(marks))
    scaled = np.log(setting.values) if setting.is_log else setting.values
    ends = (np.log(known) if setting.is_log else known)[
        [known.argmin(), known.argmax()]
    ]
    width = float(ends[1] - ends[0]) or 1.0
    marks = []
    for height in (0.0, 0.5, 1.0):
        value = ends[0] + height * width
        marks.append((height, _write_mark(np.exp(value) if setting.is_log else value)))
    return Rail(setting.label, (scaled - ends[0]) / width, tuple(marks))


def _make_value_rail(points: Points, which: int) -> Rail:
    plan = points.result.plan
    values = points.values[:, which]
    limits = look.find_limits(values[np.isfinite(values)], plan.directions[which])
    heights = (look.keep_inside(values, limits) - limits[0]) / (limits[1] - limits[0])
    write = scales.compact("", limits)
    at = [(h, limits[0] + h * (limits[1] - limits[0])) for h in (0.0, 0.5, 1.0)]
    marks = tuple((height, write(float(f"{value:.3g}"), None)) for height, value in at)
    return Rail(plan.objectives[which], heights, marks)


def _write_mark(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _break(label: str) -> str:
    """Break a long name in two, so that neighbours do not run into each other."""
    label = shorten_middle(label, 2 * _LINE_CHARS - 2)
    if len(label) <= _LINE_CHARS:
        return label
    middle = len(label) // 2
    cuts = [i + 1 for i, c in enumerate(label) if c in "_.:" and abs(i - middle) < 3]
    cut = min(cuts, key=lambda i: abs(i - middle), default=middle)
    return f"{label[:cut]}\n{label[cut:]}"
