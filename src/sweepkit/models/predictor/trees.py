"""The sum of many trees' values, by the fastest walk that is at hand.

Calling a library's tree after tree costs a few microseconds each, whatever the tree
does; here all trees of a model lie in one array and are walked side by side. The
comparisons and the order of the sum are the library's.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sweepkit.models.predictor.compiled import CompiledWalk, load_walk
from sweepkit.models.predictor.numpy_walk import NumpyWalk
from sweepkit.models.predictor.rows import Floats
from sweepkit.models.predictor.tree_layout import Tree, join

__all__ = ["Features", "Tree", "Trees"]

Features = Floats | NDArray[np.float32]


class Trees:
    """Trees of one model, joined.

    Args:
        trees: In the order in which their values are added.
        n_features: Features of a row.
        start: What the sum starts with.

    Raises:
        NotPlain: If they have too many nodes, or look at other features.

    Attributes:
        how: What walks, to be said after what they are: `, compiled` or nothing.
    """

    def __init__(self, trees: Sequence[Tree], n_features: int, start: float) -> None:
        joined = join(trees, n_features)
        compiled = load_walk()
        self._walk: CompiledWalk | NumpyWalk
        if compiled is None:
            self.how, self._walk = "", NumpyWalk(joined, start)
        else:
            self.how, self._walk = ", compiled", CompiledWalk(compiled, joined, start)
        self._n_features = n_features

    def add_up(self, features: Features) -> Floats:
        """Return the sum of all trees' values for each row, shape (n_rows,).

        Args:
            features: Shape (n_rows, n_features), blanks as NaN.
        """
        if features.ndim != 2 or features.shape[1] != self._n_features:
            raise ValueError(
                f"Features have shape {features.shape}; the trees look at "
                f"{self._n_features} of a row."
            )
        return self._walk.add_up(features)
