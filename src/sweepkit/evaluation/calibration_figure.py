"""Draw whether stated probabilities come true as often as they say."""

from typing import TYPE_CHECKING

import numpy as np

from sweepkit.evaluation import class_findings, scales, style
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.labels import count_holdout, name_class
from sweepkit.evaluation.reliability import Reliability, measure_reliability
from sweepkit.tasks import Task

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LIMITS = (-0.02, 1.02)
# What fewer rows did says next to nothing.
FEW = 10


def draw_calibration(judgement: Judgement) -> "Figure":
    """Draw what came true over what was stated, and below how often that was."""
    found = measure_reliability(judgement)
    figure = style.new_figure(7.4, 6.5)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3.6, 1))
    _draw_truth(upper, found)
    _draw_counts(lower, found)
    if judgement.task is Task.BINARY:
        who = name_class(judgement, 1, 20)
        upper.set_ylabel(f"Rows that are of {who}")
        lower.set_xlabel(f"Stated probability of {who}")
    else:
        upper.set_ylabel("Rows that are of the likeliest class")
        lower.set_xlabel("Stated probability of the likeliest class")
    style.set_title(
        figure,
        class_findings.state_calibration(judgement, found),
        details=f"{count_holdout(judgement)} · bars: 95 % interval · hollow: fewer "
        f"than {FEW} rows",
        even=True,
    )
    return figure


def _draw_truth(axes: "Axes", found: Reliability) -> None:
    axes.plot(
        [0, 1], [0, 1], color=style.VERMILLION, lw=1.6, label="stated = came true"
    )
    rows = found.counts[found.counts > 0]
    many = rows >= FEW
    # A line across groups that say nothing would pretend to know what lies there.
    known = np.where(many, found.happened, np.nan)
    axes.plot(found.stated, known, color=style.BLUE, lw=1.6)
    axes.vlines(
        found.stated,
        found.low,
        found.high,
        color=np.where(many, style.BLUE, style.FAINT).tolist(),
        lw=1.4,
    )
    axes.scatter(
        found.stated,
        found.happened,
        s=30 + 170 * rows / rows.max(),
        color=np.where(many, style.BLUE, "white").tolist(),
        ec=np.where(many, "white", style.BLUE).tolist(),
        zorder=3,
        clip_on=False,
    )
    axes.set(xlim=LIMITS, ylim=LIMITS)
    axes.yaxis.set_major_formatter(scales.write_percent)
    above = float(np.mean(found.happened - found.stated)) > 0
    axes.legend(loc="lower right" if above else "upper left")


def _draw_counts(axes: "Axes", found: Reliability) -> None:
    widths = np.diff(found.edges)
    left = found.edges[:-1]
    bars = axes.bar(
        left, found.counts, widths, align="edge", color=style.BLUE, ec="white"
    )
    labels = [f"{count:,}" if count else "" for count in found.counts]
    axes.bar_label(bars, labels, size=9, padding=1)
    axes.set_ylabel("Rows")
    axes.set_ylim(0, 1.25 * found.counts.max())
    axes.set_yticks([])
    axes.xaxis.set_major_formatter(scales.write_percent)
