"""A registered model, asked about rows that were not made for it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.errors import RegistryError
from sweepkit.evaluation.predicted import Predicted
from sweepkit.models.outputs import ask
from sweepkit.registry.facts import VersionFacts
from sweepkit.tasks import Label


def ask_version(pipeline: Any, inputs: Any, version: VersionFacts) -> Predicted:
    """Return what a version's model says of rows, in the order of its own labels.

    Raises:
        RegistryError: If it refuses the rows, or its answer is none.
    """
    try:
        predicted = ask(pipeline, inputs)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        # What scikit-learn and pandas raise for columns and types they did not expect.
        raise RegistryError(
            f"Version {version.version} refuses these rows ({error})."
        ) from error
    _check_numbers(predicted.values, (len(inputs),), version)
    if predicted.probabilities is not None:
        shape = (len(inputs), len(list_labels(pipeline)))
        _check_numbers(predicted.probabilities, shape, version)
    return predicted


def _check_numbers(
    found: NDArray[np.float64], shape: tuple[int, ...], version: VersionFacts
) -> None:
    if found.shape != shape or not np.isfinite(found).all():
        what = "one number a row" if len(shape) == 1 else "a probability of each class"
        raise RegistryError(f"Version {version.version} does not predict {what}.")


def list_labels(pipeline: Any) -> tuple[Label, ...]:
    """Return a fitted model's labels in the order of its probabilities, if any."""
    if not hasattr(pipeline, "predict_proba"):
        return ()
    return tuple(np.asarray(pipeline.classes_).tolist())
