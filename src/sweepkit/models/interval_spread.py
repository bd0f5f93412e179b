"""How far predictions are off where: a small model of the size of residuals."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.threads import map_threads

Floats = NDArray[np.float64]

# Small enough that it cannot tell rows apart one by one, and quick: 16,500 rows of 45
# features take half a second on one thread.
_SETTINGS: dict[str, Any] = {
    "n_estimators": 100,
    "learning_rate": 0.06,
    "num_leaves": 15,
    "min_child_samples": 40,
    "reg_lambda": 10.0,
    "colsample_bytree": 0.5,
    "subsample": 0.7,
    "subsample_freq": 1,
    "max_bin": 63,
    "deterministic": True,
    "force_col_wise": True,
    "verbosity": -1,
}
_MANY_ROWS = 5_000
_FEW_PARTS, _MANY_PARTS = 2, 5
# Of the root of a residual that is as large as the median: 9 % of that residual.
_LEAST_ROOT = 0.3


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned of the spread.

    Attributes:
        model: LightGBM, from features and predictions to the root of the spread.
        roots: For each row what a model says that has not seen its residual, (n_rows,).
    """

    model: Any
    roots: Floats


def learn_spread(inputs: Floats, sizes: Floats, *, seed: int, threads: int) -> Learned:
    """Learn how large residuals are where.

    The model is fitted to their roots, since a squared error on the sizes themselves
    would follow the few largest: of sizes, roots, logarithms and squares it gave the
    best interval scores on the embedded table.

    Args:
        inputs: Features and, last, predictions: (n_rows, n_features + 1).
        sizes: Absolute residuals in units of their median, (n_rows,).
        seed: Of the parts the rows are dealt to, and of LightGBM.
        threads: Models fitted at the same time.
    """
    roots, n_rows = np.sqrt(sizes), len(sizes)
    n_parts = _FEW_PARTS if n_rows >= _MANY_ROWS else _MANY_PARTS
    part = np.random.default_rng(seed).permutation(n_rows) % n_parts

    def fit(left_out: int) -> Any:
        seen = part != left_out
        return _fit(inputs[seen], roots[seen], seed)

    # Side by side: threads within one would wait for each other at every small tree.
    # That of all rows takes longest and so begins first.
    whole, *models = map_threads(fit, [n_parts, *range(n_parts)], threads)
    unseen = np.empty(n_rows)
    for left_out, model in enumerate(models):
        own = part == left_out
        unseen[own] = model.predict(inputs[own], num_threads=1)
    return Learned(whole, unseen)


def _fit(inputs: Floats, roots: Floats, seed: int) -> Any:
    # Imported by those who learn it: loading a model must not wait for it.
    from lightgbm import LGBMRegressor

    return LGBMRegressor(**_SETTINGS, random_state=seed, n_jobs=1).fit(inputs, roots)


def spread_of(roots: Floats, power: float) -> Floats:
    """Return the spread, in units of the median residual, never near 0.

    Only roots and products: other powers may differ in the last bit between one row
    and many.

    Args:
        roots: What the model says, (n_rows,).
        power: How far it counts: 1 in full, 0 not at all, 0.5 and 0.75 in between.
    """
    floored = np.maximum(roots, _LEAST_ROOT)
    match power:
        case 1.0:
            spread = floored * floored
        case 0.75:
            spread = floored * np.sqrt(floored)
        case 0.5:
            spread = floored
        case _:
            spread = np.ones(len(roots))
    return np.asarray(spread)
