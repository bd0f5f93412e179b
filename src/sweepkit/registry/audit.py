"""The history of the champion, kept in the tracking store and only ever added to."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from sweepkit.errors import RegistryError
from sweepkit.registry.standing import look
from sweepkit.tracking.store import OpenStore

Action = Literal["promote", "force-promote", "rollback", "refuse"]
ACTIONS: tuple[str, ...] = get_args(Action)
# A tag of the registered model for each entry: nothing else in MLflow's registry
# outlives versions, runs and the machine.
# MLflow's pages show tags but for those under its own name, and this is no reading.
PREFIX = "mlflow.sweepkit.audit."
MAX_CHARS = 4500
_MAX_REASON = 1500
_ATTEMPTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One decision about the champion.

    Attributes:
        when: Seconds since 1970.
        who: Name of the user whose process it was.
        action: What was done; `refuse` changed nothing.
        from_version: The champion before; empty if there was none.
        to_version: The champion after, or the version that was refused.
        reason: Why, in a sentence.
        numbers: What it rests on, as JSON takes it.
    """

    when: float
    who: str
    action: Action
    from_version: str
    to_version: str
    reason: str
    numbers: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON; `from_dict` reads them back."""
        return asdict(self) | {"numbers": to_plain(dict(self.numbers))}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Entry:
        """Read what `to_dict` returned, also after a walk through JSON."""
        return cls(**{name: values[name] for name in cls.__dataclass_fields__})


def append(
    store: OpenStore,
    model_name: str,
    entry: Entry,
    tags: Mapping[str, str] | None = None,
) -> int:
    """Add an entry after the last one; hold the model's lock meanwhile.

    Args:
        store: An opened store; call this within its `guard()`.
        model_name: Registered model, which exists.
        entry: What happened.
        tags: The model's tags, if they were read a moment ago.

    Returns:
        The entry's number, from 1.

    Raises:
        RegistryError: If other machines keep writing at the same time.
    """
    texts = _number(look(store.client, model_name).tags if tags is None else tags)
    for _ in range(_ATTEMPTS):
        last = max(texts, default=0)
        text = _to_text(entry, after=texts.get(last, ""))
        key = f"{PREFIX}{last + 1:06d}"
        store.client.set_registered_model_tag(model_name, key, text)
        texts = _number(look(store.client, model_name).tags)
        # Another machine may have written the same number after us.
        if texts.get(last + 1) == text:
            return last + 1
    raise RegistryError(
        f"The history of {model_name!r} could not be written: other machines write to "
        f"it at the same time. Try again."
    )


def read(store: OpenStore, model_name: str) -> list[Entry]:
    """Return the history of a model, oldest first; empty if there is none.

    Raises:
        RegistryError: If an entry cannot be read.
        StoreError: If the store cannot be reached.
    """
    with store.guard():
        tags = look(store.client, model_name).tags
    return read_entries(tags)


def read_entries(tags: Mapping[str, str]) -> list[Entry]:
    """Return the history that a model's tags hold, oldest first.

    Raises:
        RegistryError: If an entry cannot be read.
    """
    texts = _number(tags)
    try:
        return [Entry.from_dict(json.loads(texts[number])) for number in sorted(texts)]
    except (ValueError, KeyError, TypeError) as error:
        raise RegistryError(
            f"The model's history has an entry that this package did not write "
            f"({error}). Its tags `{PREFIX}*` must not be edited."
        ) from None


def find_breaks(tags: Mapping[str, str]) -> list[int]:
    """Return the numbers of entries that do not follow from the one before.

    Each holds a digest of its predecessor, so a changed or removed one shows.
    """
    texts = _number(tags)
    broken, before = [], ""
    for number in range(1, max(texts, default=0) + 1):
        text = texts.get(number, "")
        if f'"after": "{_digest(before)}"' not in text:
            broken.append(number)
        before = text
    return broken


def to_plain(value: Any) -> Any:
    """Return a value as JSON takes it: no NaN, no types of numpy."""
    if isinstance(value, Mapping):
        return {str(key): to_plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(one) for one in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    if hasattr(value, "tolist"):
        return to_plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return str(value)


def _to_text(entry: Entry, after: str) -> str:
    values = entry.to_dict() | {"after": _digest(after)}
    values["reason"] = values["reason"][:_MAX_REASON]
    text = json.dumps(values)
    if len(text) > MAX_CHARS:
        values["numbers"] = {"left_out": "see gate.json of the version's run"}
        text = json.dumps(values)
    return text


def _number(tags: Mapping[str, str]) -> dict[int, str]:
    """Return the texts of the entries among a model's tags by their number."""
    keys = {key: key.removeprefix(PREFIX) for key in tags if key.startswith(PREFIX)}
    return {int(n): tags[key] for key, n in keys.items() if n.isdigit()}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
