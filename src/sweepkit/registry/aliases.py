"""Move the champion alias between model versions."""

from mlflow import MlflowClient

CHAMPION = "champion"
PREVIOUS = "previous-champion"


def champion_version(client: MlflowClient, model_name: str) -> str | None:
    """Return the version under the champion alias, or None before the first one."""
    aliases = client.get_registered_model(model_name).aliases
    version = aliases.get(CHAMPION)
    # MLflow 3.17 types versions as str but hands out int here on SQL stores.
    return None if version is None else str(version)


def promote(client: MlflowClient, model_name: str, version: str) -> None:
    """Make `version` the champion and remember the one it replaces."""
    replaced = champion_version(client, model_name)
    if replaced == version:
        return
    # The way back is written first: a crash between the two calls then leaves
    # the old champion in place instead of a new one without a rollback target.
    if replaced is not None:
        client.set_registered_model_alias(model_name, PREVIOUS, replaced)
    client.set_registered_model_alias(model_name, CHAMPION, version)
