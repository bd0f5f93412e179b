"""One file of a run or a model, from wherever the store keeps it."""

from __future__ import annotations

from pathlib import Path

from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.utils.file_utils import local_file_uri_to_path
from mlflow.utils.uri import is_local_uri

from sweepkit.tracking.store import OpenStore


def fetch_file(store: OpenStore, location: str, name: str, folder: Path) -> Path | None:
    """Return a file, or None if it is not there; call it within `store.guard()`.

    Args:
        store: An opened store.
        location: Where the run or the model keeps its files.
        name: Which of them, without folders.
        folder: Where a copy is put, unless the file is on this machine.
    """
    if is_local_uri(location):  # type: ignore[no-untyped-call]
        root = local_file_uri_to_path(location)  # type: ignore[no-untyped-call]
        path = Path(root) / name
        return path if path.is_file() else None
    repository = get_artifact_repository(location, tracking_uri=store.uri)
    if not any(entry.path == name for entry in repository.list_artifacts()):
        return None
    copy = repository.download_artifacts(  # type: ignore[no-untyped-call]
        name, str(folder)
    )
    return Path(copy)
