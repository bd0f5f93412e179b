"""Fetch a table from the web once, check its digest and keep it for next time."""

import hashlib
import logging
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pooch
import requests

from sweepkit.data.places import hash_file, name_url
from sweepkit.errors import DataError

log = logging.getLogger(__name__)

TIMEOUT_S = 30.0


def download(url: str, sha256: str | None, cache: str | None = None) -> Path:
    """Return the copy of a file on the web, fetched unless it is there already.

    With a digest, a copy that has it is used without asking the network, and anything
    else is fetched anew. Without one, the copy counts until it is deleted, and the
    digest to be pinned is told.

    Args:
        url: Address, `http://` or `https://`.
        sha256: What the file's digest has to be; null does not ask.
        cache: Folder of the copies; null is the user's own.

    Raises:
        DataError: If it cannot be fetched or has another digest.
    """
    folder = cache_folder(cache)
    path = folder / name_copy(url)
    is_kept = path.is_file()
    known = None if sha256 is None else f"sha256:{sha256.lower()}"
    # Its own words would show the whole address, which may hold a token.
    pooch.get_logger().setLevel("ERROR")
    try:
        pooch.retrieve(
            url,
            known_hash=known,
            fname=path.name,
            path=folder,
            downloader=pooch.HTTPDownloader(timeout=TIMEOUT_S),
        )
    except requests.RequestException as error:
        raise DataError(
            f"{name_url(url)} cannot be fetched: {_explain(error)} Try again when it "
            f"can be reached, or download it yourself and set data.path to the file."
        ) from None
    except ValueError:
        raise DataError(
            f"{name_url(url)} does not have the SHA-256 that data.sha256 asks for, "
            f"{sha256}: it changed, or is not the file that was meant. To take it as "
            f"it is now, set data.sha256=null once and read which digest it has."
        ) from None
    except OSError as error:
        raise DataError(
            f"{name_url(url)} cannot be kept in {folder}: {error.strerror or error}. "
            f"Free space, or name another folder with `data.cache=...`."
        ) from None
    if sha256 is None:
        source = f"the copy {path}" if is_kept else name_url(url)
        log.warning(
            "Read from %s. To make sure that it stays the same, add data.sha256=%s%s",
            source,
            hash_file(path),
            " (delete the copy to fetch it anew)" if is_kept else "",
        )
    return path


def cache_folder(cache: str | None) -> Path:
    """Return the folder of copies: one that was named, or the user's own."""
    return Path(cache or pooch.os_cache("sweepkit")).expanduser()


def name_copy(url: str) -> str:
    """Return a file name that is the address' own, after a digest of all of it."""
    own = unquote(urlsplit(url).path).rpartition("/")[2][-80:] or "table"
    return f"{hashlib.sha256(url.encode()).hexdigest()[:16]}-{own}"


def _explain(error: requests.RequestException) -> str:
    if error.response is not None:
        return f"the server answers {error.response.status_code}."
    # The text of such an error repeats the address, with whatever secret it holds.
    return f"{type(error).__name__}."
