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
from sweepkit.errors import FitError, SweepkitError
from sweepkit.features.preprocess import FeatureStep, InputColumns, Inputs
from sweepkit.models.blend_parts import build_features
from sweepkit.models.class_weights import ClassWeight
from sweepkit.models.classify import LabelClassifier
from sweepkit.models.clip import ClippedRegressor
from sweepkit.models.outputs import last_step
from sweepkit.models.threads import set_threads

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
        texts=schema.columns_of(Role.TEXT),
    )


def build_pipeline(
    estimator: Any,
    schema: TableSchema,
    *,
    steps: Mapping[str, FeatureStep],
    inputs: Inputs,
    clip_predictions: bool,
    class_weight: ClassWeight = None,
) -> Pipeline:
    """Join feature steps and estimator into one unfitted model.

    Args:
        estimator: Unfitted scikit-learn-compatible regressor or, for classes,
            classifier.
        schema: Roles of the table's columns.
        steps: Derived columns by name.
        inputs: What the estimator takes.
        clip_predictions: Whether predictions stay within the training target's range;
            classes have none.
        class_weight: See `LabelClassifier`; numbers have none.

    Returns:
        Pipeline from a conformed DataFrame to predictions of shape (n_rows,): numbers,
        or labels.
    """
    columns = input_columns(schema)
    preprocessor = build_features(estimator, columns, steps, inputs, schema.task)
    last = wrap_estimator(
        estimator, schema, clip_predictions=clip_predictions, class_weight=class_weight
    )
    return Pipeline([("features", preprocessor), ("estimator", last)])


def wrap_estimator(
    estimator: Any,
    schema: TableSchema,
    *,
    clip_predictions: bool,
    class_weight: ClassWeight = None,
) -> Any:
    """Return the last step of `build_pipeline` alone; see there."""
    if schema.task.has_classes:
        if isinstance(class_weight, Mapping):
            # skops reads a key of False back as True; texts it keeps.
            class_weight = {str(label): w for label, w in class_weight.items()}
        return LabelClassifier(estimator, list(schema.classes), class_weight)
    return ClippedRegressor(estimator, clip=clip_predictions)


def fit(model: Model, rows: Any, target: NDArray[np.float64]) -> Model:
    """Fit a pipeline or an estimator in place and return it.

    Args:
        model: Unfitted model.
        rows: Conformed table, or features, of shape (n_rows, n_columns).
        target: Shape (n_rows,), in the unit of the target column; codes of classes.

    Raises:
        ConfigError: If what was chosen for the classes does not fit them.
        FitError: If a step or the estimator refuses the rows or its settings.
    """
    with explaining(innermost_estimator(model)):
        model.fit(rows, target)
    return model


def fit_transformer(
    features: Pipeline, rows: pd.DataFrame, target: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fit feature steps in place and return the features, (n_rows, n_features).

    Raises:
        FitError: If a step refuses the rows or its settings.
    """
    with explaining(features[-1]):
        return np.asarray(features.fit_transform(rows, target))


def use_threads(model: Model, threads: int) -> Model:
    """Set how many threads the estimator uses, in place, and return the model.

    A fitted one should predict on one: forests add up their trees in whatever order
    threads finish, so that predictions differ in the last bit from call to call; and
    for one row starting threads costs more than the trees.
    """
    set_threads(innermost_estimator(model), threads)
    return model


def innermost_estimator(model: Any) -> Any:
    """Return the fitted (or else unfitted) estimator without its wrappers."""
    last = last_step(model)
    if not isinstance(last, ClippedRegressor | LabelClassifier):
        return last
    return getattr(last, "estimator_", last.estimator)


@contextmanager
def explaining(estimator: Any) -> Iterator[None]:
    """Say what a person can do where an estimator or a step refuses.

    Raises:
        FitError: Instead of whatever it raised.
    """
    try:
        yield
    except SweepkitError:
        raise
    except Exception as error:
        # Estimators of any library may stand here, each with errors of its own; what
        # a person does is the same for all, and the cause stays chained.
        raise FitError(
            f"{type(estimator).__name__} cannot be fitted: {type(error).__name__}: "
            f"{error} Change `model.estimator`, `model.inputs`, or the table."
        ) from error
