"""When each worker did what."""

from typing import TYPE_CHECKING, Any

from sweepkit.evaluation import style
from sweepkit.sweep import report_look as look
from sweepkit.sweep.lanes import Lanes
from sweepkit.sweep.outcome import State
from sweepkit.sweep.report_points import Points
from sweepkit.sweep.wording import write_seconds

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_UNITS = (
    (2 * 86_400, 86_400, "days"),
    (2 * 3_600, 3_600, "hours"),
    (180, 60, "minutes"),
)


def state_timeline(lanes: Lanes) -> str:
    """Say how busy the workers were."""
    who = "The worker was" if lanes.count == 1 else f"The {lanes.count} workers were"
    return f"{who} busy {100 * lanes.busy_share:.0f} % of the time"


def draw_timeline(points: Points, lanes: Lanes) -> "Figure":
    """Draw a bar a trial in the lane of its worker."""
    figure, axes = style.new_axes(11.2, 2.1 + 0.55 * min(lanes.count, 16))
    unit, word = _choose_unit(lanes.span)
    edge = 0.8 if len(lanes.bars) < 250 else 0.15
    for state in State:
        bars = [bar for bar in lanes.bars if bar.outcome.state is state]
        if bars:
            axes.barh(
                [bar.lane for bar in bars],
                [bar.outcome.seconds / unit for bar in bars],
                left=[bar.begin / unit for bar in bars],
                height=0.74,
                color=look.COLORS[state],
                edgecolor="white",
                linewidth=edge,
                label=str(state),
            )
    _number_bars(axes, points, lanes, unit)
    _draw_pauses(axes, lanes, unit)
    axes.set_yticks(range(lanes.count), [f"worker {i + 1}" for i in range(lanes.count)])
    axes.set_ylim(lanes.count - 0.45, -0.55)
    axes.set_xlim(0, (lanes.span or 1.0) / unit)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(f"{word.capitalize()} since the start")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    style.set_title(figure, state_timeline(lanes), details=_describe(lanes))
    return figure


def _draw_pauses(axes: "Axes", lanes: Lanes, unit: float) -> None:
    for place, pause in lanes.pauses:
        axes.axvline(place / unit, color=style.MUTED, ls=":", lw=1.6)
        words = f"stopped for {write_seconds(pause)}"
        axes.annotate(
            words,
            (place / unit, 1),
            xycoords=("data", "axes fraction"),
            ha="center",
            va="bottom",
            size=9.5,
            color=style.MUTED,
        )


def _number_bars(axes: "Axes", points: Points, lanes: Lanes, unit: float) -> None:
    """Write numbers where there is room, and mark the best trial."""
    best = points.result.best
    for bar in lanes.bars:
        is_best = best is not None and bar.outcome.number == best.number
        middle = (bar.begin + bar.outcome.seconds / 2) / unit
        if is_best:
            axes.scatter(middle, bar.lane, **look.star(1))
        elif bar.outcome.seconds > 0.022 * lanes.span:
            options: dict[str, Any] = {"ha": "center", "va": "center", "size": 8.5}
            color = "black" if bar.outcome.state is State.PRUNED else "white"
            axes.text(middle, bar.lane, str(bar.outcome.number), color=color, **options)


def _describe(lanes: Lanes) -> str:
    words = f"{len(lanes.bars):,} trials in {write_seconds(lanes.worked)}"
    if lanes.pauses:
        words += f" of {len(lanes.pauses) + 1} sessions"
    return f"{words}; white gaps are waiting, the star is the best trial"


def _choose_unit(span: float) -> tuple[float, str]:
    for least, unit, word in _UNITS:
        if span >= least:
            return unit, word
    return 1.0, "seconds"
