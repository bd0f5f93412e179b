"""Population stability: how far a column's shares moved away from training."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Literal

Level = Literal["steady", "moving", "drifted"]

MOVING = 0.1
DRIFTED = 0.25
# A share of nothing would make the index infinite.
_SMALLEST = 1e-4


def measure_psi(expected: Sequence[float], counts: Sequence[float]) -> float:
    """Return the population stability index of one column.

    It is the sum over bins of (a - e) * ln(a / e), with a the share seen now and e the
    share in training; shares below 0.0001 are taken as that.

    Args:
        expected: Share of each bin in training, shape (n_bins,).
        counts: Rows in each bin now, shape (n_bins,), not all 0.

    Source: N. Siddiqi, Credit Risk Scorecards, Wiley 2006.
    """
    total = sum(counts)
    psi = 0.0
    for share, count in zip(expected, counts, strict=True):
        e, a = max(share, _SMALLEST), max(count / total, _SMALLEST)
        psi += (a - e) * log(a / e)
    return psi


def judge_psi(psi: float) -> Level:
    """Return what an index means by the usual thresholds of 0.1 and 0.25.

    Source: N. Siddiqi, Credit Risk Scorecards, Wiley 2006; for what chance alone does
    to the index of few rows, B. Yurdakul and J. Naranjo, Statistical properties of the
    population stability index, Journal of Risk Model Validation 14(4), 2020.
    """
    if psi < MOVING:
        return "steady"
    return "moving" if psi < DRIFTED else "drifted"
