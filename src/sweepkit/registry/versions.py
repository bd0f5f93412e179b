"""Versions of a registered model: one for each run that was published."""

import json

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from mlflow.utils.mlflow_tags import MLFLOW_MODEL_VERSIONS

from sweepkit.errors import RegistryError


def find_version(
    client: MlflowClient, model_name: str, run_id: str
) -> ModelVersion | None:
    """Return the version a run was published as, or None."""
    name = model_name.replace("'", "''")
    found = client.search_model_versions(f"name='{name}' and run_id='{run_id}'")
    return min(found, key=lambda version: int(version.version)) if found else None


def create_version(
    client: MlflowClient,
    model_name: str,
    run_id: str,
    model_id: str,
    tags: dict[str, str],
    description: str = "",
) -> ModelVersion:
    """Return a new version whose source is the logged model; others cannot be loaded.

    Raises:
        RegistryError: If the store has no such model.
    """
    try:
        client.create_registered_model(model_name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    try:
        version = client.create_model_version(
            model_name,
            source=f"models:/{model_id}",
            run_id=run_id,
            tags=tags,
            description=description or None,
            await_creation_for=0,
            model_id=model_id,
        )
    except MlflowException as error:
        if "Unable to fetch model" not in str(error):
            raise
        raise RegistryError(
            f"Run {run_id} has no model {model_id} to be registered as {model_name}; "
            f"train again, or publish another run."
        ) from None
    # MLflow's page of the logged model finds its versions by this tag.
    link = json.dumps([{"name": model_name, "version": str(version.version)}])
    client.set_logged_model_tags(model_id, {MLFLOW_MODEL_VERSIONS: link})
    return version
