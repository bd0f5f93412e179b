"""Many decision trees in one array, laid out so that a walk needs no branches."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweepkit.models.predictor.plugs import NotPlain
from sweepkit.models.predictor.rows import Floats

# 16 bytes, so that one look at memory fetches all of a node. A walk goes on to
# `leads_to + (cells[cell] <= threshold)`: the right child, or the left one, which
# follows it. A leaf leads to itself: it looks at a cell that is always NaN, and its
# threshold is its value.
NODE = np.dtype([("threshold", "<f8"), ("leads_to", "<u4"), ("cell", "<u4")])
_MOST_NODES = 2**31 - 1


class Tree(NamedTuple):
    """One tree as arrays over its nodes, the root first.

    Attributes:
        left: Node for `feature <= threshold`; a leaf has a negative one.
        right: Node for all else.
        feature: Which feature a node looks at.
        threshold: What it compares with.
        value: What a leaf adds to the prediction.
        blank_left: Whether a blank goes left.
    """

    left: NDArray[np.integer[Any]]
    right: NDArray[np.integer[Any]]
    feature: NDArray[np.integer[Any]]
    threshold: Floats
    value: Floats
    blank_left: NDArray[np.bool_]


class Joined(NamedTuple):
    """Trees of one model, joined.

    Attributes:
        nodes: All nodes, type NODE; the last one belongs to no tree and adds 0.
        roots: Where each tree begins, in the order in which their values are added.
        depths: Steps from each root to its lowest leaf.
        n_features: Features of a row. Each has two cells, `2 * feature` with a blank as
            NaN, which goes right, and the next one with -infinity, which goes left; one
            more cell is NaN.
    """

    nodes: NDArray[Any]
    roots: NDArray[np.intp]
    depths: NDArray[np.intp]
    n_features: int


def join(trees: Sequence[Tree], n_features: int) -> Joined:
    """Join trees.

    Args:
        trees: In the order in which their values are added.
        n_features: Features of a row.

    Raises:
        NotPlain: If they have too many nodes, or look at other features.
    """
    ends = np.cumsum([0, *(len(tree.left) for tree in trees)])
    if ends[-1] >= _MOST_NODES:
        raise NotPlain(f"the trees have {ends[-1]:,} nodes")
    nodes = np.zeros(ends[-1] + 1, dtype=NODE)
    for tree, first, end in zip(trees, ends[:-1], ends[1:], strict=True):
        _write(tree, nodes[first:end], int(first), n_features)
    nodes[-1] = (0.0, ends[-1], 2 * n_features)
    depths = np.array([_depth(tree) for tree in trees])
    return Joined(nodes, ends[:-1], depths, n_features)


def _write(tree: Tree, nodes: NDArray[Any], first: int, n_features: int) -> None:
    """Write a tree's nodes, siblings side by side, the right one first."""
    inner = np.flatnonzero(tree.left >= 0)
    feature = tree.feature[inner]
    if len(inner) and not 0 <= feature.min() <= feature.max() < n_features:
        raise NotPlain("a tree looks at features the model does not have")
    place = np.zeros(len(nodes), dtype=np.int64)
    place[tree.right[inner]] = 1 + 2 * np.arange(len(inner))
    place[tree.left[inner]] = 2 + 2 * np.arange(len(inner))
    nodes["threshold"][place] = tree.value
    nodes["leads_to"][place] = first + place
    nodes["cell"][place] = 2 * n_features
    nodes["threshold"][place[inner]] = tree.threshold[inner]
    nodes["leads_to"][place[inner]] = first + place[tree.right[inner]]
    nodes["cell"][place[inner]] = 2 * feature + tree.blank_left[inner]


def _depth(tree: Tree) -> int:
    depth, level = 0, np.array([0])
    while True:
        level = level[tree.left[level] >= 0]
        if not len(level):
            return depth
        level = np.concatenate([tree.left[level], tree.right[level]])
        depth += 1
