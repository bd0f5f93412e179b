"""Draw how much each input column matters."""

from typing import TYPE_CHECKING

from sweepkit.evaluation import findings, scales, style
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.metrics import find_metric
from sweepkit.evaluation.wording import label_metric, shorten_middle

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_COLUMNS = 15


def draw_importance(judgement: Judgement) -> "Figure":
    """Draw one bar for each of the columns the model leans on most."""
    shown = judgement.importance[:MOST_COLUMNS]
    figure, axes = style.new_axes(7.4, 2.2 + 0.36 * len(shown))
    places, losses = range(len(shown)), [entry.loss for entry in shown]
    axes.barh(
        places,
        losses,
        xerr=[entry.spread for entry in shown],
        color=style.BLUE,
        height=0.68,
        error_kw={"ecolor": style.INK, "elinewidth": 1.3, "capsize": 3},
    )
    axes.set_yticks(places, [shorten_middle(entry.column, 34) for entry in shown])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.axvline(0, color=style.INK, lw=1)
    _name_loss(axes, judgement, losses)
    rest = len(judgement.importance) - len(shown)
    details = "Whiskers: one standard deviation over the shuffles"
    if rest:
        details += f"; {rest} columns matter less"
    style.set_title(figure, findings.state_importance(judgement), details=details)
    return figure


def _name_loss(axes: "Axes", judgement: Judgement, losses: list[float]) -> None:
    label = f"How much {label_metric(judgement.metric)} worsens when shuffled"
    kind = find_metric(judgement.metric).unit
    unit = judgement.target_unit if kind == "target" else ""
    axes.set_xlabel(scales.label_with_unit(label, unit))
    write = scales.compact(unit, losses)
    if kind == "share":
        write = scales.write_percent
    axes.xaxis.set_major_formatter(write)
