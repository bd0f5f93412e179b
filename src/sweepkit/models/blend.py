"""Several models as one: the weighted mean of what its members say.

How a blend becomes a pipeline, from YAML alone (`conf/model/ensemble.yaml`): its
members stand in `model.estimator.members`, each with `weight`, `inputs` and
`estimator`, so that `build(cfg, "model.estimator")` returns an unfitted blend that
knows what its members take.

    # models/pipeline.py, build_pipeline: the features follow from the estimator
    preprocessor = build_features(estimator, columns, steps, inputs, schema.task)
    # training/prepared.py, features_key: and so does what they depend on
    return [*tables, feature_inputs(settings["model"])]

And from members fitted one by one, under a clock (`blend_parts`):

    pipeline = unfitted_model(cfg, rows)           # of model=ensemble
    fitted = [fit_fresh(one, 1, rows.train, target) for one in part_members(pipeline)]
    model = assemble(pipeline, fitted, target)     # to the bit as fitted at once
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    MetaEstimatorMixin,
    RegressorMixin,
)

from sweepkit.evaluation.mixing import mix
from sweepkit.evaluation.threads import map_threads
from sweepkit.models.blend_members import (
    clip_said,
    find_kinds,
    fit_member,
    take_columns,
)
from sweepkit.models.classify import spread_classes
from sweepkit.models.feature_sets import find_slices
from sweepkit.models.threads import share_threads

Floats = NDArray[np.float64]


class Blend(MetaEstimatorMixin, BaseEstimator):  # type: ignore[misc]
    """What both kinds of blend share.

    Args:
        estimators: The unfitted members, without wrappers.
        weights: What each counts for, above 0; only their shares matter.
        names: What each is called.
        inputs: What each takes, as in `model.inputs`; None if all take all columns.
            Of several kinds, features must come from `FeatureSets`.
        n_jobs: Threads. Members are fitted side by side, each on its share of them.

    Attributes:
        members_: The fitted members.
        weights_: Their shares, (n_members,), adding up to 1.
        slices_: The columns of the features that each reads.
    """

    members_: list[Any]
    weights_: Floats
    slices_: list[slice]

    def __init__(
        self,
        estimators: list[Any],
        weights: list[float],
        names: list[str] | None = None,
        inputs: list[dict[str, Any]] | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.estimators = estimators
        self.weights = weights
        self.names = names
        self.inputs = inputs
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: ArrayLike, sample_weight: Floats | None = None) -> Self:
        """Fit a clone of each member to its columns.

        Args:
            X: Features, (n_rows, n_features).
            y: Target, (n_rows,).
            sample_weight: What each row counts for, (n_rows,).

        Raises:
            ConfigError: If rows have weights and a member takes none.
        """
        matrix, target = np.asarray(X, dtype=np.float64), np.asarray(y)
        kinds, places = find_kinds(self.inputs, len(self.estimators))
        slices = find_slices(matrix, len(kinds))
        blocks = [take_columns(matrix, where) for where in slices]
        at_once, share = share_threads(self.n_jobs, len(self.estimators))
        fit_one = partial(fit_member, target, share, sample_weight)
        work = zip(self.estimators, (blocks[place] for place in places), strict=True)
        members = list(map_threads(fit_one, work, at_once))
        return self.set_members(members, [slices[place] for place in places], target)

    def set_members(
        self, members: list[Any], slices: list[slice], y: NDArray[Any]
    ) -> Self:
        """Take members that are fitted already; see `blend_parts.assemble`."""
        weights = np.asarray(self.weights, dtype=np.float64)
        self.members_, self.slices_ = members, slices
        self.weights_ = weights / weights.sum()
        self._learn_target(y)
        return self

    def _learn_target(self, y: NDArray[Any]) -> None:
        raise NotImplementedError

    def _mix(self, X: Any, says: Callable[[Any, Floats], Floats]) -> Floats:
        """Return the weighted mean of what members say of their columns."""
        matrix = np.asarray(X, dtype=np.float64)
        spans = {(where.start, where.stop): where for where in self.slices_}
        blocks = {span: take_columns(matrix, where) for span, where in spans.items()}
        work = [
            (member, blocks[where.start, where.stop])
            for member, where in zip(self.members_, self.slices_, strict=True)
        ]
        at_once, _ = share_threads(self.n_jobs, len(work))
        said = map_threads(lambda pair: says(*pair), work, at_once)
        return mix(list(said), self.weights_)


class BlendRegressor(RegressorMixin, Blend):  # type: ignore[misc]
    """The weighted mean of several regressors' predictions.

    Args:
        clip: Whether each member's predictions stay within the training target's
            range, as they do where it stands alone.

    The others, and what is fitted, are those of `Blend`.
    """

    def __init__(
        self,
        estimators: list[Any],
        weights: list[float],
        names: list[str] | None = None,
        inputs: list[dict[str, Any]] | None = None,
        n_jobs: int | None = None,
        clip: bool = True,
    ) -> None:
        super().__init__(estimators, weights, names, inputs, n_jobs)
        self.clip = clip

    def _learn_target(self, y: NDArray[Any]) -> None:
        ends = (float(np.min(y)), float(np.max(y))) if self.clip else (-np.inf, np.inf)
        self.low_, self.high_ = ends

    def predict(self, X: Any) -> Floats:
        """Return predictions of shape (n_rows,)."""

        def says(member: Any, block: Floats) -> Floats:
            said = np.asarray(member.predict(block), dtype=np.float64)
            return clip_said(said, self.low_, self.high_)

        return self._mix(X, says)


class BlendClassifier(ClassifierMixin, Blend):  # type: ignore[misc]
    """The weighted mean of several classifiers' probabilities.

    Arguments and what is fitted are those of `Blend`, and `classes_`, every class that
    the rows have. A member without one of them gives it probability 0.
    """

    def _learn_target(self, y: NDArray[Any]) -> None:
        self.classes_ = np.unique(y)

    def predict_proba(self, X: Any) -> Floats:
        """Return the probability of each class, (n_rows, n_classes)."""

        def says(member: Any, block: Floats) -> Floats:
            said = np.asarray(member.predict_proba(block), dtype=np.float64)
            places = np.searchsorted(self.classes_, member.classes_)
            return spread_classes(said, places, len(self.classes_))

        return self._mix(X, says)

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the most probable class, (n_rows,)."""
        return np.asarray(self.classes_[np.argmax(self.predict_proba(X), axis=1)])
