"""Colours, marks and limits that the figures of a sweep share."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sweepkit.evaluation import scales, style
from sweepkit.evaluation.scales import Limits
from sweepkit.sweep.outcome import State
from sweepkit.sweep.report_columns import Floats
from sweepkit.sweep.report_points import Points

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito; every state has a mark of its own for those who see no colour.
COLORS = {
    State.COMPLETE: style.BLUE,
    State.PRUNED: "#E69F00",
    State.FAILED: style.VERMILLION,
}
BEST = "#009E73"
# Pale to dark, so that order survives grey print.
FIRST_TO_LAST = ("#cfe3f1", "#5aa2cf", "#0072B2", "#0a3d6b")


def find_limits(values: Floats, direction: str) -> Limits:
    """Return limits from the best value to where the usual ones end.

    A few bad first guesses would otherwise press all good trials into one line.

    Args:
        values: Objective values, finite, at least one.
        direction: `minimize` or `maximize`; the best end is never cut off.
    """
    sign = 1.0 if direction == "minimize" else -1.0
    costs = sign * values
    middle, high = np.quantile(costs, [0.5, 0.75])
    end = min(costs.max(), high + 3.0 * max(high - middle, middle - costs.min()))
    margin = 0.06 * (end - costs.min()) or 0.05 * abs(end) or 1.0
    low, high = sorted((sign * (costs.min() - margin), sign * (end + margin)))
    return float(low), float(high)


def keep_inside(values: Floats, limits: Limits) -> Floats:
    """Move values beyond the frame to just within its edge."""
    inset = 0.015 * (limits[1] - limits[0])
    return np.clip(values, limits[0] + inset, limits[1] - inset)


def count_beyond(values: Floats, limits: Limits) -> int:
    """Count finite values outside of the frame."""
    return int(np.count_nonzero((values < limits[0]) | (values > limits[1])))


def name_value_axis(axes: "Axes", points: Points, limits: Limits, which: int) -> None:
    """Label the axis of an objective and say which way is better."""
    plan = points.result.plan
    better = "lower" if plan.directions[which] == "minimize" else "higher"
    axes.set_ylim(limits)
    axes.set_ylabel(f"{plan.objectives[which]} ({better} is better)")
    axes.yaxis.set_major_formatter(scales.compact("", limits))


def mark_size(n_points: int) -> float:
    """Return the area of a mark in square points: smaller where there are many."""
    return float(np.clip(2_400 / max(n_points, 1), 9, 42))


def star(n_points: int) -> dict[str, Any]:
    """Return how the best trial is marked."""
    return {
        "marker": "*",
        "s": 190 if n_points < 400 else 150,
        "color": BEST,
        "edgecolors": "white",
        "linewidths": 0.9,
        "zorder": 6,
        "clip_on": False,
    }


def describe_beyond(count: int) -> str:
    """Say how many trials lie outside of the frame."""
    return f"{count:,} far worse, drawn at the edge" if count else ""
