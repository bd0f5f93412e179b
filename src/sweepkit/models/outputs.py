"""What a fitted model says of rows, whatever its task."""

from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from sweepkit.evaluation.predicted import Predicted
from sweepkit.tasks import decide


def ask(model: Any, rows: Any) -> Predicted:
    """Return what a fitted model says of rows.

    Args:
        model: A pipeline, or the last step of one.
        rows: Conformed table, or features, of shape (n_rows, n_columns).

    Returns:
        Of a model with `predict_proba` the probabilities, in the order of its
        `classes_`, and the codes it decides for; of others the numbers.
    """
    if not hasattr(model, "predict_proba"):
        return Predicted(np.asarray(model.predict(rows), dtype=np.float64))
    probabilities = np.asarray(model.predict_proba(rows), dtype=np.float64)
    codes = decide(probabilities, threshold_of(model))
    return Predicted(codes.astype(np.float64), probabilities)


def threshold_of(model: Any) -> float | None:
    """Return the probability from which a model decides for the second of two classes.

    None if it has none of its own, which stands for 0.5.
    """
    return getattr(last_step(model), "threshold", None)


def last_step(model: Any) -> Any:
    """Return the part of a model that predicts, its wrapper included."""
    return model[-1] if isinstance(model, Pipeline) else model
