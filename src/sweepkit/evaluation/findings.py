"""What each figure shows, in one sentence: its title and its text alternative."""

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.coverage_findings import state_coverage
from sweepkit.evaluation.drivers import has_drivers, state_drivers
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.wording import format_score, label_metric

MIN_ROWS_FOR_TREND = 60
CLEAR_RATIO = 1.5


def residuals_of(judgement: Judgement) -> NDArray[np.float64]:
    """Return actual minus predicted, shape (n_holdout,), in the target's unit."""
    return judgement.actual - judgement.predicted


def label_residual(judgement: Judgement, prefix: str = "Residual") -> str:
    """Name the residual axis, with what its two ends mean; it reads upwards."""
    unit = f" ({judgement.target_unit})" if judgement.target_unit else ""
    return (
        f"{prefix}: actual \N{MINUS SIGN} predicted{unit}\n"
        "\N{LEFTWARDS ARROW} predicted too high · predicted too low "
        "\N{RIGHTWARDS ARROW}"
    )


def state_accuracy(judgement: Judgement) -> str:
    """Say how close the better half of the predictions comes."""
    half = float(np.median(np.abs(residuals_of(judgement))))
    if half == 0:
        return "At least half of the predictions are exact"
    return f"Half of the predictions are off by less than {_amount(judgement, half)}"


def has_trend(judgement: Judgement) -> bool:
    """Tell whether rows are many and varied enough to compare low with high ones."""
    n_rows = judgement.predicted.size
    return n_rows >= MIN_ROWS_FOR_TREND and bool(np.ptp(judgement.predicted) > 0)


def state_error_growth(judgement: Judgement) -> str:
    """Say whether errors grow or shrink from low to high predictions."""
    if not has_trend(judgement):
        n_rows = judgement.predicted.size
        return f"Residuals of {n_rows:,} holdout rows against the prediction"
    errors = np.abs(residuals_of(judgement))
    low, high = np.quantile(judgement.predicted, [1 / 3, 2 / 3])
    small = float(np.median(errors[judgement.predicted <= low]))
    large = float(np.median(errors[judgement.predicted >= high]))
    if large > CLEAR_RATIO * small > 0:
        return (
            f"Errors are {large / small:.1f} times as large in the top third of "
            "predictions as in the bottom third"
        )
    if small > CLEAR_RATIO * large > 0:
        return (
            f"Errors are {small / large:.1f} times as large in the bottom third of "
            "predictions as in the top third"
        )
    return "Errors are about as large for low predictions as for high ones"


def state_importance(judgement: Judgement) -> str:
    """Name the column the model leans on most."""
    top = judgement.importance[0]
    if not top.loss > 0:
        return "Shuffling any single column costs the model nothing"
    cost = format_score(judgement.metric, top.loss, judgement.target_unit)
    return (
        f"The model leans most on {top.column}: "
        f"shuffling it worsens {label_metric(judgement.metric)} by {cost}"
    )


def state_reach(judgement: Judgement) -> str:
    """Say how far nine errors in ten reach."""
    most = float(np.quantile(np.abs(residuals_of(judgement)), 0.9))
    within = f"within {_amount(judgement, most)}" if most > 0 else "exact"
    return f"Where predictions are too low or too high: 9 in 10 are {within}"


def list_trust(judgement: Judgement) -> dict[str, str]:
    """Return what a terminal says of intervals and of what drives predictions.

    Returns:
        `intervals` or `sets`, and `drivers`, each a sentence without its full stop; a
        model without them has none.
    """
    told = {}
    if judgement.coverage is not None:
        title = "sets" if judgement.task.has_classes else "intervals"
        told[title] = state_coverage(judgement, judgement.coverage)
    if has_drivers(judgement):
        told["drivers"] = state_drivers(judgement)
    return told


def _amount(judgement: Judgement, value: float) -> str:
    return format_score("mae", value, judgement.target_unit)
