"""Plain forms of estimators: functions from features to predictions."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sweepkit.models.predictor.plugs import NotPlain, Plugs
from sweepkit.models.predictor.rows import Floats
from sweepkit.models.predictor.steps import refuse_infinity


@dataclass(frozen=True, slots=True)
class Kernel:
    """What predicts from a matrix.

    Attributes:
        form: What it is, in words.
        run: From features (n_rows, n_features), float64, to predictions (n_rows,) or
            probabilities (n_rows, n_outputs); many threads may call it at once.
        sums_by_layout: Whether the order of its sums, and with it the last bit, depends
            on how the features lie in memory.
        sums_by_rows: Whether it depends on how many rows there are.
        n_outputs: Numbers a row gets: 1, or of classes one each.
    """

    form: str
    run: Callable[[Floats], Floats]
    sums_by_layout: bool = False
    sums_by_rows: bool = False
    n_outputs: int = 1


# From the fitted last step of a pipeline to its kernel. All stand for its `predict`,
# save that of `LabelClassifier`, which stands for `predict_proba`.
KERNELS: Plugs[Callable[[Any], Kernel]] = Plugs()


def build_kernel(fitted: Any) -> Kernel:
    """Return the kernel of a fitted regressor or `LabelClassifier`.

    Raises:
        NotPlain: If it, or a setting of it, has no plain form.
    """
    return KERNELS.find(fitted)(fitted)


@KERNELS.add("sweepkit.models.clip", "ClippedRegressor")
def _clipped(fitted: Any) -> Kernel:
    inner = build_kernel(fitted.estimator_)
    low, high = fitted.low_, fitted.high_

    def run(features: Floats) -> Floats:
        # For one row `np.clip` takes three times as long.
        return np.asarray(np.minimum(np.maximum(inner.run(features), low), high))

    return replace(inner, run=run)


@KERNELS.add("sklearn.linear_model", "Ridge", "LinearRegression", "Lasso", "ElasticNet")
def _linear(fitted: Any) -> Kernel:
    weights, intercept = np.asarray(fitted.coef_), fitted.intercept_
    if weights.ndim != 1:
        raise NotPlain("the linear model has several targets")

    def run(features: Floats) -> Floats:
        refuse_infinity(features)
        return np.asarray(features @ weights + intercept)

    return Kernel("linear model on plain arrays", run, sums_by_layout=True)


@KERNELS.add("sklearn.dummy", "DummyRegressor")
def _constant(fitted: Any) -> Kernel:
    constant = np.asarray(fitted.constant_)
    if constant.size != 1:
        raise NotPlain("DummyRegressor has several targets")
    value = float(constant.item())
    return Kernel("constant", lambda features: np.full(len(features), value))
