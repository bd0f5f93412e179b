"""How much better one score is than another, whichever way the metric goes."""

import math
from typing import Literal

Direction = Literal["minimize", "maximize"]


def gain(candidate: float, champion: float, direction: Direction) -> float:
    """Return the improvement in the metric's unit; negative if worse."""
    change = candidate - champion
    return -change if direction == "minimize" else change


def relative_gain(candidate: float, champion: float, direction: Direction) -> float:
    """Return the improvement as a share of the champion's score; 0.01 means 1 %."""
    improvement = gain(candidate, champion, direction)
    if not math.isfinite(champion):
        return math.inf
    if champion == 0:
        return math.copysign(math.inf, improvement) if improvement else 0.0
    return improvement / abs(champion)
