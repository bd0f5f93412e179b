"""Draw what the report shows of a judgement as PNG files."""

from pathlib import Path
from typing import TYPE_CHECKING

from sweepkit.evaluation import number_figures, style
from sweepkit.evaluation.calibration_figure import draw_calibration
from sweepkit.evaluation.confusion_figure import draw_confusion
from sweepkit.evaluation.contribution_figure import draw_contributions
from sweepkit.evaluation.curve_figures import draw_precision_recall, draw_roc
from sweepkit.evaluation.curves import list_drawable
from sweepkit.evaluation.drivers import has_drivers
from sweepkit.evaluation.importance_figure import draw_importance
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.residual_map import draw_map, locate

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_figures(judgement: Judgement, folder: Path) -> dict[str, Path]:
    """Draw every figure the judgement has data for.

    Args:
        judgement: Holdout values and scores of one model; must be finite.
        folder: Where the PNG files go; made if missing.

    Returns:
        Name of each figure, such as `residual_map`, to its file `<name>.png`.
        The same judgement gives the same bytes.

    Raises:
        DiskError: If a file cannot be written.
    """
    with style.house_style():
        classes = judgement.task.has_classes
        drawn = _draw_classes(judgement) if classes else _draw_numbers(judgement)
        if judgement.importance:
            drawn["importance"] = draw_importance(judgement)
        sample = judgement.contributions
        if sample is not None and has_drivers(judgement):
            drawn["contributions"] = draw_contributions(judgement, sample)
        places = judgement.coordinates
        if not classes and places is not None and locate(places).any():
            drawn["residual_map"] = draw_map(judgement, places)
        return {
            name: style.save(figure, folder / f"{name}.png")
            for name, figure in drawn.items()
        }


def _draw_numbers(judgement: Judgement) -> "dict[str, Figure]":
    return {
        "predicted_vs_actual": number_figures.draw_predicted(judgement),
        "residuals_vs_predicted": number_figures.draw_residuals(judgement),
    }


def _draw_classes(judgement: Judgement) -> "dict[str, Figure]":
    drawn = {"confusion_matrix": draw_confusion(judgement)}
    if judgement.probabilities is not None:
        drawn["calibration"] = draw_calibration(judgement)
    if list_drawable(judgement):
        drawn["roc_curve"] = draw_roc(judgement)
        drawn["precision_recall_curve"] = draw_precision_recall(judgement)
    return drawn
