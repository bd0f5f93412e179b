"""Contributions of LightGBM's models, by LightGBM itself.

It computes the exact SHAP values of trees: Lundberg et al. (2020), "From local
explanations to global understanding with explainable AI for trees", Nature Machine
Intelligence 2, 56-67, https://doi.org/10.1038/s42256-019-0138-9
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from sweepkit.models.contribution_forms import (
    LOG_ODDS,
    RAW_FORMS,
    SCORE,
    Column,
    Floats,
    Raw,
    check_sums,
)
from sweepkit.models.predictor.plugs import NotPlain

LOG_TARGET = "log of the target"
_AS_IS = {"regression", "regression_l1", "huber", "fair", "quantile", "mape", "custom"}
_LOGS = {"poisson", "gamma", "tweedie"}
_SIGMOID = {"binary", "cross_entropy"}
# Milliseconds a leaf and a row: 1,000 trees of 48 leaves take 10.
_LEAF_MS = 2e-4


@RAW_FORMS.add("lightgbm", "LGBMRegressor", "LGBMClassifier")
def _boosted(fitted: Any, _: list[Column]) -> Raw:
    if fitted.get_params().get("linear_tree"):
        raise NotPlain(
            "LightGBM does not explain trees with linear leaves. Train with "
            "`model.estimator.linear_tree=false`."
        )
    booster = _cut_short(fitted.booster_)
    unit, steepness = _find_unit(booster)
    n_scores, width = booster.num_model_per_iteration(), booster.num_feature() + 1

    def run(features: Floats) -> Floats:
        found = booster.predict(features, pred_contrib=True, num_threads=1)
        split = np.asarray(found).reshape(len(features), n_scores, width)
        return steepness * (split if n_scores > 1 else split[:, 0])

    # The first call prepares the trees, which two threads must not do at once.
    _try_out(booster, run, steepness)
    row_ms = booster.num_trees() * int(fitted.num_leaves) * _LEAF_MS
    return Raw(run=run, unit=unit, codes=_find_codes(unit, n_scores), row_ms=row_ms)


def _cut_short(booster: Any) -> Any:
    """Return the booster without the trees after its best round."""
    if booster.best_iteration <= 0:
        return booster
    return type(booster)(model_str=booster.model_to_string())


def _find_unit(booster: Any) -> tuple[str, float]:
    """Return the unit of a booster's sums, and what to multiply them by for it."""
    head = booster.model_to_string(num_iteration=1).partition("\nTree=")[0]
    lines = (line.partition("=") for line in head.split("\n"))
    facts = {key: value for key, _, value in lines}
    # A forest's sums are those of all its trees, its predictions their mean.
    n_rounds = booster.num_trees() // booster.num_model_per_iteration()
    share = 1.0 / n_rounds if "average_output" in facts else 1.0
    objective = facts.get("objective", "custom")
    name, *settings = objective.split() or ["custom"]
    values = dict(setting.partition(":")[::2] for setting in settings)
    if name in _AS_IS and "sqrt" not in values:
        return "", share
    if name in _LOGS:
        return LOG_TARGET, share
    if name in _SIGMOID:
        return LOG_ODDS, share * float(values.get("sigmoid", 1.0))
    if name == "multiclass":
        return SCORE, share
    raise NotPlain(
        f"The sums of a LightGBM model with the objective {objective!r} do not add up "
        f"to what it predicts. Train with another `model.estimator.objective`."
    )


def _find_codes(unit: str, n_scores: int) -> tuple[int, ...]:
    if unit == SCORE:
        return tuple(range(n_scores))
    return (1,) if unit == LOG_ODDS else ()


def _try_out(booster: Any, run: Callable[[Floats], Floats], steepness: float) -> None:
    rows = np.zeros((2, booster.num_feature()))
    rows[1] = np.nan
    said = booster.predict(rows, raw_score=True, num_threads=1)
    check_sums(run(rows), steepness * np.asarray(said), "LightGBM")
