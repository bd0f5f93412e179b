"""The figures of a sweep's report, each with its caption and text alternative."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from sweepkit.evaluation import style
from sweepkit.evaluation.page import inline_png
from sweepkit.sweep.lanes import lay_out
from sweepkit.sweep.report_folds import draw_folds, have_steps, state_folds
from sweepkit.sweep.report_front import draw_front, state_front
from sweepkit.sweep.report_history import draw_history, state_history
from sweepkit.sweep.report_importances import draw_importances, state_importances
from sweepkit.sweep.report_parallel import draw_parallel, state_parallel
from sweepkit.sweep.report_points import Points
from sweepkit.sweep.report_settings import draw_slices, state_slices
from sweepkit.sweep.report_timeline import draw_timeline, state_timeline

Drawn = dict[str, Any]
WIDE = {"front", "history", "slices", "parallel", "timeline"}
# Name of a figure to its title and how to read it.
CAPTIONS: dict[str, tuple[str, str]] = {
    "front": (
        "Front of the objectives",
        "No trial is better than those on the blue line in every objective. Which of "
        "them to take depends on what the objectives are worth to you.",
    ),
    "history": (
        "History",
        "Each trial in the order of its start. The line follows the best value so far: "
        "long flat stretches mean that more trials bring little.",
    ),
    "importances": (
        "Importance of the parameters",
        "The share of each parameter in what tells good trials from bad ones, within "
        "the ranges searched. What hardly matters needs no search next time.",
    ),
    "folds": (
        "Fold by fold",
        "The mean over the folds that a trial had finished. Pruned trials end early: "
        "they were worse than the others after as many folds.",
    ),
    "slices": (
        "Each parameter by itself",
        "Good trials crowded at the edge of a range say that the range is too narrow.",
    ),
    "parallel": (
        "All parameters together",
        "Each line is a trial. Where the dark lines run close together, the value of "
        "that parameter matters; where they fan out, it does not.",
    ),
    "timeline": (
        "Timeline of the workers",
        "Each bar is a trial. A worker process that was replaced goes on in its lane.",
    ),
}


def draw_figures(points: Points) -> list[Drawn]:
    """Draw every figure that the trials have data for.

    Returns:
        Name, title, caption, text alternative, PNG as a data address, its size, and
        whether the figure needs the page's whole width.
    """
    with style.house_style():
        return [_finish(*drawn) for drawn in _draw(points)]


def _draw(points: Points) -> Iterator[tuple[str, str, Any]]:
    """Yield name, finding and figure."""
    if np.isfinite(points.values[:, 0]).any():
        if points.values.shape[1] > 1:
            yield "front", state_front(points), draw_front(points)
        yield "history", state_history(points), draw_history(points)
        if points.importances:
            yield "importances", state_importances(points), draw_importances(points)
        if have_steps(points):
            yield "folds", state_folds(points), draw_folds(points)
        if points.varying(1):
            yield "slices", state_slices(points), draw_slices(points)
            yield "parallel", state_parallel(points), draw_parallel(points)
    lanes = lay_out(points.outcomes)
    if lanes is not None:
        yield "timeline", state_timeline(lanes), draw_timeline(points, lanes)


def _finish(name: str, finding: str, figure: Any) -> Drawn:
    title, caption = CAPTIONS[name]
    return {
        "name": name,
        "title": title,
        "caption": caption,
        "alternative": f"{title}. {finding}.",
        "is_wide": name in WIDE,
    } | inline_png(style.encode(figure))
