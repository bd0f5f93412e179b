"""How probabilities become decisions: mended and cut by what the folds have shown."""

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.errors import ConfigError
from sweepkit.models.calibration import CALIBRATIONS, fit_calibrator
from sweepkit.models.threshold import OBJECTIVES, choose_threshold, set_decision
from sweepkit.tasks import HALF, Task
from sweepkit.training.out_of_fold import OutOfFold
from sweepkit.training.settings import Settings

_NONE = "none"


def check_decision(task: Settings) -> None:
    """Refuse settings of classes that no task, or not this one, has.

    Raises:
        ConfigError: If calibration or threshold is unknown or out of place.
    """
    _check_regression(task)
    if task["calibration"] not in (_NONE, *CALIBRATIONS):
        raise ConfigError(
            f"task.calibration is {task['calibration']!r}; use {_NONE} or one of "
            f"{', '.join(CALIBRATIONS)}."
        )
    threshold = task["threshold"]
    if isinstance(threshold, Real) and not isinstance(threshold, bool):
        fits = 0 < float(threshold) < 1
    else:
        fits = threshold in OBJECTIVES
    if not fits:
        raise ConfigError(
            f"task.threshold is {threshold!r}; use a number between 0 and 1, or what "
            f"it is to serve: {', '.join(OBJECTIVES)}."
        )
    if task["name"] == Task.MULTICLASS and threshold != HALF:
        raise ConfigError(
            f"task.threshold is {threshold!r}, and of several classes the most "
            f"probable one is decided for. Remove `task.threshold`, or weigh classes "
            f"with task.class_weight."
        )


def fixed_threshold(task: Settings) -> float | None:
    """Return the threshold that is given as a number; None for 0.5 and objectives."""
    threshold = task["threshold"]
    if isinstance(threshold, str) or threshold == HALF:
        return None
    return float(threshold)


def learns_decision(task: Settings) -> bool:
    """Return whether the decision is learned from rows that folds left out."""
    if task["name"] == Task.REGRESSION:
        return False
    return task["calibration"] != _NONE or isinstance(task["threshold"], str)


def learn_decision(
    model: Any, task: Settings, actual: NDArray[np.float64], found: OutOfFold
) -> None:
    """Set calibration and threshold of a fitted model, as `task` asks for.

    Both are learned from out-of-fold predictions, which is what
    `sklearn.calibration.CalibratedClassifierCV(ensemble=False)` does, without fitting
    folds again. The holdout plays no part.

    Args:
        model: Pipeline fitted on all training rows; changed in place.
        task: The node `task`, resolved.
        actual: Codes of the training rows, (n_train,).
        found: What cross-validation found with the same settings.
    """
    if not learns_decision(task):
        return
    probabilities = found.predicted.probabilities
    assert probabilities is not None
    codes = actual[found.positions].astype(np.intp)
    calibrator, threshold = None, fixed_threshold(task)
    if task["calibration"] != _NONE:
        calibrator = fit_calibrator(task["calibration"], probabilities, codes)
        probabilities = calibrator.calibrate(probabilities)
    if isinstance(task["threshold"], str):
        threshold = choose_threshold(task["threshold"], probabilities, codes)
    set_decision(model, threshold=threshold, calibrator=calibrator)


def _check_regression(task: Settings) -> None:
    if task["name"] != Task.REGRESSION:
        return
    given = {
        "positive": task["positive"] is not None,
        "class_weight": task["class_weight"] is not None,
        "calibration": task["calibration"] != _NONE,
        "threshold": task["threshold"] != HALF,
    }
    for key, is_given in given.items():
        if is_given:
            raise ConfigError(
                f"task.{key} is {task[key]!r}, and a regression has no classes. Remove "
                f"it, or choose `task=binary` or `task=multiclass`."
            )
