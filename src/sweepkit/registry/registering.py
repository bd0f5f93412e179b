"""Make a version of a logged model, with a manifest of its files from the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlflow.entities.model_registry import ModelVersion
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

from sweepkit.errors import RegistryError
from sweepkit.registry.gate import Scorecard
from sweepkit.registry.journal import At, stay
from sweepkit.registry.lifecycle import DEVELOPMENT, LIFECYCLE
from sweepkit.registry.loading import model_folder
from sweepkit.registry.manifest import (
    make_manifest,
    manifest_path,
    to_text,
    write_manifest,
)
from sweepkit.registry.scores import write_scorecard
from sweepkit.registry.versions import (
    CONFIG_HASH,
    SWEEP,
    create_version,
    find_twin,
    find_version,
)
from sweepkit.tracking.model_files import check_folder
from sweepkit.tracking.store import OpenStore

# What the run knows of its origin, under the names a version's reader looks for.
_ORIGIN = {
    "git.commit": "mlflow.source.git.commit",
    "git.dirty": "git.dirty",
    SWEEP: MLFLOW_PARENT_RUN_ID,
}


def find_published(
    store: OpenStore, model_name: str, run_id: str, facts: Mapping[str, str]
) -> ModelVersion | None:
    """Return the version that a run, or its twin of the same sweep, was made into."""
    found = find_version(store.client, model_name, run_id)
    if found is not None:
        return found
    sweep = store.client.get_run(run_id).data.tags.get(MLFLOW_PARENT_RUN_ID, "")
    return find_twin(store.client, model_name, sweep, facts.get(CONFIG_HASH, ""))


def register_version(
    store: OpenStore,
    model_name: str,
    run_id: str,
    model_id: str,
    scorecard: Scorecard,
    *,
    facts: Mapping[str, str],
    description: str,
    trusted_types: Sequence[str],
    at: At = stay,
) -> ModelVersion:
    """Return a new version in development, after examining its files.

    Raises:
        ConfigError: If the model holds a type that is not trusted.
        IntegrityError: If the files are not what this package saves.
        RegistryError: If the run has no such model.
    """
    try:
        with model_folder(store, model_id) as folder:
            check_folder(folder, trusted_types)
            manifest = make_manifest(folder)
    except RegistryError as error:
        raise RegistryError(
            f"Run {run_id} has no model {model_id} to be registered as {model_name}. "
            f"{error}"
        ) from None
    # With the run too: a tag is shorter than a manifest may be.
    store.client.log_text(run_id, to_text(manifest), manifest_path(model_id))
    at("manifest kept")
    tags = {**facts, **_origin(store, run_id), **write_scorecard(scorecard)}
    tags |= write_manifest(manifest) | {LIFECYCLE: DEVELOPMENT}
    version = create_version(
        store.client, model_name, run_id, model_id, tags, description
    )
    at("version made")
    return version


def _origin(store: OpenStore, run_id: str) -> dict[str, str]:
    run_tags = store.client.get_run(run_id).data.tags
    found = {ours: run_tags.get(theirs) for ours, theirs in _ORIGIN.items()}
    known = {key: value for key, value in found.items() if value is not None}
    return {"run_id": run_id, **known}
