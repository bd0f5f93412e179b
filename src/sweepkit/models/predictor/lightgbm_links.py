"""What LightGBM makes of the sums of its trees, to the last bit."""

from collections.abc import Callable
from functools import partial
from math import exp, inf, log
from sys import float_info

import numpy as np

from sweepkit.models.predictor.plugs import NotPlain
from sweepkit.models.predictor.rows import Floats

# From sums (n_rows, n_outputs) to predictions of the same shape.
Link = Callable[[Floats], Floats]

_IDENTITY = {
    *("", "regression", "regression_l1", "huber", "fair", "quantile", "mape"),
    *("lambdarank", "rank_xendcg"),
}
_EXP = {"poisson", "gamma", "tweedie"}
_SIGMOID = {"binary", "multiclassova", "cross_entropy"}
_LARGEST_POWER = log(float_info.max)


def find_link(objective: str) -> Link:
    """Return what makes predictions of sums.

    Args:
        objective: LightGBM's words, such as `binary sigmoid:1`.

    Raises:
        NotPlain: If it is not known.
    """
    name, *settings = objective.split() or [""]
    values = dict(setting.partition(":")[::2] for setting in settings)
    if name in _IDENTITY and "sqrt" not in values:
        return lambda sums: sums
    if name in _EXP:
        return _raise_e
    if name in _SIGMOID:
        return partial(_squash, float(values.get("sigmoid", 1.0)))
    if name == "multiclass":
        return _softmax
    raise NotPlain(f"the LightGBM objective {objective!r} has no plain form")


def _raise_e(powers: Floats) -> Floats:
    # The C library's, as in LightGBM: numpy's own may differ in the last bit.
    values = [inf if x > _LARGEST_POWER else exp(x) for x in powers.ravel().tolist()]
    return np.array(values).reshape(powers.shape)


def _squash(steepness: float, sums: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + _raise_e(-steepness * sums)))


def _softmax(sums: Floats) -> Floats:
    powers = _raise_e(sums - sums.max(axis=1, keepdims=True))
    total = np.zeros(len(sums))
    # Class after class; numpy adds many numbers in pairs.
    for column in powers.T:
        total += column
    return np.asarray(powers / total[:, None])
