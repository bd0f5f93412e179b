"""A fitted pipeline as a folder in MLflow's format, written and read back."""

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from mlflow.exceptions import MlflowException
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, Schema, TensorSpec

from sweepkit.errors import ConfigError
from sweepkit.tracking.archive import check_archive
from sweepkit.tracking.card import ModelCard
from sweepkit.tracking.columns import fit_rows, read_columns, read_output
from sweepkit.tracking.environment import pin_requirements
from sweepkit.tracking.model_files import PROFILE, check_folder, load_folder
from sweepkit.tracking.trust import TRUSTED_TYPES

# What every pipeline needs; MLflow adds itself. Our transformers come from our own
# package rather than as code within the model, which stays data.
REQUIREMENTS = ("numpy", "pandas", "scikit-learn", "skops", "sweepkit")
N_EXAMPLE_ROWS = 5


def save_pipeline(
    pipeline: object, card: ModelCard, folder: Path, mlflow_model: Model | None = None
) -> None:
    """Write a fitted pipeline as an MLflow model with everything it needs.

    Args:
        pipeline: A fitted scikit-learn pipeline.
        card: What is said about it.
        folder: Where to write; it must not exist.
        mlflow_model: MLflow's description of it, to be completed.

    Raises:
        ConfigError: If it holds types that nobody allowed, or skops cannot write it.
    """
    import mlflow.sklearn

    columns = read_columns(card.inputs)
    inputs: list[ColSpec | TensorSpec] = [
        ColSpec(c.kind, name=c.name, required=c.required) for c in columns
    ]
    kind = read_output(card.classes)
    outputs: list[ColSpec | TensorSpec] = [ColSpec(kind, name=card.target)]
    trusted = TRUSTED_TYPES | set(card.trusted_types)
    try:
        mlflow.sklearn.save_model(
            pipeline,
            str(folder),
            mlflow_model=mlflow_model,
            serialization_format="skops",
            skops_trusted_types=sorted(trusted),
            signature=ModelSignature(Schema(inputs), Schema(outputs)),
            input_example=fit_rows(card.inputs.head(N_EXAMPLE_ROWS), columns),
            pip_requirements=pin_requirements([*REQUIREMENTS, *card.requirements]),
        )
    except MlflowException as error:
        if isinstance(error.__cause__, OSError):
            raise error.__cause__ from None  # no space, which is nobody's type
        _refuse_strangers(pipeline, card.trusted_types)
        raise ConfigError(
            f"skops cannot save this model ({error.__cause__ or error}). Every class "
            f"in it must be importable by name: no lambdas, no classes of a script."
        ) from error
    _write_profile(card, folder)
    # Here rather than after an hour, when it is to be served.
    check_folder(folder, card.trusted_types)


def _write_profile(card: ModelCard, folder: Path) -> None:
    if card.profile is not None:
        text = json.dumps(card.profile, indent=1, allow_nan=False)
        (folder / PROFILE).write_text(text, encoding="utf-8")


def load_pipeline(source: str, trusted_types: Sequence[str] = ()) -> Any:
    """Read a pipeline back after comparing its types with those we trust.

    Args:
        source: `models:/...` or a folder.
        trusted_types: Types allowed beyond our own list, as in the model's config.

    Returns:
        The fitted pipeline.

    Raises:
        IntegrityError: If a file of it is not what this package writes.
        ConfigError: If it holds a type that is not trusted.
        StoreError: If the store has no such model.
    """
    import mlflow

    from sweepkit.tracking.guard import guard

    with guard(mlflow.get_tracking_uri()):
        folder = Path(mlflow.artifacts.download_artifacts(artifact_uri=source))
    return load_folder(folder, trusted_types)


def _refuse_strangers(pipeline: object, also: Sequence[str]) -> None:
    """Raise the ConfigError that names types without trust, if there are any."""
    from skops.io import dumps

    with suppress(TypeError, AttributeError):  # then it is not about trust
        check_archive(dumps(pipeline), also)
