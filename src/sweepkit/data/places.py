"""From `data.path` to files on this machine, wherever it points."""

import hashlib
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from sweepkit.data.lookup import require_file
from sweepkit.errors import DataError

_MAGIC = "*?["


def find_files(
    path: str | Path, *, sha256: str | None = None, cache: str | None = None
) -> list[Path]:
    """Return the files that a path, a pattern or a URL names, sorted by their path.

    Args:
        path: A file; a pattern with `*`, `?`, `[...]` or `**`; a web address, which
            is fetched once and kept; or an address that fsspec knows, such as
            `s3://bucket/parts/*.csv`.
        sha256: What the digest of the one file has to be; null does not ask.
        cache: Folder for copies; null is the user's own.

    Raises:
        DataError: If nothing is there, it cannot be read or fetched, or has another
            digest.
    """
    if is_url(path):
        files = _fetch(str(path), sha256, cache)
    elif is_pattern(path):
        files = _match(str(path))
    else:
        files = [require_file(path)]
    if sha256 is not None:
        _check_digest(path, files, sha256)
    return files


def find_folder(path: str | Path) -> Path | None:
    """Return the folder a path names, with `~` expanded; None if it names none."""
    if is_url(path):
        return None
    folder = Path(path).expanduser()
    return folder if folder.is_dir() else None


def is_url(path: str | Path) -> bool:
    """Tell whether a path is an address, such as `https://...` or `s3://...`."""
    return "://" in str(path)


def is_pattern(path: str | Path) -> bool:
    """Tell whether a path stands for several files; one that exists stands for itself.

    A file may well be called `houses [2024].csv`.
    """
    named = Path(path).expanduser()
    return any(sign in str(path) for sign in _MAGIC) and not named.exists()


def name_url(url: str) -> str:
    """Return a URL without user, password and what follows `?`, for messages."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _match(pattern: str) -> list[Path]:
    whole = Path(pattern).expanduser()
    root = Path(whole.anchor)
    found = root.glob(str(whole.relative_to(root)))
    files = sorted(path for path in found if path.is_file())
    if not files:
        raise DataError(
            f"No file matches {whole}. Change `data.path`; `*` stands for any signs "
            f"but `/`, `**` for folders in folders."
        )
    return [require_file(path) for path in files]


def _fetch(url: str, sha256: str | None, cache: str | None) -> list[Path]:
    # Each brings libraries that nobody else needs.
    if url.startswith(("http://", "https://")):
        from sweepkit.data.download import download

        return [download(url, sha256, cache)]
    if url.startswith("file://"):
        return [require_file(urlsplit(url).path)]
    from sweepkit.data.remote import copy_remote

    return copy_remote(url, cache)


def _check_digest(path: str | Path, files: list[Path], sha256: str) -> None:
    if len(files) > 1:
        raise DataError(
            f"data.sha256 is given, and data.path names {len(files)} files; it is the "
            f"digest of one. Set it to null, or name one file."
        )
    found = hash_file(files[0])
    if found != sha256.lower():
        name = name_url(str(path)) if is_url(path) else str(files[0])
        raise DataError(
            f"{name} has the SHA-256 {found}, and data.sha256 asks for {sha256}: it is "
            f"not the file that was meant. Get the right one; or, if this one is "
            f"right, set `data.sha256={found}`."
        )
