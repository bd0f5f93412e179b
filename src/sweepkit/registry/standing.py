"""How a registered model stands: its aliases and tags, read in one request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException


@dataclass(frozen=True, slots=True)
class Standing:
    """What the registry said about a model a moment ago.

    Attributes:
        aliases: The version under each alias.
        tags: Tags of the model: its history, and a promotion in progress.
    """

    aliases: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


def look(client: MlflowClient, model_name: str) -> Standing:
    """Read how a model stands; nothing at all before there is such a model."""
    try:
        model = client.get_registered_model(model_name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return Standing()
    # MLflow 3.17 types versions as str but hands out int here on SQL stores.
    aliases = {alias: str(version) for alias, version in model.aliases.items()}
    return Standing(aliases, dict(model.tags))
