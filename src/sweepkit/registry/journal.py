"""A promotion in progress, written down first so that any later one can complete it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sweepkit.registry import audit
from sweepkit.registry.aliases import CHAMPION, PREVIOUS, point
from sweepkit.registry.audit import Entry
from sweepkit.registry.lifecycle import settle
from sweepkit.registry.standing import Standing, look
from sweepkit.tracking.store import OpenStore

PENDING = "promotion.pending"
At = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Pending:
    """A promotion that has begun.

    Attributes:
        entry: What it will have done.
        previous: Where `previous-champion` pointed before; empty if nowhere.
    """

    entry: Entry
    previous: str


def stay(_: str) -> None:
    """Do nothing; tests put a kill in this place."""


def open_journal(store: OpenStore, model_name: str, pending: Pending) -> None:
    """Write down what is about to happen."""
    # The numbers are long, and kept with the version.
    entry = {**pending.entry.to_dict(), "numbers": {}}
    values = {"entry": entry, "previous": pending.previous}
    store.client.set_registered_model_tag(model_name, PENDING, json.dumps(values))


def read_journal(tags: Mapping[str, str]) -> Pending | None:
    """Return the promotion that a model's tags say was cut short, if there is one."""
    text = tags.get(PENDING)
    if not text:
        return None
    values = json.loads(text)
    return Pending(Entry.from_dict(values["entry"]), str(values["previous"]))


def close_journal(store: OpenStore, model_name: str) -> None:
    """Say that nothing is in progress any more."""
    store.client.delete_registered_model_tag(model_name, PENDING)


def complete(
    store: OpenStore,
    model_name: str,
    *,
    standing: Standing | None = None,
    entry: Entry | None = None,
    at: At = stay,
) -> None:
    """Bring a promotion to its end, or take back one that changed nothing yet.

    Every step may be done twice. Hold the model's lock meanwhile.

    Args:
        store: An opened store; call this within its `guard()`.
        model_name: Registered model.
        standing: How it stands, if that was read a moment ago.
        entry: The whole entry, from whoever began it just now.
        at: Called with the name of each point that is reached.
    """
    client = store.client
    now = standing or look(client, model_name)
    pending = read_journal(now.tags)
    if pending is None:
        return
    written = entry or pending.entry
    if now.aliases.get(CHAMPION) == written.to_version:
        settle(client, model_name, written.from_version or None, now.aliases)
        at("settled")
        if not _is_last(now.tags, written):
            audit.append(store, model_name, written, now.tags)
        at("audited")
    else:
        point(client, model_name, PREVIOUS, pending.previous or None, now.aliases)
    close_journal(store, model_name)
    at("closed")


def _is_last(tags: Mapping[str, str], entry: Entry) -> bool:
    entries = audit.read_entries(tags)
    if not entries:
        return False
    last = entries[-1]
    return (last.when, last.action, last.to_version) == (
        entry.when,
        entry.action,
        entry.to_version,
    )
