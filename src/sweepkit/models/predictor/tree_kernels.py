"""Plain forms of scikit-learn's models made of trees."""

from typing import Any

import numpy as np

from sweepkit.errors import DataError
from sweepkit.models.predictor.kernels import KERNELS, Kernel
from sweepkit.models.predictor.plugs import NotPlain
from sweepkit.models.predictor.rows import Floats
from sweepkit.models.predictor.trees import Tree, Trees


@KERNELS.add("sklearn.ensemble", "RandomForestRegressor", "ExtraTreesRegressor")
def _forest(fitted: Any) -> Kernel:
    return _mean_of(fitted.estimators_, "forest on plain arrays")


@KERNELS.add("sklearn.tree", "DecisionTreeRegressor", "ExtraTreeRegressor")
def _tree(fitted: Any) -> Kernel:
    return _mean_of([fitted], "decision tree on plain arrays")


@KERNELS.add("sklearn.ensemble", "HistGradientBoostingRegressor")
def _histogram_boosting(fitted: Any) -> Kernel:
    if fitted.n_trees_per_iteration_ != 1 or fitted.is_categorical_ is not None:
        raise NotPlain(
            "histogram boosting has categories or several targets of its own"
        )
    parts = [_read_histogram(step[0].nodes) for step in fitted._predictors]
    start = float(np.asarray(fitted._baseline_prediction).item())
    trees = Trees(parts, fitted.n_features_in_, start)
    inverse = fitted._loss.link.inverse
    return Kernel(
        "histogram boosting on plain arrays",
        lambda features: np.asarray(inverse(trees.add_up(features))),
    )


def _mean_of(estimators: Any, form: str) -> Kernel:
    first, n_trees = estimators[0], len(estimators)
    if first.n_outputs_ != 1:
        raise NotPlain("the trees have several targets")
    parts = [_read_tree(estimator.tree_) for estimator in estimators]
    trees = Trees(parts, first.n_features_in_, 0.0)
    tags = first.__sklearn_tags__()
    takes_blanks = tags.input_tags.allow_nan and first.monotonic_cst is None

    def run(features: Floats) -> Floats:
        # scikit-learn's trees look at float32; on float64 they would go other ways.
        narrow = features.astype(np.float32)
        if not np.isfinite(narrow).all():
            _refuse(narrow, takes_blanks)
        return trees.add_up(narrow) / n_trees

    return Kernel(form, run)


def _refuse(features: Any, takes_blanks: bool) -> None:
    if np.isinf(features).any():
        raise DataError(
            "A number, or what is computed from the numbers of a row, is too large for "
            "this model: it takes at most 3.4e38. Correct the row."
        )
    if not takes_blanks:
        raise DataError("This model takes no blanks. Fill them in.")


def _read_tree(tree: Any) -> Tree:
    return Tree(
        left=tree.children_left,
        right=tree.children_right,
        feature=tree.feature,
        threshold=tree.threshold,
        value=tree.value[:, 0, 0],
        blank_left=tree.missing_go_to_left.astype(np.bool_),
    )


def _read_histogram(nodes: Any) -> Tree:
    leaf = nodes["is_leaf"].astype(np.bool_)
    if nodes["is_categorical"].any():
        raise NotPlain("histogram boosting splits on categories of its own")
    return Tree(
        left=np.where(leaf, -1, nodes["left"].astype(np.int64)),
        right=nodes["right"].astype(np.int64),
        feature=nodes["feature_idx"].astype(np.int64),
        threshold=nodes["num_threshold"],
        value=nodes["value"],
        blank_left=nodes["missing_go_to_left"].astype(np.bool_),
    )
