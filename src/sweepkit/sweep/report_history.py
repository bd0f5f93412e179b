"""How the value came down over the trials, and over the folds of each."""

from typing import TYPE_CHECKING

import numpy as np

from sweepkit.evaluation import scales, style
from sweepkit.sweep import report_look as look
from sweepkit.sweep.outcome import State
from sweepkit.sweep.report_columns import Floats
from sweepkit.sweep.report_points import Points
from sweepkit.sweep.standing import find_default
from sweepkit.sweep.wording import count_states, write_states, write_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def state_history(points: Points) -> str:
    """Say which trial is the best and when it came."""
    best = points.result.best
    assert best is not None, "drawn only with a complete trial"
    value = write_value(best.values[0])
    name = points.result.plan.objectives[0]
    if len(points.result.plan.directions) > 1:
        return f"Trial {best.number} is chosen from the front: {name} {value}"
    return f"Trial {best.number} is the best: {name} {value}"


def draw_history(points: Points) -> "Figure":
    """Draw every trial's value and the best so far, a panel for each objective."""
    n_panels = points.values.shape[1]
    figure = style.new_figure(11.2, 1.6 + 3.3 * n_panels)
    hidden = 0
    for which in range(n_panels):
        axes = figure.add_subplot(n_panels, 1, which + 1)
        hidden += _draw_values(axes, points, which)
    axes.set_xlabel("Trial")
    states = write_states(count_states(points.outcomes))
    details = " · ".join(filter(None, (states, look.describe_beyond(hidden))))
    style.set_title(figure, state_history(points), details=details)
    return figure


def _draw_values(axes: "Axes", points: Points, which: int) -> int:
    """Fill one panel and return how many trials lie beyond its frame."""
    direction = points.result.plan.directions[which]
    values, numbers = points.values[:, which], points.numbers
    complete = np.isfinite(values)
    limits = look.find_limits(values[complete], direction)
    size = look.mark_size(numbers.size)
    kinds = {State.PRUNED: _last_reported(points, which), State.COMPLETE: values}
    for state, marks in kinds.items():
        rows = points.are(state) & np.isfinite(marks)
        hollow = state is State.PRUNED
        if not rows.any():
            continue
        axes.scatter(
            numbers[rows],
            look.keep_inside(marks[rows], limits),
            s=size,
            marker="v" if hollow else "o",
            facecolors="none" if hollow else look.COLORS[state],
            edgecolors=look.COLORS[state],
            linewidths=1.2 if hollow else 0,
            alpha=0.9 if hollow else 0.6,
            label=f"{state}, last mean reported" if hollow else str(state),
        )
    _draw_failed(axes, points, limits, direction)
    _draw_best(axes, points, which)
    look.name_value_axis(axes, points, limits, which)
    axes.locator_params(axis="x", integer=True)
    if which == 0:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    return look.count_beyond(values[complete], limits)


def _draw_failed(
    axes: "Axes", points: Points, limits: scales.Limits, direction: str
) -> None:
    failed = points.numbers[points.are(State.FAILED)]
    worst = np.full(failed.size, np.inf if direction == "minimize" else -np.inf)
    if failed.size:
        axes.scatter(
            failed,
            look.keep_inside(worst, limits),
            s=34,
            marker="x",
            color=look.COLORS[State.FAILED],
            linewidths=1.6,
            label="failed, no value",
        )


def _draw_best(axes: "Axes", points: Points, which: int) -> None:
    """Add the best so far, the defaults and the chosen trial."""
    plan = points.result.plan
    values, numbers = points.values[:, which], points.numbers
    complete = np.isfinite(values)
    best_of = np.minimum if plan.directions[which] == "minimize" else np.maximum
    so_far = best_of.accumulate(values[complete])
    line = np.append(so_far, so_far[-1])
    ends = np.append(numbers[complete], numbers[-1])
    axes.step(ends, line, where="post", color=style.INK, lw=1.6, label="best so far")
    default = find_default(points.outcomes, plan.directions)
    if default is not None:
        level = default.values[which]
        axes.axhline(level, color=style.MUTED, lw=1.2, ls="--", label="defaults")
    if points.best is not None:
        place = (numbers[points.best], values[points.best])
        axes.scatter(*place, label="best trial", **look.star(numbers.size))


def _last_reported(points: Points, which: int) -> Floats:
    """Return the last mean that each trial reported, shape (n_trials,)."""
    if which:  # only the first objective is reported
        return np.full(len(points.paths), np.nan)
    ends = [list(path.values())[-1] if path else np.nan for path in points.paths]
    return np.array(ends, np.float64)
