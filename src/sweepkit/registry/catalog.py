"""All versions of a registered model."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from mlflow.exceptions import MlflowException

from sweepkit.errors import RegistryError
from sweepkit.registry.facts import VersionFacts, describe
from sweepkit.tracking.store import OpenStore

_PER_PAGE = 1000


def list_versions(store: OpenStore, model_name: str) -> list[VersionFacts]:
    """Return the versions of a model, newest first.

    Raises:
        RegistryError: If there is no such model.
        StoreError: If the store cannot be reached.
    """
    name = model_name.replace("'", "''")
    found: list[VersionFacts] = []
    token: str | None = None
    with store.guard():
        # A search returns versions without their aliases.
        aliases = _list_aliases(store, model_name)
        while True:
            page = store.client.search_model_versions(
                f"name='{name}'", max_results=_PER_PAGE, page_token=token
            )
            for version in page:
                facts = describe(store, version)
                found.append(replace(facts, aliases=tuple(aliases[facts.version])))
            token = page.token
            if not token:
                return sorted(found, key=lambda one: int(one.version), reverse=True)


def _list_aliases(store: OpenStore, model_name: str) -> dict[str, list[str]]:
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
    by_version: dict[str, list[str]] = defaultdict(list)
    for alias in sorted(aliases):
        by_version[str(aliases[alias])].append(alias)
    return by_version
