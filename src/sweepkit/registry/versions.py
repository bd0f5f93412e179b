"""Versions of a registered model: one for each run that was published."""

import json
from collections.abc import Iterator

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from mlflow.utils.mlflow_tags import MLFLOW_MODEL_VERSIONS

from sweepkit.errors import RegistryError

SWEEP = "sweep.run_id"
CONFIG_HASH = "config.hash"
_PER_PAGE = 1000


def find_version(
    client: MlflowClient, model_name: str, run_id: str
) -> ModelVersion | None:
    """Return the version a run was published as, or None."""
    return _first(client, model_name, f"run_id='{run_id}'")


def find_twin(
    client: MlflowClient, model_name: str, sweep: str, config_hash: str
) -> ModelVersion | None:
    """Return the version that the same sweep made of the same settings, or None.

    A trial that died and ran again is two runs and one model.
    """
    if not sweep or not config_hash:
        return None
    return _first(
        client,
        model_name,
        f"tags.`{SWEEP}` = '{sweep}' and tags.`{CONFIG_HASH}` = '{config_hash}'",
    )


def list_versions(client: MlflowClient, model_name: str) -> Iterator[ModelVersion]:
    """Yield every version of a model, with its tags, newest first."""
    token: str | None = None
    while True:
        page = client.search_model_versions(
            f"name={_quote(model_name)}", max_results=_PER_PAGE, page_token=token
        )
        yield from page
        token = page.token
        if not token:
            return


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
    ensure_model(client, model_name)
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
        raise no_model(model_name, run_id, model_id) from None
    # MLflow's page of the logged model finds its versions by this tag.
    link = json.dumps([{"name": model_name, "version": str(version.version)}])
    client.set_logged_model_tags(model_id, {MLFLOW_MODEL_VERSIONS: link})
    return version


def ensure_model(client: MlflowClient, model_name: str) -> None:
    """Make the registered model unless it is there."""
    try:
        client.create_registered_model(model_name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def no_model(model_name: str, run_id: str, model_id: str) -> RegistryError:
    """Return what is said if a run has no model to be registered."""
    return RegistryError(
        f"Run {run_id} has no model {model_id} to be registered as {model_name}; "
        f"train again, or publish another run."
    )


def _first(
    client: MlflowClient, model_name: str, condition: str
) -> ModelVersion | None:
    found = client.search_model_versions(f"name={_quote(model_name)} and {condition}")
    return min(found, key=lambda version: int(version.version)) if found else None


def _quote(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"
