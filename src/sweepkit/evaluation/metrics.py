"""The scores a model is judged by. Another one is one function and one line."""

from collections.abc import Callable

import numpy as np

from sweepkit.errors import ConfigError
from sweepkit.evaluation.class_scores import (
    accuracy,
    average_precision,
    balanced_accuracy,
    brier,
    calibration_error,
    f1,
    log_loss,
    roc_auc,
)
from sweepkit.evaluation.metric import CLASSES, Metric
from sweepkit.evaluation.predicted import Predicted, Values
from sweepkit.tasks import Task

__all__ = [
    "METRICS",
    "Metric",
    "Values",
    "check_metric",
    "find_metric",
    "list_metrics_of",
    "mean_absolute_percentage_error",
    "score_all",
]


def mean_absolute_percentage_error(actual: Values, predicted: Values) -> float:
    """Return the mean of |error| / |actual| over rows whose actual value is not zero.

    Rows at zero have no percentage; scikit-learn divides them by 2.2e-16 instead,
    which turns one such row into a score of 1e15.

    Returns:
        A share (0.18 is 18 %), or NaN if every actual value is zero.
    """
    counted = actual != 0
    if not counted.any():
        return float("nan")
    return float(np.mean(np.abs(predicted - actual)[counted] / np.abs(actual[counted])))


def _of_sklearn(name: str) -> Callable[[Values, Values], float]:
    """Return a metric of scikit-learn, which is imported when it is first used.

    Whoever only asks for directions, as a sweep's parent does, need not wait for it.
    """

    def score(actual: Values, predicted: Values) -> float:
        from sklearn import metrics

        return float(getattr(metrics, name)(actual, predicted))

    return score


METRICS = {
    metric.name: metric
    for metric in (
        Metric("rmse", "minimize", "target", _of_sklearn("root_mean_squared_error")),
        Metric("r2", "maximize", "none", _of_sklearn("r2_score")),
        Metric("mae", "minimize", "target", _of_sklearn("mean_absolute_error")),
        Metric("mape", "minimize", "share", mean_absolute_percentage_error),
        Metric("roc_auc", "maximize", "none", roc_auc, CLASSES, "probabilities"),
        Metric(
            *("average_precision", "maximize", "none", average_precision, CLASSES),
            reads="probabilities",
        ),
        Metric("log_loss", "minimize", "none", log_loss, CLASSES, "probabilities"),
        Metric("f1", "maximize", "none", f1, CLASSES, "decisions"),
        Metric("accuracy", "maximize", "share", accuracy, CLASSES),
        Metric("balanced_accuracy", "maximize", "share", balanced_accuracy, CLASSES),
        Metric("brier", "minimize", "none", brier, CLASSES, "probabilities"),
        Metric(
            *("calibration_error", "minimize", "share", calibration_error, CLASSES),
            reads="probabilities",
        ),
    )
}


def find_metric(name: str) -> Metric:
    """Look a metric up by its name.

    Raises:
        ConfigError: If no metric has this name.
    """
    if name not in METRICS:
        raise ConfigError(
            f"evaluation.metric is {name!r}; known metrics are {', '.join(METRICS)}. "
            f"One of your own is named by its path in evaluation.metrics."
        )
    return METRICS[name]


def check_metric(name: str, task: Task) -> Metric:
    """Look a metric up by its name, if it is a score of a task.

    Raises:
        ConfigError: If no metric has this name, or it is one of other tasks.
    """
    metric = find_metric(name)
    if task not in metric.tasks:
        others = " and ".join(metric.tasks)
        fitting = ", ".join(found.name for found in list_metrics_of(task))
        raise ConfigError(
            f"evaluation.metric is {name!r}, a score of {others}, and the task is "
            f"{task}. Its scores are {fitting}: choose one of them, or another `task=`."
        )
    return metric


def list_metrics_of(task: Task) -> list[Metric]:
    """Return the scores of a task, in the order in which they are shown."""
    return [metric for metric in METRICS.values() if task in metric.tasks]


def score_all(task: Task, actual: Values, predicted: Predicted) -> dict[str, float]:
    """Score predictions by every metric of a task; what has no value is left out."""
    scores = {m.name: m.judge(actual, predicted) for m in list_metrics_of(task)}
    return {name: value for name, value in scores.items() if np.isfinite(value)}
