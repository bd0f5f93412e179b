"""A skops file, examined to its last entry before anything in it is restored."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import Any

from sweepkit.errors import ConfigError, IntegrityError
from sweepkit.tracking.members import SCHEMA, check_members
from sweepkit.tracking.trust import is_trusted

# Versions of skops' format that this package has written; older ones are restored by
# older code, which a crafted file could ask for.
FIRST_PROTOCOL = 2


def check_archive(data: bytes, trusted_types: Iterable[str] = ()) -> list[str]:
    """Return the names of all types in a skops file, if each of them is trusted.

    Also those that skops itself trusts are compared with our own list.

    Args:
        data: The whole file, as it will be restored.
        trusted_types: Types allowed beyond our own list.

    Raises:
        IntegrityError: If it is no skops file, or holds anything but arrays and names.
        ConfigError: If a type is not trusted.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as file:
            check_members(file, len(data))
            schema = json.loads(file.read(SCHEMA))
    except (
        *(zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError),
        *(KeyError, ValueError, RecursionError, EOFError),
    ) as error:
        raise IntegrityError(
            f"The model file is not one that skops wrote ({error}); a pickle, for one, "
            f"runs any code when loaded. Train it again with this package."
        ) from None
    return _check_schema(schema, frozenset(trusted_types))


def _check_schema(schema: object, also: frozenset[str]) -> list[str]:
    if not isinstance(schema, dict) or schema.get("__loader__") != "ObjectNode":
        raise IntegrityError("The model file does not hold an estimator.")
    protocol = schema.get("protocol")
    if type(protocol) is not int or protocol < FIRST_PROTOCOL:
        raise IntegrityError(
            f"The model file claims skops' format {protocol!r}, which this package "
            f"never wrote; {FIRST_PROTOCOL} and later are read."
        )
    found = {_read_node(node) for node in _nodes(schema)}
    strangers = sorted(
        f"{name} (as {loader})"
        for loader, name in found
        if not is_trusted(loader, name, also)
    )
    if strangers:
        raise ConfigError(
            f"The model is made of types that are not trusted: {', '.join(strangers)}. "
            f"If you trust the code behind these names, add them to "
            f"`model.trusted_types`; of a server or `sweepkit predict`, to "
            f"`serving.trusted_types`."
        )
    return sorted({name for _, name in found})


def _nodes(schema: object) -> Iterator[Mapping[str, Any]]:
    """Yield every mapping that skops could take for something to restore."""
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "__loader__" in value:
                yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _read_node(node: Mapping[str, Any]) -> tuple[str, str]:
    loader, module, name = (
        node.get(f"__{key}__") for key in ("loader", "module", "class")
    )
    # The very type: an entry must not be able to look like one name and be another.
    if not type(loader) is type(module) is type(name) is str:
        raise IntegrityError("The model file has an entry without a type.")
    return loader, f"{module}.{name}"
