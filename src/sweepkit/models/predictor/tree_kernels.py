"""Plain forms of scikit-learn's trees and forests."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.errors import DataError
from sweepkit.models.predictor.class_kernels import CLASS_KERNELS
from sweepkit.models.predictor.kernels import KERNELS, Kernel
from sweepkit.models.predictor.plugs import NotPlain
from sweepkit.models.predictor.rows import Floats
from sweepkit.models.predictor.trees import Tree, Trees

# Each class takes a walk, and a copy of all nodes, of its own; beyond this many classes
# the library's own trees are as fast.
_MOST_WALKS = 4


@KERNELS.add("sklearn.ensemble", "RandomForestRegressor", "ExtraTreesRegressor")
def _forest(fitted: Any) -> Kernel:
    return _of_numbers(fitted.estimators_, "forest on plain arrays")


@CLASS_KERNELS.add("sklearn.ensemble", "RandomForestClassifier", "ExtraTreesClassifier")
def _forest_classes(fitted: Any) -> Kernel:
    return _of_classes(fitted.estimators_, "forest on plain arrays")


@KERNELS.add("sklearn.tree", "DecisionTreeRegressor", "ExtraTreeRegressor")
def _tree(fitted: Any) -> Kernel:
    return _of_numbers([fitted], "decision tree on plain arrays")


@CLASS_KERNELS.add("sklearn.tree", "DecisionTreeClassifier", "ExtraTreeClassifier")
def _tree_classes(fitted: Any) -> Kernel:
    return _of_classes([fitted], "decision tree on plain arrays")


def _of_numbers(estimators: Any, form: str) -> Kernel:
    check, n_trees = _check_of(estimators), len(estimators)
    trees = _read_forest(estimators, 0)
    return Kernel(
        form + trees.how, lambda features: trees.add_up(check(features)) / n_trees
    )


def _of_classes(estimators: Any, form: str) -> Kernel:
    check, n_trees = _check_of(estimators), len(estimators)
    n_classes = estimators[0].tree_.value.shape[2]
    if n_classes > _MOST_WALKS:
        parts = [estimator.tree_ for estimator in estimators]

        def one_by_one(features: Floats) -> Floats:
            narrow = check(features)
            total = np.zeros((len(narrow), n_classes))
            for tree in parts:
                total += tree.predict(narrow)
            return total / n_trees

        return Kernel(f"{form}, tree by tree", one_by_one)

    walks = [_read_forest(estimators, value) for value in range(n_classes)]

    def run(features: Floats) -> Floats:
        narrow = check(features)
        return np.stack([trees.add_up(narrow) for trees in walks], axis=1) / n_trees

    return Kernel(form + walks[0].how, run)


def _check_of(estimators: Any) -> Callable[[Floats], NDArray[np.float32]]:
    """Return what makes features ready for trees."""
    first = estimators[0]
    if first.n_outputs_ != 1:
        raise NotPlain("the trees have several targets")
    tags = first.__sklearn_tags__()
    takes_blanks = tags.input_tags.allow_nan and first.monotonic_cst is None

    def check(features: Floats) -> NDArray[np.float32]:
        # scikit-learn's trees look at float32; on float64 they would go other ways.
        narrow = features.astype(np.float32)
        if not np.isfinite(narrow).all():
            _refuse(narrow, takes_blanks)
        return narrow

    return check


def _read_forest(estimators: Any, value: int) -> Trees:
    """Return trees that add up one of the values of their leaves."""
    parts = [_read_tree(estimator.tree_, value) for estimator in estimators]
    return Trees(parts, estimators[0].n_features_in_, 0.0)


def _refuse(features: Any, takes_blanks: bool) -> None:
    if np.isinf(features).any():
        raise DataError(
            "A number, or what is computed from the numbers of a row, is too large for "
            "this model: it takes at most 3.4e38. Correct the row."
        )
    if not takes_blanks:
        raise DataError("This model takes no blanks. Fill them in.")


def _read_tree(tree: Any, value: int) -> Tree:
    return Tree(
        left=tree.children_left,
        right=tree.children_right,
        feature=tree.feature,
        threshold=tree.threshold,
        value=tree.value[:, 0, value],
        blank_left=tree.missing_go_to_left.astype(np.bool_),
    )
