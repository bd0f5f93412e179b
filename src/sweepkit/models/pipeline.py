"""Features and estimator as one model, from raw rows to predictions."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from sweepkit.data.roles import Role
from sweepkit.data.schema import TableSchema
from sweepkit.errors import FitError
from sweepkit.features.preprocess import (
    FeatureStep,
    InputColumns,
    Inputs,
    build_preprocessor,
)
from sweepkit.models.clip import ClippedRegressor

Model = TypeVar("Model", bound=Any)


def input_columns(schema: TableSchema) -> InputColumns:
    """Sort a schema's feature columns by how they are encoded."""
    booleans = schema.columns_of(Role.BOOLEAN)
    return InputColumns(
        numeric=[
            *schema.columns_of(Role.NUMERIC),
            *(name for name in booleans if name not in schema.blanks),
        ],
        categorical=[
            *schema.columns_of(Role.CATEGORICAL),
            *(name for name in booleans if name in schema.blanks),
        ],
        dates=schema.columns_of(Role.DATE),
    )


def build_pipeline(
    estimator: Any,
    schema: TableSchema,
    *,
    steps: Mapping[str, FeatureStep],
    inputs: Inputs,
    clip_predictions: bool,
) -> Pipeline:
    """Join feature steps and estimator into one unfitted model.

    Args:
        estimator: Unfitted scikit-learn-compatible regressor.
        schema: Roles of the table's columns.
        steps: Derived columns by name.
        inputs: What the estimator takes.
        clip_predictions: Whether predictions stay within the training target's range.

    Returns:
        Pipeline from a conformed DataFrame to predictions of shape (n_rows,).
    """
    preprocessor = build_preprocessor(input_columns(schema), steps, inputs)
    last = ClippedRegressor(estimator) if clip_predictions else estimator
    return Pipeline([("features", preprocessor), ("estimator", last)])


def fit(model: Model, rows: Any, target: NDArray[np.float64]) -> Model:
    """Fit a pipeline or an estimator in place and return it.

    Args:
        model: Unfitted model.
        rows: Conformed table, or features, of shape (n_rows, n_columns).
        target: Shape (n_rows,), in the unit of the target column.

    Raises:
        FitError: If a step or the estimator refuses the rows or its settings.
    """
    with _explaining(innermost_estimator(model)):
        model.fit(rows, target)
    return model


def fit_transformer(
    features: Pipeline, rows: pd.DataFrame, target: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fit feature steps in place and return the features, (n_rows, n_features).

    Raises:
        FitError: If a step refuses the rows or its settings.
    """
    with _explaining(features[-1]):
        return np.asarray(features.fit_transform(rows, target))


def use_threads(model: Model, threads: int) -> Model:
    """Set how many threads the estimator uses, in place, and return the model.

    A fitted one should predict on one: forests add up their trees in whatever order
    threads finish, so that predictions differ in the last bit from call to call; and
    for one row starting threads costs more than the trees.
    """
    estimator = innermost_estimator(model)
    names = [name for name in estimator.get_params() if name.endswith("n_jobs")]
    estimator.set_params(**dict.fromkeys(names, threads))
    return model


def innermost_estimator(model: Any) -> Any:
    """Return the fitted (or else unfitted) estimator without its wrappers."""
    last = model[-1] if isinstance(model, Pipeline) else model
    if not isinstance(last, ClippedRegressor):
        return last
    return getattr(last, "estimator_", last.estimator)


@contextmanager
def _explaining(estimator: Any) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # Estimators of any library may stand here, each with errors of its own; what
        # a person does is the same for all, and the cause stays chained.
        raise FitError(
            f"{type(estimator).__name__} cannot be fitted: {type(error).__name__}: "
            f"{error} Change `model.estimator`, `model.inputs`, or the table."
        ) from error
