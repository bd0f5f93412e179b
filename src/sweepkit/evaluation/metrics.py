"""The scores a model is judged by, each with its direction and unit."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sweepkit.errors import ConfigError

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Metric:
    """One score of predictions against actual values.

    Attributes:
        name: The word used in `evaluation.metric` and in logged metric names.
        direction: Whether an optimizer should `minimize` or `maximize` it.
        unit: `target` (that of the target column), `share` (1.0 is 100 %) or `none`.
        score: Actual values and predictions, both of shape (n_rows,), to a float.
    """

    name: str
    direction: Literal["minimize", "maximize"]
    unit: Literal["target", "share", "none"]
    score: Callable[[Values, Values], float]

    def is_better(self, value: float, than: float) -> bool:
        """Tell whether `value` improves on `than`; a tie and NaN do not."""
        return value < than if self.direction == "minimize" else value > than


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
    )
}


def find_metric(name: str) -> Metric:
    """Look a metric up by its name.

    Raises:
        ConfigError: If no metric has this name.
    """
    if name not in METRICS:
        raise ConfigError(
            f"evaluation.metric is {name!r}; known metrics are {', '.join(METRICS)}."
        )
    return METRICS[name]


def score_all(actual: Values, predicted: Values) -> dict[str, float]:
    """Score predictions by every metric; metrics without a value are left out."""
    scores = {m.name: float(m.score(actual, predicted)) for m in METRICS.values()}
    return {name: value for name, value in scores.items() if np.isfinite(value)}
