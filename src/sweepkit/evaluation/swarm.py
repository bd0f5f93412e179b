"""Dots along a line, stacked side by side, and coloured by their order."""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
# Slots along the axis in which dots are stacked, how far apart two of a stack are and
# how far they may reach, where lines are 1 apart.
_SLOTS, _APART, _HIGHEST = 120, 0.075, 0.42


def stack(values: Values, low: float, high: float) -> Values:
    """Return how far each dot stands from its line so that dots lie side by side.

    Dots of one slot go up and down in turn, from the line outwards.

    Args:
        values: Places along the line, (n,).
        low: Where the axis begins.
        high: Where it ends.

    Returns:
        Shape (n,); the same values give the same.
    """
    slots = np.floor((values - low) / (high - low) * _SLOTS)
    order = np.argsort(slots, kind="stable")
    starts = np.flatnonzero(np.diff(slots[order], prepend=np.nan) != 0)
    lengths = np.diff(np.append(starts, len(values)))
    rank = np.arange(len(values)) - np.repeat(starts, lengths)
    steps = np.empty(len(values))
    steps[order] = np.where(rank % 2, 1, -1) * ((rank + 1) // 2)
    highest = max(1.0, float(np.abs(steps).max(initial=0.0)))
    return steps * min(_APART, _HIGHEST / highest)


def rank_inputs(inputs: Values) -> Values:
    """Return where each number stands among the others, 0 to 1; NaN for NaN.

    Equal numbers get the same place, and a few wild ones do not bleach the rest.
    A number that is always the same is neither high nor low: NaN.
    """
    known = np.isfinite(inputs)
    places = np.full(len(inputs), np.nan)
    _, which, counts = np.unique(inputs[known], return_inverse=True, return_counts=True)
    if len(counts) > 1:
        first = np.cumsum(counts) - counts
        middle = first + (counts - 1) / 2
        # From the lowest value's place to the highest's, so that both ends are used.
        places[known] = ((middle - middle[0]) / (middle[-1] - middle[0]))[which]
    return places
