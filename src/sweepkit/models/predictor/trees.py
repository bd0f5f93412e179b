"""Many decision trees walked at once by a few array operations a level.

Calling a library's tree after tree costs a few microseconds each, whatever the tree
does; here all trees of a model lie in one array, and every tree's walk takes its next
step in the same operation. The comparisons and the order of the sum are the library's.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweepkit.models.predictor.rows import Floats

Features = Floats | NDArray[np.float32]
_WALKS_AT_ONCE = 12_288  # rows times trees whose buffers fit the processor's cache
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


class Trees:
    """Trees of one model, joined.

    Args:
        trees: In the order in which their values are added.
        n_features: Features of a row.
        start: What the sum starts with.
    """

    def __init__(self, trees: Sequence[Tree], n_features: int, start: float) -> None:
        sizes = [len(tree.left) for tree in trees]
        self._roots = np.cumsum([0, *sizes[:-1]])
        # A node is 16 bytes, so that one look at memory fetches all of it: threshold,
        # left child (the right one follows it), feature. A leaf leads to itself: it
        # looks at a feature that is always NaN, and its threshold is its value.
        self._nodes = np.empty(sum(sizes), dtype=np.complex128)
        self._blank_right = np.zeros(sum(sizes), dtype=np.bool_)
        self._n_features, self._start = n_features, start
        self._depth = 0
        for tree, root in zip(trees, self._roots, strict=True):
            self._add(tree, int(root))

    def add_up(self, features: Features) -> Floats:
        """Return the sum of all trees' values for each row, shape (n_rows,).

        Args:
            features: Shape (n_rows, n_features), blanks as NaN.
        """
        n_rows = len(features)
        at_once = max(1, _WALKS_AT_ONCE // len(self._roots))
        if n_rows <= at_once:
            return self._walk(features)
        total = np.empty(n_rows)
        for first in range(0, n_rows, at_once):
            rows = slice(first, first + at_once)
            total[rows] = self._walk(features[rows])
        return total

    def _add(self, tree: Tree, root: int) -> None:
        """Write a tree's nodes from `root` on, siblings side by side."""
        inner = np.flatnonzero(tree.left >= 0)
        place = np.zeros(len(tree.left), dtype=np.int64)
        place[tree.left[inner]] = 1 + 2 * np.arange(len(inner))
        place[tree.right[inner]] = 2 + 2 * np.arange(len(inner))
        place += root
        threshold, leads_to, feature = _parts(self._nodes)
        threshold[place] = tree.value
        threshold[place[inner]] = tree.threshold[inner]
        leads_to[place] = place
        leads_to[place[inner]] = place[tree.left[inner]]
        feature[place] = self._n_features
        feature[place[inner]] = tree.feature[inner]
        self._blank_right[place[inner]] = ~tree.blank_left[inner]
        self._depth = max(self._depth, _depth(tree))

    def _walk(self, features: Features) -> Floats:
        n_rows, n_trees = len(features), len(self._roots)
        row = np.full((n_rows, self._n_features + 1), np.nan)
        row[:, :-1] = features
        cells, has_blanks = row.ravel(), bool(np.isnan(features).any())
        node = np.tile(self._roots, n_rows)
        offset = np.repeat(np.arange(n_rows) * row.shape[1], n_trees)
        here = np.empty(len(node), dtype=np.complex128)
        threshold, leads_to, feature = _parts(here)
        which, goes_right = np.empty_like(offset), np.empty(len(node), dtype=np.bool_)
        found = np.empty(len(node))
        for _ in range(self._depth):
            # With mode="clip" numpy writes into `out` without a copy in between.
            self._nodes.take(node, out=here, mode="clip")
            np.add(feature, offset, out=which)
            cells.take(which, out=found, mode="clip")
            np.greater(found, threshold, out=goes_right)
            if has_blanks:
                goes_right |= np.isnan(found) & self._blank_right[node]
            np.add(leads_to, goes_right, out=node)
        values = np.empty((n_rows, n_trees + 1))
        values[:, 0] = self._start
        values[:, 1:] = self._nodes[node].real.reshape(n_rows, n_trees)
        # A running sum adds in the order of the trees; `sum` adds in pairs.
        return np.asarray(values.cumsum(axis=1)[:, -1])


def _parts(nodes: NDArray[np.complex128]) -> tuple[Any, Any, Any]:
    """Return views of threshold, left child and feature of nodes."""
    halves = nodes.view(np.int32)
    return nodes.view(np.float64)[::2], halves[2::4], halves[3::4]


def _depth(tree: Tree) -> int:
    depth, level = 0, np.array([0])
    while True:
        level = level[tree.left[level] >= 0]
        if not len(level):
            return depth
        level = np.concatenate([tree.left[level], tree.right[level]])
        depth += 1
