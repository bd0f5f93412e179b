"""The names that versions of a model go by."""

from __future__ import annotations

from collections.abc import Mapping

from mlflow import MlflowClient

from sweepkit.registry.standing import look

CHAMPION = "champion"
CHALLENGER = "challenger"
PREVIOUS = "previous-champion"
# The same two by the names of the stages that MLflow once had.
TWINS = {CHAMPION: "production", CHALLENGER: "staging"}


def read_aliases(client: MlflowClient, model_name: str) -> Mapping[str, str]:
    """Return the version under each alias; nothing before there is such a model."""
    return look(client, model_name).aliases


def champion_version(client: MlflowClient, model_name: str) -> str | None:
    """Return the version under the champion alias, or None before the first one."""
    return read_aliases(client, model_name).get(CHAMPION)


def point(
    client: MlflowClient,
    model_name: str,
    alias: str,
    version: str | None,
    now: Mapping[str, str] | None = None,
) -> None:
    """Point an alias and its twin to a version, or take both away for None.

    What is so already is not written again.

    Args:
        client: MLflow's client.
        model_name: Registered model.
        alias: One of those above.
        version: Where to.
        now: The aliases, if they were read a moment ago.
    """
    known = read_aliases(client, model_name) if now is None else now
    for name in filter(None, (alias, TWINS.get(alias))):
        if version is None and name in known:
            client.delete_registered_model_alias(model_name, name)
        elif version is not None and known.get(name) != version:
            client.set_registered_model_alias(model_name, name, version)
