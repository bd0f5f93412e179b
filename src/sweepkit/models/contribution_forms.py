"""What explains a prediction feature by feature, and how models say that they can."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.models.predictor.plugs import NotPlain, Plugs

Floats = NDArray[np.float64]

LOG_ODDS = "log-odds"
PROBABILITY = "probability"
SCORE = "score"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributor:
    """Says what each feature adds to predictions; many threads may call it at once.

    Attributes:
        names: Features, one-hot columns joined to the column they come from.
        run: From features (n_rows, n_columns), the matrix the estimator takes, to
            (n_rows, n_features + 1) or, if `codes` has several, (n_rows, n_codes,
            n_features + 1). The last is the base value, the prediction before any
            feature is known; the sum of all is the prediction in `unit`, unclipped.
        unit: Empty for the target's unit. For classes `log-odds` (of the class
            against the other one), `score` (softmax of the scores of all classes gives
            their probabilities) or `probability`. Ends in `before calibration` if the
            model's probabilities are mended in a way that does not add up.
        codes: Of a model of classes, the codes of those that are explained: of two the
            second. Empty for numbers.
        row_ms: What a row costs on one core, in milliseconds, roughly; the same on all
            machines, as it is counted and not measured.
    """

    names: tuple[str, ...]
    run: Callable[[Floats], Floats]
    unit: str = ""
    codes: tuple[int, ...] = ()
    row_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A model without contributions.

    Attributes:
        reason: Why, and what would help: a whole sentence or two.
    """

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """What an estimator says of its own columns, before those are joined.

    Attributes:
        run: As `Contributor.run`, with a value for every column of the matrix.
        unit: As there.
        codes: Positions among the estimator's own classes; empty for numbers.
        row_ms: As there.
    """

    run: Callable[[Floats], Floats]
    unit: str = ""
    codes: tuple[int, ...] = ()
    row_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the matrix an estimator takes.

    Attributes:
        name: Its own name or, if one-hot, that of the column it comes from. Empty if
            it tells nothing of a row.
        one_hot: Whether it says that a category is this one.
        centred: Whether its mean over the training rows is 0.
    """

    name: str
    one_hot: bool = False
    centred: bool = False


# From a fitted estimator and the columns it takes to what it says of them. Raises
# `NotPlain`, with the reason in a whole sentence, if it cannot.
RAW_FORMS: Plugs[Callable[[Any, list[Column]], Raw]] = Plugs()


def find_raw(estimator: Any, columns: list[Column]) -> Raw:
    """Return what a fitted estimator says of the columns it takes.

    Raises:
        NotPlain: If nothing explains it; the reason is a whole sentence.
    """
    try:
        form = RAW_FORMS.find(estimator)
    except NotPlain as error:
        raise NotPlain(
            f"{type(estimator).__name__} has no contributions that sweepkit can tell; "
            f"LightGBM, forests, histogram boosting, linear models and blends of "
            f"regressors have."
        ) from error
    return form(estimator, columns)


def check_sums(found: Floats, said: Floats, who: str) -> None:
    """Check that contributions add up to what the model says.

    Args:
        found: From `Raw.run`.
        said: The model's own sums of the same rows, the same shape but for the last.
        who: Who has computed the contributions.

    Raises:
        NotPlain: If they do not.
    """
    if not np.allclose(found.sum(axis=-1), said, rtol=1e-9, atol=1e-12):
        raise NotPlain(
            f"The contributions that {who} computes do not add up to what this model "
            f"predicts, so they are not shown."
        )
