"""A saved model's folder, checked and loaded without MLflow.

    check_folder(folder)            # nothing in it would run
    pipeline = load_folder(folder)  # the same, and then restored from names and arrays

Serving loads models by this: MLflow's own loader trusts the list that the model brings.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sweepkit.errors import IntegrityError
from sweepkit.tracking.archive import check_archive
from sweepkit.tracking.description import (
    MAX_TEXT_BYTES,
    MLMODEL,
    check_environment,
    model_file,
    read_description,
)

PROFILE = "profile.json"
# Written by MLflow into the folder of whoever downloads a registered model.
DOWNLOAD_NOTE = "registered_model_meta"
_DATA = {".json", ".yaml", ".txt", ".md", ".skops"}


def list_files(folder: Path) -> list[str]:
    """Return a model's files by their POSIX path within the folder, sorted.

    Raises:
        IntegrityError: If the folder is missing, or holds a link, a device or a pipe.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise IntegrityError(f"{folder.name}: there is no folder with a model here.")
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise IntegrityError(f"{name} is a link, which may lead anywhere.")
        if path.is_dir():
            continue
        if not path.is_file():
            raise IntegrityError(f"{name} is not a regular file.")
        if name != DOWNLOAD_NOTE:
            found.append(name)
    return found


def check_folder(folder: Path, trusted_types: Iterable[str] = ()) -> None:
    """Refuse a model that anything could run from; nothing is restored.

    Args:
        folder: Folder with the files of one model.
        trusted_types: Types allowed beyond this package's list.

    Raises:
        IntegrityError: If a file is not what this package writes.
        ConfigError: If the model holds a type that is not trusted.
    """
    _read_checked(folder, trusted_types)


def load_folder(folder: Path, trusted_types: Sequence[str] = ()) -> Any:
    """Restore a fitted pipeline from names and arrays, if all of them are trusted.

    Args:
        folder: Folder with the files of one model.
        trusted_types: Types allowed beyond this package's list, from the configuration
            and never from the model.

    Returns:
        The fitted pipeline.

    Raises:
        IntegrityError: If a file is not what this package writes.
        ConfigError: If the model holds a type that is not trusted.
    """
    data, names = _read_checked(folder, trusted_types)
    from sklearn.base import BaseEstimator
    from skops.io import loads

    try:
        # The bytes that were examined, not the file: it could change in between.
        model = loads(data, trusted=names)
    except Exception as error:
        # Estimators of any library set their own state here, each with errors of its
        # own; what a person does is the same for all.
        raise IntegrityError(
            f"The model cannot be restored: {type(error).__name__}: {error} Train it "
            f"again with the versions of packages installed here."
        ) from error
    if not isinstance(model, BaseEstimator) or not hasattr(model, "predict"):
        raise IntegrityError(
            f"The model is a {type(model).__name__}; it cannot predict."
        )
    return model


def read_profile(folder: Path) -> dict[str, Any] | None:
    """Return what a model's `profile.json` says, or None if it has none.

    Raises:
        IntegrityError: If it cannot be read.
    """
    path = folder / PROFILE
    if not path.exists():
        return None
    if path.stat().st_size > MAX_TEXT_BYTES:
        raise IntegrityError(f"The model's {PROFILE} is larger than 8 MiB.")
    try:
        profile = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise IntegrityError(f"The model's {PROFILE} is no JSON ({error}).") from None
    if not isinstance(profile, dict):
        raise IntegrityError(f"The model's {PROFILE} is not an object.")
    return profile


def _read_checked(
    folder: Path, trusted_types: Iterable[str]
) -> tuple[bytes, list[str]]:
    """Return the skops file's bytes and its types, after every check there is."""
    names = list_files(folder)
    if MLMODEL not in names:
        raise IntegrityError("The model has no file MLmodel.")
    own = model_file(read_description(folder))
    for name in names:
        if name != MLMODEL and Path(name).suffix not in _DATA:
            raise IntegrityError(
                f"{name} has no place in a model's folder, which is data only."
            )
    if own not in names:
        raise IntegrityError(f"The model has no file {own}, which its MLmodel names.")
    check_environment(folder)
    data = (folder / own).read_bytes()
    return data, check_archive(data, trusted_types)
