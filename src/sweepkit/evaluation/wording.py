"""How scores are named and written for people, on the terminal and in the report."""

import math
from collections.abc import Mapping

from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.metrics import METRICS, find_metric

MISSING = "n/a"
LABELS: Mapping[str, str] = {"rmse": "RMSE", "r2": "R²", "mae": "MAE", "mape": "MAPE"}
MEANINGS: Mapping[str, str] = {
    "rmse": "Root of the mean squared error; large misses weigh more.",
    "r2": "Share of the target's variance explained; 1 is perfect.",
    "mae": "Mean distance between prediction and actual value.",
    "mape": "Mean distance as a share of the actual value.",
}


def label_metric(metric: str) -> str:
    """Return the metric's usual spelling, such as `RMSE` for `rmse`."""
    return LABELS.get(metric, metric)


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
        return _fixed_or_short(value, 3)
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


def shorten_middle(text: str, width: int) -> str:
    """Cut the middle out of a long name; both ends are what tells names apart."""
    if len(text) <= width:
        return text
    tail = (width - 1) // 2
    return f"{text[: width - 1 - tail]}…{text[-tail:]}"


def write_headline(judgement: Judgement) -> str:
    """State the verdict in one plain sentence.

    It speaks of the mean absolute error, which needs no explanation, and falls
    back to the metric that selects models where that was not computed.
    """
    both = judgement.holdout.keys() & judgement.floor.keys()
    metric = "mae" if "mae" in both else judgement.metric
    score = judgement.holdout.get(metric, math.nan)
    floor = judgement.floor.get(metric, math.nan)
    shown = format_score(metric, score, judgement.target_unit)
    # The unit was named just before; repeating it makes the sentence harder to read.
    floor_shown = format_score(metric, floor, "")
    model, target = judgement.model, judgement.target
    if not METRICS[metric].is_better(score, floor):
        measure = "mean error" if metric == "mae" else label_metric(metric)
        return (
            f"{model} does not beat a constant guess of {target} on rows it never saw: "
            f"its {measure} is {shown}, the constant median has {floor_shown}."
        )
    if metric == "mae":
        return (
            f"{model} predicts {target} within {shown} on average on rows it never "
            f"saw; the constant median is off by {floor_shown}."
        )
    return (
        f"{model} reaches {label_metric(metric)} {shown} for {target} on rows it never "
        f"saw; the constant median reaches {floor_shown}."
    )


def _magnitude(value: float) -> int:
    return math.floor(math.log10(abs(value))) if value else 0


def _fixed_or_short(value: float, decimals: int) -> str:
    """Keep columns of scores aligned, but not for a score that went astray."""
    return f"{value:.{decimals}f}" if abs(value) < 1000 else format_number(value)


def _align(mean: float, sd: float) -> tuple[str, str]:
    if sd < 1e-4 or max(abs(mean), sd) >= 1e15:
        return format_number(mean), format_number(sd, 2)
    place = max(_magnitude(sd) - 1, _magnitude(mean) - 5)
    decimals = max(0, -place)
    return f"{round(mean, -place):,.{decimals}f}", f"{round(sd, -place):,.{decimals}f}"
