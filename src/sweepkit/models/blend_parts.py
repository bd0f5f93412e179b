"""A blend within its pipeline: its features, its members alone, and them put together.

pipeline = build_pipeline(blend, schema, ...)      # features by `build_features`
parts = part_members(pipeline)                     # one pipeline for each member
model = assemble(pipeline, [fit(part) ...], target)
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from sweepkit.features.preprocess import FeatureStep, InputColumns, Inputs
from sweepkit.models.blend import Blend
from sweepkit.models.blend_members import find_kinds
from sweepkit.models.feature_sets import (
    FeatureSets,
    build_feature_sets,
    slices_of,
    width_of,
)
from sweepkit.tasks import Task


def build_features(
    estimator: Any,
    columns: InputColumns,
    steps: Mapping[str, FeatureStep],
    inputs: Inputs,
    task: Task,
) -> Any:
    """Build the unfitted features that an estimator takes.

    Args:
        estimator: Unfitted; a blend says itself what its members take.
        columns: The table's raw columns.
        steps: Derived columns by name.
        inputs: What any other estimator takes.
        task: What the target is.

    Returns:
        A ColumnTransformer, or `FeatureSets` of a blend whose members differ.

    Raises:
        ConfigError: If a step is no transformer that names its columns.
        DataError: If a step needs a column that the table lacks or holds as text.
    """
    sets = [inputs]
    if isinstance(estimator, Blend) and estimator.inputs is not None:
        sets, _ = find_kinds(estimator.inputs, len(estimator.estimators))
    return build_feature_sets(columns, steps, sets, task)


def part_members(pipeline: Pipeline) -> list[Pipeline]:
    """Return each member of an unfitted blend as an unfitted pipeline of its own.

    Each is a blend of one, so that what it learns is the same as beside the others.

    Args:
        pipeline: Features, then a blend, in its wrapper or bare.
    """
    features, last = pipeline[0], pipeline[-1]
    blend = _blend_of(last)
    _, places = find_kinds(blend.inputs, len(blend.estimators))
    several = isinstance(features, FeatureSets)
    parts = []
    for member, place in enumerate(places):
        one = features.transformers[place] if several else features
        own = _put(clone(last), _take_one(blend, member))
        parts.append(Pipeline([("features", clone(one)), ("estimator", own)]))
    return parts


def assemble(
    pipeline: Pipeline, fitted: Sequence[Pipeline], target: NDArray[np.float64]
) -> Pipeline:
    """Put members together that were fitted one by one.

    Args:
        pipeline: The unfitted blend.
        fitted: What `part_members` gave, in its order, fitted on the same rows. Of
            members that take the same, the first one's features stand for all.
        target: Of those rows, (n_rows,); codes of classes.

    Returns:
        The same, to the bit, as `pipeline` fitted on these rows.
    """
    features, last = clone(pipeline[0]), clone(pipeline[-1])
    blend = _blend_of(last)
    kinds, places = find_kinds(blend.inputs, len(blend.estimators))
    sets = [fitted[places.index(i)][0] for i in range(len(kinds))]
    slices = slices_of([width_of(one) for one in sets])
    members = [_blend_of(one[-1], "estimator_").members_[0] for one in fitted]
    whole = clone(blend).set_members(members, [slices[i] for i in places], target)
    if isinstance(features, FeatureSets):
        features.sets_ = sets
        features.feature_names_in_ = sets[0].feature_names_in_
    else:
        features = sets[0]
    if last is blend:
        last = whole
    else:
        _copy_learned(fitted[0][-1], last)
        last.estimator_ = whole
    return Pipeline([("features", features), ("estimator", last)])


def _copy_learned(source: Any, wrapper: Any) -> None:
    """Give a wrapper what another one has learned from the target, and only that."""
    for name in ("low_", "high_", "classes_"):
        if hasattr(source, name):
            setattr(wrapper, name, getattr(source, name))
    for name in ("calibrator_", "intervals_"):
        if hasattr(source, name):
            setattr(wrapper, name, None)


def _take_one(blend: Blend, member: int) -> Blend:
    """Return an unfitted blend of one member."""
    one: Blend = clone(blend)
    one.estimators, one.weights = [one.estimators[member]], [1.0]
    one.names = None if one.names is None else [one.names[member]]
    one.inputs = None if one.inputs is None else [one.inputs[member]]
    return one


def _blend_of(last: Any, name: str = "estimator") -> Blend:
    found = last if isinstance(last, Blend) else getattr(last, name)
    assert isinstance(found, Blend), "the pipeline has no blend"
    return found


def _put(last: Any, blend: Blend) -> Any:
    return blend if isinstance(last, Blend) else last.set_params(estimator=blend)
