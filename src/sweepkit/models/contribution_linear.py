"""Contributions of linear models and of constants: read off their weights.

With features taken as independent of each other, what a feature adds is its weight
times how far it lies from its mean: Lundberg and Lee (2017), corollary 1,
https://arxiv.org/abs/1705.07874
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from sweepkit.models.contribution_forms import (
    LOG_ODDS,
    PROBABILITY,
    RAW_FORMS,
    SCORE,
    Column,
    Floats,
    Raw,
)
from sweepkit.models.predictor.plugs import NotPlain


@RAW_FORMS.add(
    "sklearn.linear_model", "Ridge", "LinearRegression", "Lasso", "ElasticNet"
)
def _linear(fitted: Any, columns: list[Column]) -> Raw:
    weights = np.asarray(fitted.coef_, dtype=np.float64)
    if weights.ndim != 1:
        raise NotPlain("The linear model has several targets.")
    run = _weigh(weights[None], np.atleast_1d(fitted.intercept_), columns)
    return Raw(run=lambda features: run(features)[:, 0])


@RAW_FORMS.add("sklearn.linear_model", "LogisticRegression")
def _logistic(fitted: Any, columns: list[Column]) -> Raw:
    weights = np.asarray(fitted.coef_, dtype=np.float64)
    run = _weigh(weights, np.asarray(fitted.intercept_), columns)
    if len(weights) == 1:
        return Raw(run=lambda features: run(features)[:, 0], unit=LOG_ODDS, codes=(1,))
    return Raw(run=run, unit=SCORE, codes=tuple(range(len(weights))))


@RAW_FORMS.add("sklearn.dummy", "DummyRegressor")
def _constant(fitted: Any, _: list[Column]) -> Raw:
    base = np.asarray(fitted.constant_, dtype=np.float64).reshape(-1)
    if base.size != 1:
        raise NotPlain("DummyRegressor has several targets.")
    return Raw(run=lambda features: _say_constant(features, base)[:, 0])


@RAW_FORMS.add("sklearn.dummy", "DummyClassifier")
def _shares(fitted: Any, _: list[Column]) -> Raw:
    if fitted.n_outputs_ != 1 or fitted.strategy == "stratified":
        raise NotPlain("DummyClassifier draws lots, or has several targets.")
    shares = np.asarray(fitted.predict_proba([[0.0]]))[0]
    if len(shares) > 2:
        codes = tuple(range(len(shares)))
        return Raw(
            run=lambda features: _say_constant(features, shares),
            unit=PROBABILITY,
            codes=codes,
        )
    return Raw(
        run=lambda features: _say_constant(features, shares[-1:])[:, 0],
        unit=PROBABILITY,
        codes=(len(shares) - 1,),
    )


def _say_constant(features: Floats, base: Floats) -> Floats:
    """Return nothing for each column and then the base, (n_rows, n_bases, n + 1)."""
    found = np.zeros((len(features), len(base), features.shape[1] + 1))
    found[..., -1] = base
    return found


def _weigh(
    weights: Floats, intercepts: Floats, columns: list[Column]
) -> Callable[[Floats], Floats]:
    """Return what gives (n_rows, n_scores, n_columns + 1) from weights of scores."""
    middle = _find_middle(columns)
    base = intercepts + weights @ middle

    def run(features: Floats) -> Floats:
        found = np.empty((len(features), len(weights), features.shape[1] + 1))
        found[..., :-1] = weights * (features - middle)[:, None, :]
        found[..., -1] = base
        return found

    return run


def _find_middle(columns: list[Column]) -> Floats:
    """Return what each column is compared with, (n_columns,).

    A scaled column has the mean 0. How common a category is no linear model keeps, so
    its columns are compared with the mean over the categories, each counting once.
    """
    unknown = [c.name for c in columns if not (c.centred or c.one_hot)]
    if unknown:
        raise NotPlain(
            f"A linear model explains only columns whose mean over the training rows "
            f"is known; {unknown[0]} is not scaled. Train with "
            f"`model.inputs.scale=true`."
        )
    widths = Counter(column.name for column in columns if column.one_hot)
    return np.array([1 / widths[c.name] if c.one_hot else 0.0 for c in columns])
