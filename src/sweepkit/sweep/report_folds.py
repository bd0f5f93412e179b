"""What trials reported fold by fold, and where pruning stopped them."""

from typing import TYPE_CHECKING

import numpy as np

from sweepkit.evaluation import style
from sweepkit.sweep import report_look as look
from sweepkit.sweep.outcome import State
from sweepkit.sweep.report_points import Points
from sweepkit.sweep.wording import write_seconds

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LOOKS: dict[State, dict[str, object]] = {
    State.COMPLETE: {"linewidths": 1.1, "alpha": 0.45, "zorder": 2},
    State.FAILED: {"linewidths": 1.4, "alpha": 0.9, "zorder": 3, "linestyles": ":"},
    State.PRUNED: {"linewidths": 1.3, "alpha": 0.9, "zorder": 4},
}


def have_steps(points: Points) -> bool:
    """Tell whether any trial reported more than once."""
    return any(len(path) > 1 for path in points.paths)


def state_folds(points: Points) -> str:
    """Say how many trials were stopped early."""
    n_pruned = int(points.are(State.PRUNED).sum())
    if not n_pruned:
        return "No trial was pruned"
    saved = points.result.saved_seconds
    words = f", which saved about {write_seconds(saved)}" if saved >= 0.1 else ""
    noun = "trial was" if n_pruned == 1 else "trials were"
    return f"{n_pruned:,} {noun} pruned{words}"


def draw_folds(points: Points) -> "Figure":
    """Draw each trial's mean over the folds it had finished."""
    figure, axes = style.new_axes(7.4, 5.3)
    for state, options in _LOOKS.items():
        _draw_paths(axes, points, state, dict(options))
    if points.best is not None:
        path = points.paths[points.best]
        steps = np.array(list(path)) + 1
        axes.plot(
            steps, list(path.values()), color=look.BEST, lw=2.6, label="best", zorder=6
        )
    ends = np.array([value for path in points.paths for value in path.values()])
    limits = look.find_limits(ends, points.result.plan.directions[0])
    look.name_value_axis(axes, points, limits, 0)
    last = max(max(path, default=0) for path in points.paths) + 1
    axes.set_xlim(0.8, last + 0.2)
    axes.locator_params(axis="x", integer=True)
    axes.set_xlabel("Folds finished")
    axes.set_ylabel(f"Mean of {points.result.plan.objectives[0]} so far")
    legend = axes.legend(loc="best")
    for line in legend.get_lines():
        # A legend must be readable, however faint the many lines are.
        line.set_alpha(1)
    style.set_title(
        figure, state_folds(points), details="A dot is where a trial was stopped"
    )
    return figure


def _draw_paths(
    axes: "Axes", points: Points, state: State, options: dict[str, object]
) -> None:
    from matplotlib.collections import LineCollection

    paths = [
        p for p, is_so in zip(points.paths, points.are(state), strict=True) if is_so
    ]
    lines = [[(step + 1, value) for step, value in path.items()] for path in paths]
    lines = [line for line in lines if line]
    if not lines:
        return
    color = look.COLORS[state]
    if state is State.COMPLETE:
        options["alpha"] = float(np.clip(12 / len(lines), 0.06, 0.45))
    group = LineCollection(lines, colors=color, label=str(state), **options)  # type: ignore[arg-type]
    axes.add_collection(group)
    if state is not State.COMPLETE:
        x, y = np.transpose([line[-1] for line in lines])
        axes.scatter(x, y, s=20, color=color, zorder=5, linewidths=0)
