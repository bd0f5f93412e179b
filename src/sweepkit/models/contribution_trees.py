"""Contributions of scikit-learn's trees, by the package `shap`, where it is installed.

The values are exact: Lundberg et al. (2020), https://doi.org/10.1038/s42256-019-0138-9
"""

import importlib
import importlib.util
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
    check_sums,
)
from sweepkit.models.predictor.plugs import NotPlain

# Milliseconds of one leaf and one row, for each level squared on the way to it.
_STEP_MS = 2e-6
# And of one leaf of a shallow tree.
_SHALLOW_MS = 2e-4


@RAW_FORMS.add("sklearn.ensemble", "RandomForestRegressor", "ExtraTreesRegressor")
def _forest(fitted: Any, _: list[Column]) -> Raw:
    return _explain(fitted, fitted.predict, "", _weigh_forest(fitted))


@RAW_FORMS.add("sklearn.ensemble", "RandomForestClassifier", "ExtraTreesClassifier")
def _forest_classes(fitted: Any, _: list[Column]) -> Raw:
    row_ms = _weigh_forest(fitted)
    return _explain(fitted, fitted.predict_proba, PROBABILITY, row_ms)


@RAW_FORMS.add("sklearn.ensemble", "HistGradientBoostingRegressor")
def _histogram(fitted: Any, _: list[Column]) -> Raw:
    if type(fitted._loss.link).__name__ != "IdentityLink":
        raise NotPlain(
            f"Histogram boosting with the loss {fitted.loss!r} adds up logs. Train "
            f"with `model.estimator.loss=squared_error`."
        )
    return _explain(fitted, fitted.predict, "", _weigh_histogram(fitted))


@RAW_FORMS.add("sklearn.ensemble", "HistGradientBoostingClassifier")
def _histogram_classes(fitted: Any, _: list[Column]) -> Raw:
    unit = LOG_ODDS if len(fitted.classes_) == 2 else SCORE
    return _explain(fitted, fitted.decision_function, unit, _weigh_histogram(fitted))


def _explain(fitted: Any, ask: Any, unit: str, row_ms: float) -> Raw:
    explainer = _load_shap().TreeExplainer(fitted)
    base = np.asarray(explainer.expected_value, dtype=np.float64).reshape(-1)
    narrows = hasattr(fitted, "estimators_")
    many = unit == SCORE or (unit == PROBABILITY and len(base) > 2)

    def run(features: Floats) -> Floats:
        # Forests look at float32; on float64 they would go other ways.
        rows = features.astype(np.float32) if narrows else features
        values = explainer.shap_values(rows, check_additivity=False)
        split = np.asarray(values, dtype=np.float64)
        split = split.reshape(len(features), features.shape[1], len(base))
        shown = split if many else split[:, :, -1:]
        ends = np.broadcast_to(base[-shown.shape[2] :], (len(shown), shown.shape[2]))
        found = np.concatenate([shown.transpose(0, 2, 1), ends[:, :, None]], axis=2)
        return found if many else found[:, 0]

    _try_out(fitted, ask, run, many)
    codes = tuple(range(len(base))) if many else (len(base) - 1 or 1,)
    return Raw(run=run, unit=unit, codes=codes if unit else (), row_ms=row_ms)


def _try_out(fitted: Any, ask: Any, run: Any, many: bool) -> None:
    rows = np.zeros((2, fitted.n_features_in_))
    rows[1] = 1.0
    said = np.asarray(ask(rows), dtype=np.float64)
    if not many and said.ndim == 2:
        said = said[:, -1]
    check_sums(run(rows), said, "shap")


def _load_shap() -> Any:
    if importlib.util.find_spec("shap") is None:
        raise NotPlain(
            "The trees of scikit-learn are explained by the package shap, which is not "
            'installed: pip install "sweepkit[shap]".'
        )
    try:
        return importlib.import_module("shap")
    except ImportError as error:
        raise NotPlain(f"The package shap does not work here: {error}.") from error


def _weigh_forest(fitted: Any) -> float:
    trees = [part.tree_ for part in fitted.estimators_]
    steps = sum(tree.n_leaves * _typical_depth(tree.n_leaves) ** 2 for tree in trees)
    return float(steps) * _STEP_MS


def _weigh_histogram(fitted: Any) -> float:
    trees = [tree for step in fitted._predictors for tree in step]
    return float(sum(tree.get_n_leaf_nodes() for tree in trees)) * _SHALLOW_MS


def _typical_depth(n_leaves: int) -> float:
    """Return how deep a leaf lies; trees are about a third deeper than full ones."""
    return 1.33 * float(np.log2(max(2, n_leaves)))
