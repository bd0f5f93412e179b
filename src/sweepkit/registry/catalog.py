"""All versions of a registered model."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from mlflow.exceptions import MlflowException

from sweepkit.errors import RegistryError
from sweepkit.registry.facts import VersionFacts, describe
from sweepkit.registry.versions import list_versions
from sweepkit.tracking.store import OpenStore


def list_facts(store: OpenStore, model_name: str) -> list[VersionFacts]:
    """Return what the registry says about every version of a model, newest first.

    Raises:
        RegistryError: If there is no such model.
        StoreError: If the store cannot be reached.
    """
    aliases = find_aliases(store, model_name)
    with store.guard():
        found = [
            describe(store, one) for one in list_versions(store.client, model_name)
        ]
    # A search returns versions without their aliases.
    named = [replace(facts, aliases=aliases[facts.version]) for facts in found]
    return sorted(named, key=lambda facts: int(facts.version), reverse=True)


def find_aliases(store: OpenStore, model_name: str) -> dict[str, tuple[str, ...]]:
    """Return the aliases of each version, sorted; a version without any has none.

    Raises:
        RegistryError: If there is no such model.
        StoreError: If the store cannot be reached.
    """
    with store.guard():
        try:
            aliases = store.client.get_registered_model(model_name).aliases
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
            raise RegistryError(
                f"There is no registered model {model_name!r} in this store yet. "
                f"`python train.py` makes its first version; another model is named by "
                f"`registry.model_name=...`, another store by `tracking=...`."
            ) from None
    by_version: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for alias in sorted(aliases):
        by_version[str(aliases[alias])] += (alias,)
    return by_version
