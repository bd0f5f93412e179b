"""Plain forms of scikit-learn's histogram gradient boosting."""

from typing import Any

import numpy as np

from sweepkit.models.predictor.class_kernels import CLASS_KERNELS
from sweepkit.models.predictor.kernels import KERNELS, Kernel
from sweepkit.models.predictor.plugs import NotPlain
from sweepkit.models.predictor.rows import Floats
from sweepkit.models.predictor.trees import Tree, Trees

# So many numbers of one row numpy adds up in another order than columns of many rows.
_SUMMED_BY_ROWS = 8


@KERNELS.add("sklearn.ensemble", "HistGradientBoostingRegressor")
def _histogram_boosting(fitted: Any) -> Kernel:
    (trees,) = _read_boosting(fitted)
    inverse = fitted._loss.link.inverse
    return Kernel(
        f"histogram boosting on plain arrays{trees.how}",
        lambda features: np.asarray(inverse(trees.add_up(features))),
    )


@CLASS_KERNELS.add("sklearn.ensemble", "HistGradientBoostingClassifier")
def _histogram_boosting_classes(fitted: Any) -> Kernel:
    scores, to_probabilities = _read_boosting(fitted), fitted._loss.predict_proba

    def run(features: Floats) -> Floats:
        # In columns, as scikit-learn's own: the order of the softmax's sum hangs on it.
        raw = np.empty((len(features), len(scores)), order="F")
        for column, trees in enumerate(scores):
            raw[:, column] = trees.add_up(features)
        return np.asarray(to_probabilities(raw))

    form = f"histogram boosting on plain arrays{scores[0].how}"
    return Kernel(form, run, sums_by_rows=len(scores) >= _SUMMED_BY_ROWS)


def _read_boosting(fitted: Any) -> list[Trees]:
    """Return the trees whose sum is a score: one for two classes, else one for each."""
    if fitted.is_categorical_ is not None:
        raise NotPlain("histogram boosting has categories of its own")
    starts = np.asarray(fitted._baseline_prediction, dtype=np.float64).ravel()
    return [
        Trees(
            [_read_histogram(step[score].nodes) for step in fitted._predictors],
            fitted.n_features_in_,
            float(start),
        )
        for score, start in enumerate(starts)
    ]


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
