"""Plain forms of transformers: functions from a block of columns to another."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sweepkit.errors import DataError
from sweepkit.models.predictor.plugs import NotPlain, Plugs
from sweepkit.models.predictor.rows import Array

# Numbers come as a float64 array (n_rows, n_columns), blanks as NaN, and must be left
# as they are; cells as one list per column, blanks as None; dates as such cells too.
Source = Literal["numbers", "cells", "dates"]


@dataclass(frozen=True, slots=True)
class Step:
    """One transformer's work on plain arrays.

    Attributes:
        run: From a block to the next block; the last one returns (n_rows, n_features).
        takes: What it reads when it is the first of its chain.
    """

    run: Callable[[Any], Any]
    takes: Source = "numbers"


# From a fitted transformer to its steps: none if it passes its input through.
STEPS: Plugs[Callable[[Any], list[Step]]] = Plugs()


def build_steps(fitted: Any) -> list[Step]:
    """Return the steps of a fitted transformer.

    Raises:
        NotPlain: If it, or a setting of it, has no plain form.
    """
    if fitted == "passthrough":
        return []
    return STEPS.find(fitted)(fitted)


@STEPS.add("sklearn.pipeline", "Pipeline")
def _chain(fitted: Any) -> list[Step]:
    return [step for _, part in fitted.steps for step in build_steps(part)]


@STEPS.add("sklearn.preprocessing", "FunctionTransformer")
def _pass_through(fitted: Any) -> list[Step]:
    if fitted.func is not None:
        raise NotPlain(f"FunctionTransformer calls {fitted.func!r}")
    return []


@STEPS.add("sklearn.impute", "SimpleImputer")
def _fill_blanks(fitted: Any) -> list[Step]:
    fills = np.asarray(fitted.statistics_)
    if fitted.add_indicator or not _is_nan(fitted.missing_values):
        raise NotPlain("SimpleImputer marks blanks, or takes something else for one")
    if fills.dtype != np.float64 or np.isnan(fills).any():
        # scikit-learn drops a column without a value from its output.
        raise NotPlain("SimpleImputer fills with texts, or drops a column")

    def run(block: Array) -> Array:
        if np.isfinite(block).all():
            return block
        refuse_infinity(block)
        return np.where(np.isnan(block), fills, block)

    return [Step(run)]


@STEPS.add("sklearn.preprocessing", "StandardScaler")
def _standardize(fitted: Any) -> list[Step]:
    mean = fitted.mean_ if fitted.with_mean else 0.0
    scale = fitted.scale_ if fitted.with_std else 1.0

    def run(block: Array) -> Array:
        refuse_infinity(block)
        return np.asarray((block - mean) / scale)

    return [Step(run)]


def refuse_infinity(block: Array) -> None:
    """Refuse what scikit-learn refuses.

    Raises:
        DataError: If a number is infinite.
    """
    if np.isinf(block).any():
        raise DataError(
            "A number, or what is computed from the numbers of a row, is too large for "
            "this model: it takes finite ones. Correct the row."
        )


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and value != value
