"""The weighted mean of several models' predictions."""

from collections.abc import Sequence

import numpy as np

from sweepkit.evaluation.predicted import Values


def mix(parts: Sequence[Values], weights: Values) -> Values:
    """Return the weighted sum of predictions, always added up in the same order.

    Args:
        parts: Of each member, all of one shape.
        weights: Shares that add up to 1, (n_members,).
    """
    total = weights[0] * parts[0]
    for weight, part in zip(weights[1:], parts[1:], strict=True):
        total = total + weight * part
    return np.asarray(total)


def mix_counted(said: Sequence[Values] | Values, counts: Sequence[int]) -> Values:
    """Return the mean of predictions, each counted so many times.

    Args:
        said: Of each candidate, all of one shape.
        counts: How often each counts, (n_candidates,); 0 leaves it out.
    """
    members = [i for i, count in enumerate(counts) if count]
    weights = np.array([counts[i] for i in members], dtype=np.float64)
    return mix([said[i] for i in members], weights / weights.sum())
