"""Plain forms of classifiers: functions from features to probabilities."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from sweepkit.models.classify import spread_classes
from sweepkit.models.predictor.kernels import KERNELS, Kernel
from sweepkit.models.predictor.plugs import NotPlain, Plugs
from sweepkit.models.predictor.rows import Floats
from sweepkit.models.predictor.steps import refuse_infinity

# From the fitted classifier within a `LabelClassifier` to its kernel. All stand for its
# `predict_proba`, in the order of its own classes.
CLASS_KERNELS: Plugs[Callable[[Any], Kernel]] = Plugs()


@KERNELS.add("sweepkit.models.classify", "LabelClassifier")
def _labelled(fitted: Any) -> Kernel:
    classifier = fitted.estimator_
    inner = CLASS_KERNELS.find(classifier)(classifier)
    known, n_classes = classifier.classes_, len(fitted.classes)
    calibrator = fitted.calibrator_

    def run(features: Floats) -> Floats:
        spread = spread_classes(inner.run(features), known, n_classes)
        return spread if calibrator is None else calibrator.calibrate(spread)

    return replace(inner, run=run, n_outputs=n_classes)


@CLASS_KERNELS.add("sklearn.linear_model", "LogisticRegression")
def _logistic(fitted: Any) -> Kernel:
    from scipy.special import expit

    weights, intercept = fitted.coef_.T, fitted.intercept_

    def score(features: Floats) -> Floats:
        refuse_infinity(features)
        return np.asarray(features @ weights + intercept)

    def of_two(features: Floats) -> Floats:
        return np.asarray(expit(score(features).reshape(-1)))

    two = len(fitted.classes_) == 2
    run = as_two_columns(of_two) if two else lambda features: _softmax(score(features))
    return Kernel("logistic regression on plain arrays", run, sums_by_layout=True)


@CLASS_KERNELS.add("sklearn.dummy", "DummyClassifier")
def _shares(fitted: Any) -> Kernel:
    if fitted.n_outputs_ != 1 or fitted.strategy == "stratified":
        raise NotPlain("DummyClassifier draws lots, or has several targets")
    shares = fitted.predict_proba([[0.0]])
    return Kernel("constant", lambda features: np.repeat(shares, len(features), axis=0))


def as_two_columns(run: Callable[[Floats], Floats]) -> Callable[[Floats], Floats]:
    """Return what gives both classes their probability from the second one's."""

    def run_both(features: Floats) -> Floats:
        second = run(features)
        return np.stack([1.0 - second, second], axis=1)

    return run_both


def _softmax(scores: Floats) -> Floats:
    """Return what scikit-learn makes of scores, (n_rows, n_classes), in its order."""
    powers = np.exp(scores - scores.max(axis=1)[:, None])
    return np.asarray(powers / powers.sum(axis=1)[:, None])
