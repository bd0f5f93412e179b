"""The walk through joined trees as numba compiles it; plain Python without it.

Steps of one walk wait for each other, those of several do not: a group of trees walks
in step, so that the processor works on all of them while memory answers. It is several
times as fast as tree after tree, and as exact: values are added in the trees' order.
"""

from typing import Any

import numpy as np

from sweepkit.models.predictor.rows import Array, Floats

GROUP = 16
"""Trees that walk in step."""


def add_up(
    nodes: Array, roots: Array, depths: Array, features: Floats, totals: Floats
) -> None:
    """Add the values of all trees to each row's total.

    Args:
        nodes: See `Joined`.
        roots: Where trees begin, shape (n_groups, GROUP), unsigned.
        depths: Steps that a group needs, shape (n_groups,).
        features: Shape (n_rows, n_features), blanks as NaN.
        totals: Shape (n_rows,); changed.
    """
    n_rows, n_features = features.shape
    cells = np.empty(2 * n_features + 1)
    cells[2 * n_features] = np.nan
    at = np.empty(GROUP, np.uint64)
    for row in range(n_rows):
        for i in range(n_features):
            cell = features[row, i]
            cells[2 * i] = cell
            cells[2 * i + 1] = -np.inf if np.isnan(cell) else cell
        total = totals[row]
        for group in range(len(depths)):
            for i in range(GROUP):
                at[i] = roots[group, i]
            for _ in range(depths[group]):
                for i in range(GROUP):
                    node: Any = nodes[at[i]]
                    goes_left = cells[node["cell"]] <= node["threshold"]
                    at[i] = node["leads_to"] + goes_left
            for i in range(GROUP):
                total += nodes[at[i]]["threshold"]
        totals[row] = total
