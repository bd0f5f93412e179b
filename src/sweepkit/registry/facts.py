"""What the registry says about a version of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from sweepkit.errors import IntegrityError, RegistryError
from sweepkit.registry.lifecycle import read_lifecycle
from sweepkit.registry.manifest import (
    MANIFEST,
    MANIFEST_SHA,
    manifest_path,
    read_manifest,
)
from sweepkit.tracking.store import OpenStore


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFacts:
    """What the registry says about a version.

    Attributes:
        model_name: Registered model.
        version: Its number.
        model_id: MLflow's id of the logged model, whose files these are.
        run_id: The run that made it.
        aliases: Its aliases, sorted.
        lifecycle: `development`, `staging`, `production` or `archived`.
        created_at: Seconds since 1970.
        description: Markdown.
        tags: All its tags.
        manifest: SHA-256 of each of its files; empty if it was never published by us.
    """

    model_name: str
    version: str
    model_id: str
    run_id: str
    aliases: tuple[str, ...]
    lifecycle: str
    created_at: float
    description: str
    tags: Mapping[str, str] = field(default_factory=dict)
    manifest: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return them as plain values for JSON; `from_dict` reads them back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> VersionFacts:
        """Read what `to_dict` returned, also after a walk through JSON."""
        return cls(**{**values, "aliases": tuple(values["aliases"])})


def find_facts(store: OpenStore, model_name: str, ref: str) -> VersionFacts:
    """Look a version up.

    Args:
        store: An opened store.
        model_name: Registered model.
        ref: The version's number, or an alias.

    Raises:
        RegistryError: If there is no such model, version or alias.
        StoreError: If the store cannot be reached.
    """
    with store.guard():
        version = find_entity(store, model_name, ref)
        return describe(store, version)


def find_entity(store: OpenStore, model_name: str, ref: str) -> ModelVersion:
    """Return MLflow's own record of a version; call it within `store.guard()`.

    Raises:
        RegistryError: If there is none.
    """
    ref = str(ref).removeprefix("@")
    try:
        if ref.isdigit():
            return store.client.get_model_version(model_name, ref)
        return store.client.get_model_version_by_alias(model_name, ref)
    except MlflowException as error:
        # An alias that nobody has is an invalid parameter to MLflow.
        if error.error_code not in (
            "RESOURCE_DOES_NOT_EXIST",
            "INVALID_PARAMETER_VALUE",
        ):
            raise
    what = f"version {ref}" if ref.isdigit() else f"alias {ref!r}"
    raise RegistryError(
        f"The model {model_name!r} has no {what}. `sweepkit models` lists what there "
        f"is; `python train.py` makes a first one."
    )


def describe(store: OpenStore, version: ModelVersion) -> VersionFacts:
    """Return what a version's record says; call it within `store.guard()`."""
    tags = dict(version.tags)
    return VersionFacts(
        model_name=version.name,
        version=str(version.version),
        model_id=_model_id(version),
        run_id=version.run_id or "",
        aliases=tuple(sorted(version.aliases)),
        lifecycle=read_lifecycle(tags),
        created_at=version.creation_timestamp / 1000,
        description=version.description or "",
        tags=tags,
        manifest=_find_manifest(store, version),
    )


def _find_manifest(store: OpenStore, version: ModelVersion) -> dict[str, str]:
    """Return the version's manifest; empty if it cannot vouch for any file."""
    tags, text = version.tags, ""
    try:
        if MANIFEST not in tags and MANIFEST_SHA in tags and version.run_id:
            path = manifest_path(_model_id(version))
            kept = store.client.download_artifacts(version.run_id, path)
            text = Path(kept).read_text(encoding="utf-8")
        return read_manifest(tags, text)
    except (IntegrityError, MlflowException, OSError):
        return {}  # who fetches the files hears why


def _model_id(version: ModelVersion) -> str:
    # SQL stores know it as the source only.
    return version.model_id or (version.source or "").removeprefix("models:/")
