"""Fetch a version's files, if they are those that were published."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.utils.file_utils import local_file_uri_to_path
from mlflow.utils.uri import is_local_uri

from sweepkit.errors import DiskError, IntegrityError, RegistryError
from sweepkit.registry.facts import VersionFacts, find_facts
from sweepkit.registry.manifest import read_manifest, verify_folder
from sweepkit.tracking.model_files import check_folder, list_files
from sweepkit.tracking.store import OpenStore

__all__ = [
    "VersionFacts",
    "fetch_version",
    "find_facts",
    "model_folder",
    "verify_version",
]


def fetch_version(
    store: OpenStore,
    facts: VersionFacts,
    into: Path,
    trusted_types: Sequence[str] = (),
) -> Path:
    """Bring a version's files here, if they are those published and cannot run.

    Args:
        store: An opened store.
        facts: The version.
        into: Folder that gets a subfolder named after the version; one that is there
            already is verified and kept.
        trusted_types: Types allowed beyond our own list, from the configuration.

    Returns:
        The version's folder.

    Raises:
        IntegrityError: If a file was changed, or is not data.
        ConfigError: If the model holds a type that is not trusted.
        StoreError: If the files cannot be fetched.
        DiskError: If they find no room here.
    """
    if not facts.manifest:
        read_manifest(facts.tags)  # raises, with what is wrong and what to do
    folder = into / facts.version
    if folder.is_dir() and _fits(folder, facts):
        check_folder(folder, trusted_types)
        return folder
    try:
        into.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{facts.version}-", dir=into))
    except OSError as error:
        raise DiskError(
            f"{into}: cannot keep a model here ({error.strerror}). Free space, or "
            f"change the folder's permissions."
        ) from None
    try:
        verified = _fetch(store, facts, draft)
        check_folder(verified, trusted_types)
        shutil.rmtree(folder, ignore_errors=True)
        verified.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def verify_version(
    store: OpenStore, facts: VersionFacts, trusted_types: Sequence[str] = ()
) -> None:
    """Compare a version's files with what was published, where they are.

    Args:
        store: An opened store.
        facts: The version.
        trusted_types: Types allowed beyond our own list, from the configuration.

    Raises:
        IntegrityError: If a file was changed, or is not data.
        ConfigError: If the model holds a type that is not trusted.
        StoreError: If the files cannot be read.
    """
    manifest = facts.manifest or read_manifest(facts.tags)
    with model_folder(store, facts.model_id) as folder:
        verify_folder(folder, manifest)
        check_folder(folder, trusted_types)


@contextmanager
def model_folder(store: OpenStore, model_id: str) -> Iterator[Path]:
    """Lend a logged model's files for a block: those of a local store themselves.

    Raises:
        RegistryError: If the store has no such model.
        StoreError: If the files cannot be fetched.
    """
    location = _find_location(store, model_id)
    local = _local_path(location)
    if local is not None:
        yield local
        return
    with tempfile.TemporaryDirectory(prefix="sweepkit-") as name:
        _download(store, location, Path(name))
        yield Path(name)


def _fetch(store: OpenStore, facts: VersionFacts, draft: Path) -> Path:
    folder = draft / "model"
    folder.mkdir()
    _download(store, _find_location(store, facts.model_id), folder)
    verify_folder(folder, facts.manifest)
    return folder


def _find_location(store: OpenStore, model_id: str) -> str:
    with store.guard():
        try:
            return str(store.client.get_logged_model(model_id).artifact_location)
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
            raise RegistryError(
                f"The store has no model {model_id} any more, or never had; train "
                f"again, or publish another run."
            ) from None


def _local_path(location: str) -> Path | None:
    if not is_local_uri(location):  # type: ignore[no-untyped-call]
        return None
    return Path(local_file_uri_to_path(location))  # type: ignore[no-untyped-call]


def _download(store: OpenStore, location: str, folder: Path) -> None:
    local = _local_path(location)
    if local is not None:
        list_files(local)  # a link is refused here, and not as a failure of the store
    # Not by `models:/...`, which writes a note of MLflow's own into a local store.
    with store.guard():
        repository = get_artifact_repository(location, tracking_uri=store.uri)
        repository.download_artifacts("", str(folder))  # type: ignore[no-untyped-call]


def _fits(folder: Path, facts: VersionFacts) -> bool:
    try:
        verify_folder(folder, facts.manifest)
    except IntegrityError:
        return False
    return True
