"""Which version the champion goes back to, read from the history."""

from __future__ import annotations

from collections.abc import Sequence

from sweepkit.errors import RegistryError
from sweepkit.registry import audit
from sweepkit.registry.aliases import PREVIOUS, read_aliases
from sweepkit.registry.audit import Entry
from sweepkit.registry.versions import list_versions
from sweepkit.tracking.store import OpenStore


def find_way_back(
    store: OpenStore, model_name: str, champion: str
) -> tuple[str, str | None]:
    """Return the version to go back to, and the one to go back to after that.

    Args:
        store: An opened store; call this within its `guard()`.
        model_name: Registered model.
        champion: The champion now.

    Raises:
        RegistryError: If there is none.
    """
    entries = audit.read(store, model_name)
    there = {str(one.version) for one in list_versions(store.client, model_name)}
    ways = [one for one in list_ways(entries, champion) if one in there]
    alias = read_aliases(store.client, model_name).get(PREVIOUS)
    # The history may be younger than the registry.
    if not ways and alias and alias not in (champion, *_fallen(entries)):
        ways = [alias]
    if not ways:
        raise RegistryError(
            f"There is no earlier champion of {model_name!r} to go back to from "
            f"version {champion}. `sweepkit history` shows what was live; `sweepkit "
            f"promote` takes any version."
        )
    return ways[0], (ways[1] if len(ways) > 1 else None)


def list_ways(entries: Sequence[Entry], champion: str) -> list[str]:
    """Return the versions that were live before, those to go back to first.

    Args:
        entries: The history, oldest first.
        champion: The champion now; it may have been moved by hand.
    """
    stack: list[str] = []
    for entry in entries:
        if entry.action == "refuse":
            continue
        if entry.from_version and (not stack or stack[-1] != entry.from_version):
            _push(stack, entry.from_version)  # moved by hand, or before the history
        if entry.action == "rollback":
            stack.pop()  # what was rolled back from is nothing to come back to
        _push(stack, entry.to_version)
    _push(stack, champion)
    return stack[-2::-1]


def _push(stack: list[str], version: str) -> None:
    if version in stack:
        stack.remove(version)
    stack.append(version)


def _fallen(entries: Sequence[Entry]) -> set[str]:
    """Return the versions that were rolled back from and not promoted again."""
    fallen: set[str] = set()
    for entry in entries:
        if entry.action == "rollback":
            fallen.add(entry.from_version)
        elif entry.action != "refuse":
            fallen.discard(entry.to_version)
    return fallen
