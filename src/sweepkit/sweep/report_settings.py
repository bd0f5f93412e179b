"""Values against each parameter, one by one and all together."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from sweepkit.evaluation import style
from sweepkit.evaluation.scales import Limits
from sweepkit.evaluation.wording import shorten_middle
from sweepkit.sweep import report_look as look
from sweepkit.sweep.report_columns import Floats, Setting
from sweepkit.sweep.report_points import Points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

MOST_PANELS = 12
_PER_ROW, _MOST_TICKS = 4, 4


def draw_slices(points: Points) -> "Figure":
    """Draw the first objective against each parameter, most important first."""
    from matplotlib.ticker import MaxNLocator

    shown = points.varying(MOST_PANELS)
    n_columns = len(shown) if len(shown) <= _PER_ROW else 3 if len(shown) < 7 else 4
    n_rows = math.ceil(len(shown) / n_columns)
    figure = style.new_figure(11.2, 1.5 + 2.9 * n_rows)
    values = points.values[:, 0]
    limits = look.find_limits(
        values[np.isfinite(values)], points.result.plan.directions[0]
    )
    panels: list[Axes] = []
    for place, setting in enumerate(shown):
        axes = figure.add_subplot(n_rows, n_columns, place + 1)
        marks = _draw_slice(axes, points, setting, limits)
        look.name_value_axis(axes, points, limits, 0)
        if place % n_columns:
            axes.set_ylabel("")
            axes.tick_params(labelleft=False)
        panels.append(axes)
    bar = figure.colorbar(marks, ax=panels, pad=0.01, aspect=50, fraction=0.03)
    bar.locator = MaxNLocator(6, integer=True)
    bar.set_label("Trial")
    bar.outline.set_visible(False)
    details = "Every complete trial; later ones are darker, the star is the best"
    rest = sum(setting.varies for setting in points.settings) - len(shown)
    details += f"; {rest} parameters are not shown" if rest else ""
    style.set_title(figure, state_slices(points), details=details)
    return figure


def state_slices(points: Points) -> str:
    """Name the objective that is drawn against the parameters."""
    return f"{points.result.plan.objectives[0]} against each parameter"


def _draw_slice(
    axes: "Axes", points: Points, setting: Setting, limits: Limits
) -> "PathCollection":
    values = points.values[:, 0]
    rows = np.isfinite(values) & np.isfinite(setting.values)
    across = setting.values + (_spread_out(points.numbers) if setting.choices else 0)
    marks = axes.scatter(
        across[rows],
        look.keep_inside(values[rows], limits),
        c=points.numbers[rows],
        cmap=color_map(),
        vmin=0,
        vmax=max(1, int(points.numbers.max())),
        s=look.mark_size(values.size),
        linewidths=0,
        alpha=0.85,
    )
    best = points.best
    if best is not None and rows[best]:
        axes.scatter(across[best], values[best], **look.star(values.size))
    axes.set_xlabel(shorten_middle(setting.label, 22))
    if setting.choices:
        words = [shorten_middle(word, 14) for word in setting.choices]
        slanted = len(words) > 2 and max(map(len, words)) > 5
        options: dict[str, Any] = {"rotation": 25, "ha": "right"} if slanted else {}
        axes.set_xticks(range(len(words)), words, **options)
        axes.set_xlim(-0.5, len(words) - 0.5)
    else:
        _scale_axis(axes, setting, rows)
    return marks


def _scale_axis(axes: "Axes", setting: Setting, rows: "np.ndarray") -> None:
    known = setting.values[rows]
    if not (setting.is_log and known.size):
        axes.locator_params(axis="x", nbins=4)
        return
    axes.set_xscale("log")
    ticks = list_log_ticks(float(known.min()), float(known.max()))
    axes.set_xticks(ticks, [f"{tick:.3g}" for tick in ticks])
    axes.set_xticks([], minor=True)


def list_log_ticks(low: float, high: float) -> list[float]:
    """Return two to four round numbers in a range, evenly spread over its logarithm.

    Matplotlib writes only powers of ten, of which a search range often has none.
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks: list[float] = []
    for digits in ((1,), (1, 3), (1, 2, 5), (1, 2, 3, 4, 6, 8)):
        ticks = [d * 10.0**power for power in powers for d in digits]
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) > 1:
            break
    if len(ticks) < 2:
        return sorted({low, high})
    return ticks[:: math.ceil(len(ticks) / _MOST_TICKS)]


def _spread_out(numbers: "np.ndarray") -> Floats:
    """Move marks of one choice apart, by a rule rather than by chance."""
    golden = (numbers * 0.618034) % 1
    return np.asarray(0.5 * (golden - 0.5), np.float64)


def color_map() -> "Colormap":
    """Return the colours from the first trial to the last, or from worst to best."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("trials", look.FIRST_TO_LAST)
