"""From a nested config to the flat, short, plainly named parameters MLflow takes."""

import json
import logging
import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256

from sweepkit.tracking.redact import redact_value

log = logging.getLogger(__name__)

MAX_KEY = 250
MAX_VALUE = 6000
MAX_TAG = 5000
# A server takes 100 parameters and 1 MB of JSON at a time, where one character may
# need six.
BATCH_COUNT = 100
BATCH_CHARS = 100_000

_FORBIDDEN = re.compile(r"[^\w./: -]")


def prepare_params(params: Mapping[str, object]) -> dict[str, str]:
    """Flatten, rename, mask and shorten parameters until MLflow accepts them.

    Args:
        params: Plain values, lists and mappings of them, nested as in a config.

    Returns:
        Text by dotted key. What had to be shortened says so at its end; what had to
        be renamed is named in the log.
    """
    prepared: dict[str, str] = {}
    renamed: list[str] = []
    for raw_key, raw_value in _flatten(params):
        key = _unique(clean_key(raw_key), prepared)
        if key != raw_key:
            renamed.append(f"{raw_key!r} as {key!r}")
        prepared[key] = cut(redact_value(raw_key, raw_value), MAX_VALUE)
    if renamed:
        _tell_renamed(", ".join(renamed))
    return prepared


@cache
def _tell_renamed(names: str) -> None:
    """Say once in a process, not for every trial of a sweep."""
    log.warning("MLflow forbids some names; logged are %s.", names)


def clean_tags(tags: Mapping[str, object]) -> dict[str, str]:
    """Return tags as text, their secrets masked, short enough for every server."""
    return {
        key: cut(redact_value(key, str(value)), MAX_TAG) for key, value in tags.items()
    }


def clean_key(key: str) -> str:
    """Return the name with each character MLflow forbids replaced by `_`."""
    clean = _FORBIDDEN.sub("_", key).strip() or "_"
    # MLflow uses names as paths and refuses those that could leave their folder.
    if posixpath.normpath(clean) != clean or clean.startswith((".", "/")):
        clean = re.sub(r"^[./]+|[./]+$", "_", re.sub(r"/+\.*/*", "_", clean))
    if len(clean) <= MAX_KEY:
        return clean
    return f"{clean[: MAX_KEY - 9]}-{sha256(key.encode()).hexdigest()[:8]}"


def cut(value: str, limit: int) -> str:
    """Return the value, or its beginning and a note of how long it was."""
    if len(value) <= limit:
        return value
    note = f" ... [cut: {len(value)} characters]"
    return value[: limit - len(note)] + note


def split_batches(params: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield the parameters in parts small enough for one request."""
    batch: dict[str, str] = {}
    chars = 0
    for key, value in params.items():
        chars += len(key) + len(value)
        if batch and (len(batch) == BATCH_COUNT or chars > BATCH_CHARS):
            yield batch
            batch, chars = {}, len(key) + len(value)
        batch[key] = value
    if batch:
        yield batch


def _flatten(
    values: Mapping[str, object], above: str = ""
) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        key = f"{above}{name}"
        if isinstance(value, Mapping) and value:
            yield from _flatten(value, f"{key}.")
        elif isinstance(value, (list, tuple, dict)):
            yield key, json.dumps(value, default=str, ensure_ascii=False)
        else:
            yield key, str(value)


def _unique(key: str, taken: Mapping[str, str]) -> str:
    number, free = 2, key
    while free in taken:
        free = f"{key[: MAX_KEY - 5]}_{number}"
        number += 1
    return free
