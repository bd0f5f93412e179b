"""LightGBM's trees as arrays, read from its text form, which is exact."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweepkit.models.predictor.plugs import NotPlain
from sweepkit.models.predictor.rows import Array
from sweepkit.models.predictor.tree_layout import Tree

# Bits of `decision_type`, from LightGBM's `include/LightGBM/tree.h`.
_CATEGORICAL, _DEFAULT_LEFT, _MISSING_SHIFT, _MISSING_MASK = 1, 2, 2, 3
_MISSING_IS_NONE, _MISSING_IS_NAN = 0, 2
# `kZeroThreshold`: what is no further from 0 is 0 to LightGBM, whatever the threshold.
_ZERO = float(np.float32(1e-35))


class Boosted(NamedTuple):
    """A LightGBM model as trees.

    Attributes:
        scores: For each output its trees, in the order of their sum.
        n_features: Features of a row.
        objective: LightGBM's words for what makes predictions of sums; empty for none.
        averages: Whether a sum is divided by the number of trees.
    """

    scores: list[list[Tree]]
    n_features: int
    objective: str
    averages: bool


def read_lightgbm(text: str) -> Boosted:
    """Read a model.

    Args:
        text: From `Booster.model_to_string()`; numbers that decide have 17 digits.

    Raises:
        NotPlain: If it has categorical splits, linear leaves, or takes 0 for a blank.
    """
    head, *blocks = text.partition("\nend of trees")[0].split("\nTree=")
    facts = _read_lines(head)
    n_outputs = int(facts["num_tree_per_iteration"])
    trees = [_read_tree(_read_lines(block)) for block in blocks]
    return Boosted(
        scores=[trees[output::n_outputs] for output in range(n_outputs)],
        n_features=int(facts["max_feature_idx"]) + 1,
        objective=facts.get("objective", ""),
        averages="\naverage_output\n" in head,
    )


def _read_lines(block: str) -> dict[str, str]:
    lines = (line.partition("=") for line in block.split("\n"))
    return {key: value for key, equals, value in lines if equals}


def _read_tree(facts: Mapping[str, str]) -> Tree:
    if int(facts["num_cat"]) or int(facts.get("is_linear", "0")):
        raise NotPlain("the LightGBM model has categorical splits or linear leaves")
    values = _numbers(facts["leaf_value"])
    n_leaves = len(values)
    if n_leaves == 1:
        return _join_leaves([], [], [], np.empty(0), values, np.empty(0, np.bool_))
    decisions = np.array(_whole(facts["decision_type"]))
    thresholds = _numbers(facts["threshold"])
    return _join_leaves(
        _whole(facts["left_child"]),
        _whole(facts["right_child"]),
        _whole(facts["split_feature"]),
        _keep_zero_together(thresholds),
        values,
        _send_blanks(decisions, thresholds),
    )


def _send_blanks(decisions: Array, thresholds: Array) -> NDArray[np.bool_]:
    """Return which splits send a blank left."""
    missing = decisions >> _MISSING_SHIFT & _MISSING_MASK
    if (decisions & _CATEGORICAL).any():
        raise NotPlain("the LightGBM model has categorical splits")
    if not np.isin(missing, (_MISSING_IS_NONE, _MISSING_IS_NAN)).all():
        raise NotPlain("the LightGBM model takes 0 for a blank")
    # A split that saw no blanks takes one for 0.
    return np.where(
        missing == _MISSING_IS_NAN, decisions & _DEFAULT_LEFT != 0, thresholds >= 0.0
    )


def _keep_zero_together(thresholds: Array) -> Array:
    """Return thresholds that send all that is 0 to LightGBM where 0 itself goes."""
    below, inside = np.nextafter(-_ZERO, -np.inf), np.abs(thresholds) <= _ZERO
    return np.where(inside, np.where(thresholds >= 0.0, _ZERO, below), thresholds)


def _join_leaves(
    left: list[int],
    right: list[int],
    feature: list[int],
    thresholds: Array,
    values: Array,
    blank_left: Array,
) -> Tree:
    """Return the tree with its leaves behind its splits; LightGBM counts both from 0.

    A child that is leaf number i is written as -1 - i.
    """
    n_inner, n_leaves = len(left), len(values)
    children = np.array([left, right], dtype=np.int64).reshape(2, n_inner)
    children = np.where(children < 0, n_inner - 1 - children, children)
    return Tree(
        left=np.pad(children[0], (0, n_leaves), constant_values=-1),
        right=np.pad(children[1], (0, n_leaves), constant_values=-1),
        feature=np.pad(np.array(feature, dtype=np.int64), (0, n_leaves)),
        threshold=np.pad(thresholds, (0, n_leaves)),
        value=np.pad(values, (n_inner, 0)),
        blank_left=np.pad(blank_left, (0, n_leaves)),
    )


def _numbers(words: str) -> Array:
    return np.array([float(word) for word in words.split()])


def _whole(words: str) -> list[int]:
    return [int(word) for word in words.split()]
