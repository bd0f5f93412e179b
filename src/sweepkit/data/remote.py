"""Copy tables from where fsspec can read: S3, Google's and Azure's stores, and more."""

import hashlib
import importlib
import sys
import tempfile
from pathlib import Path
from typing import Any

import fsspec

from sweepkit.data.download import cache_folder
from sweepkit.data.places import name_url
from sweepkit.errors import DataError

_EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs"} | dict.fromkeys(
    ("abfs", "abfss", "az", "adl"), "azure"
)
_PACKAGES = {"s3": "s3fs", "gcs": "gcsfs", "azure": "adlfs"}
# Roots of what these libraries raise that is no OSError.
_FOREIGN = {
    "botocore.exceptions": ("BotoCoreError", "ClientError"),
    "google.auth.exceptions": ("GoogleAuthError",),
    "azure.core.exceptions": ("AzureError",),
    "aiohttp": ("ClientError",),
}


def copy_remote(url: str, cache: str | None = None) -> list[Path]:
    """Return copies of the files an address names, sorted by their path there.

    A file that is the same as when it was copied is not copied again.

    Args:
        url: Such as `s3://bucket/houses.csv` or `s3://bucket/parts/*.parquet`.
        cache: Folder of the copies; null is the user's own.

    Raises:
        DataError: If a library is missing, nothing is there, or it cannot be read.
    """
    system, path = _open_system(url)
    try:
        names = sorted(system.glob(path)) if _is_pattern(path) else [path]
        files = [name for name in names if system.isfile(name)]
        if not files:
            raise DataError(
                f"{name_url(url)} names no file there. Change `data.path`; for those "
                f"of a folder, write a pattern such as `{name_url(url)}/*.parquet`."
            )
        return [_copy(system, name, cache_folder(cache)) for name in files]
    except _errors() as error:
        raise _unreadable(url, error) from None


def _open_system(url: str) -> tuple[Any, str]:
    scheme = url.partition("://")[0]
    try:
        system, path = fsspec.core.url_to_fs(url)
    except ImportError as error:
        extra = _EXTRAS.get(scheme)
        cure = (
            f"pip install 'sweepkit[{extra}]' (or {_PACKAGES[extra]})"
            if extra
            else str(error)
        )
        raise DataError(
            f"{name_url(url)} needs a library that is not installed: {cure}."
        ) from None
    except ValueError as error:
        if "Protocol not known" not in str(error):
            raise _unreadable(url, error) from None
        raise DataError(
            f"{name_url(url)} begins with {scheme!r}, which is no kind of address that "
            f"can be read. There are https, s3, gs, az and others of fsspec; change "
            f"`data.path`."
        ) from None
    except _errors() as error:
        raise _unreadable(url, error) from None
    return system, str(path)


def _copy(system: Any, name: str, folder: Path) -> Path:
    # The second part changes with the file.
    place = hashlib.sha256(f"{system.protocol} {name}".encode()).hexdigest()[:16]
    state = hashlib.sha256(str(system.ukey(name)).encode()).hexdigest()[:16]
    path = folder / f"{place}-{state}-{name.rpartition('/')[2]}"
    if path.is_file():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    # Several workers of a sweep may copy at once; each renames a whole file.
    with tempfile.TemporaryDirectory(dir=folder) as draft:
        half = Path(draft) / "part"
        system.get_file(name, str(half))
        half.replace(path)
    return path


def _is_pattern(path: str) -> bool:
    return any(sign in path for sign in "*?[")


def _errors() -> tuple[type[Exception], ...]:
    """Return what the libraries in use raise when a store cannot be read."""
    found: list[type[Exception]] = [OSError, ValueError]
    for module, names in _FOREIGN.items():
        if module in sys.modules:
            known = importlib.import_module(module)
            found += [getattr(known, name) for name in names]
    return tuple(found)


def _unreadable(url: str, error: Exception) -> DataError:
    reason = (str(error).splitlines() or [""])[0].replace(url, name_url(url))
    return DataError(
        f"{name_url(url)} cannot be read: {type(error).__name__}: {reason}. Check the "
        f"address and the credentials in the environment, or change `data.path`."
    )
