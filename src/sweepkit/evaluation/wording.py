"""How scores are named and written for people, on the terminal and in the report."""

import math
from collections.abc import Mapping

from sweepkit.evaluation.metrics import find_metric
from sweepkit.evaluation.text_fit import shorten_middle as shorten_middle
from sweepkit.tasks import Task

MISSING = "n/a"
LABELS: Mapping[str, str] = {
    "rmse": "RMSE",
    "r2": "R²",
    "mae": "MAE",
    "mape": "MAPE",
    "roc_auc": "ROC AUC",
    "average_precision": "average precision",
    "log_loss": "log loss",
    "f1": "F1",
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "brier": "Brier score",
    "calibration_error": "calibration error",
}
MEANINGS: Mapping[str, str] = {
    "rmse": "Root of the mean squared error; large misses weigh more.",
    "r2": "Share of the target's variance explained; 1 is perfect.",
    "mae": "Mean distance between prediction and actual value.",
    "mape": "Mean distance as a share of the actual value.",
    "roc_auc": "How often a row of a class gets a higher probability of it than "
    "another row; 1 is perfect, 0.5 a guess.",
    "average_precision": "Mean precision while ever more of a class is found.",
    "log_loss": "Surprise at the actual classes; sure mistakes cost most.",
    "f1": "Balance of how much of a class is found and how often its name is right.",
    "accuracy": "Share of rows that get the right class.",
    "balanced_accuracy": "Share of a class that is found, mean over the classes.",
    "brier": "Mean squared distance of stated probabilities from what came true.",
    "calibration_error": "How far stated probabilities are from what comes true; a "
    "constant guess has next to none.",
}


def label_metric(metric: str) -> str:
    """Return the metric's usual spelling within a sentence: `RMSE`, `log loss`."""
    return LABELS.get(metric, metric)


def title_metric(metric: str) -> str:
    """Return its spelling where something begins; own names stay as they are."""
    label = label_metric(metric)
    return label[:1].upper() + label[1:] if metric in LABELS else label


def format_number(value: float, digits: int = 3) -> str:
    """Write a number with a few significant digits and grouped thousands.

    Args:
        value: Any float; what is not finite is written as `n/a`.
        digits: Significant digits to keep.

    Example:
        >>> format_number(48911.3), format_number(0.012345), format_number(9.999)
        ('48,900', '0.0123', '10.0')
    """
    if not math.isfinite(value):
        return MISSING
    if value == 0:
        return "0"
    if not 1e-4 <= abs(value) < 1e15:
        return f"{value:.{digits - 1}e}"
    rounded = round(value, digits - 1 - _magnitude(value))
    return f"{rounded:,.{max(0, digits - 1 - _magnitude(rounded))}f}"


def format_score(metric: str, value: float, target_unit: str) -> str:
    """Write a score with its unit.

    Args:
        metric: A name in `METRICS`; its unit decides the form.
        value: The score; what is not finite is written as `n/a`.
        target_unit: Unit of the target column, empty if there is none.

    Raises:
        ConfigError: If no metric has this name.

    Example:
        >>> format_score("rmse", 48911.3, "US dollars"), format_score("r2", 0.8231, "")
        ('48,900 US dollars', '0.823')
    """
    kind = find_metric(metric).unit
    if not math.isfinite(value):
        return MISSING
    if kind == "share":
        return f"{_fixed_or_short(100 * value, 1)} %"
    if kind == "none":
        return _fixed_or_short(value, _decimals_of(metric))
    return f"{format_number(value)} {target_unit}".rstrip()


def format_spread(metric: str, mean: float, sd: float, target_unit: str) -> str:
    """Write `mean ± sd` with as many digits as the spread allows.

    The spread keeps two significant digits and the mean ends at the same place,
    as more digits would be noise. A spread that is not finite or zero (one fold)
    leaves the mean alone.

    Raises:
        ConfigError: If no metric has this name.

    Example:
        >>> format_spread("rmse", 41832.0, 612.0, "US dollars")
        '41,830 ± 610 US dollars'
    """
    if not (math.isfinite(mean) and math.isfinite(sd) and sd > 0):
        return format_score(metric, mean, target_unit)
    kind = find_metric(metric).unit
    unit = {"share": "%", "none": "", "target": target_unit}[kind]
    scale = 100 if kind == "share" else 1
    pair = " ± ".join(_align(scale * mean, scale * sd))
    return f"{pair} {unit}".rstrip()


def _magnitude(value: float) -> int:
    return math.floor(math.log10(abs(value))) if value else 0


def _decimals_of(metric: str) -> int:
    """Scores of classes crowd near 0 or 1, where good models differ in the fourth."""
    return 3 if Task.REGRESSION in find_metric(metric).tasks else 4


def _fixed_or_short(value: float, decimals: int) -> str:
    """Keep columns of scores aligned, but not for a score that went astray."""
    return f"{value:.{decimals}f}" if abs(value) < 1000 else format_number(value)


def _align(mean: float, sd: float) -> tuple[str, str]:
    if sd < 1e-4 or max(abs(mean), sd) >= 1e15:
        return format_number(mean), format_number(sd, 2)
    place = max(_magnitude(sd) - 1, _magnitude(mean) - 5)
    decimals = max(0, -place)
    return f"{round(mean, -place):,.{decimals}f}", f"{round(sd, -place):,.{decimals}f}"
