"""What a published model consists of, file by file, so that a change is noticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from sweepkit.errors import IntegrityError
from sweepkit.tracking.model_files import list_files

MANIFEST = "mlflow.sweepkit.manifest"
MANIFEST_SHA = "mlflow.sweepkit.manifest.sha256"
# MLflow's databases cut or refuse a tag of more than 5,000 characters.
MAX_TAG_CHARS = 4500


def make_manifest(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in a folder, in hexadecimal, by its POSIX path.

    Raises:
        IntegrityError: If there is a link, or something else that is no file.
    """
    return {name: _digest(folder / name) for name in list_files(folder)}


def verify_folder(folder: Path, manifest: Mapping[str, str]) -> None:
    """Compare a folder with what was published.

    Raises:
        IntegrityError: If a file was changed, added or lost, or is a link.
    """
    found = make_manifest(folder)
    changed = sorted(n for n in found if manifest.get(n, found[n]) != found[n])
    added = sorted(found.keys() - manifest.keys())
    missing = sorted(manifest.keys() - found.keys())
    words = [
        f"{what}: {', '.join(names)}"
        for what, names in (("changed", changed), ("added", added), ("lost", missing))
        if names
    ]
    if words:
        raise IntegrityError(
            f"The model's files are not those that were published ({'; '.join(words)})."
            f" Nothing was loaded; restore them, or train and publish again."
        )


def write_manifest(manifest: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that hold a manifest: itself, or its digest if it is too long."""
    text = to_text(manifest)
    digest = hashlib.sha256(text.encode()).hexdigest()
    whole = {MANIFEST: text} if len(text) <= MAX_TAG_CHARS else {}
    return {**whole, MANIFEST_SHA: digest}


def read_manifest(tags: Mapping[str, str], text: str = "") -> dict[str, str]:
    """Return the manifest that a version's tags hold or vouch for.

    Args:
        tags: Tags of the version.
        text: The manifest as it is kept with the run, for one too long for a tag.

    Raises:
        IntegrityError: If there is none, or it is not the one that was published.
    """
    found = tags.get(MANIFEST, text)
    if not found or MANIFEST_SHA not in tags:
        raise IntegrityError(
            "The version has no manifest of its files, so nobody can tell whether they "
            "are those that were judged. Publish it with this package: train again."
        )
    if hashlib.sha256(found.encode()).hexdigest() != tags[MANIFEST_SHA]:
        raise IntegrityError("The version's manifest is not the one it was given.")
    manifest = json.loads(found)
    return {str(name): str(digest) for name, digest in manifest.items()}


def manifest_path(model_id: str) -> str:
    """Return where a run keeps the manifest of a model."""
    return f"manifest/{model_id}.json"


def to_text(manifest: Mapping[str, str]) -> str:
    """Return a manifest as compact JSON."""
    return json.dumps(dict(sorted(manifest.items())), separators=(",", ":"))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
