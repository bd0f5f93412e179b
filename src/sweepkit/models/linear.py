"""Linear models whose one setting means the same for numbers and for classes."""

import math
from typing import Any

from sklearn.linear_model import LogisticRegression, Ridge

_MOST_ROUNDS = 1000  # on standardized columns a hundred is rare


def make_ridge(alpha: float = 1.0, **settings: Any) -> Ridge:
    """Return a ridge regression; `alpha` weighs the squared weights."""
    return Ridge(alpha=alpha, **settings)


def make_logistic(alpha: float = 1.0, **settings: Any) -> LogisticRegression:
    """Return a logistic regression; `alpha` weighs the squared weights.

    scikit-learn has its inverse, `C`. It weighs the sum of losses, as ridge does, so
    that the same range of `alpha` is worth searching.
    """
    inverse = 1 / alpha if alpha else math.inf
    return LogisticRegression(C=inverse, **{"max_iter": _MOST_ROUNDS} | settings)
