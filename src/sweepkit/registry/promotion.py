"""Make a version the champion, or go back to the one before."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from sweepkit.registry.aliases import CHAMPION, read_aliases
from sweepkit.registry.audit import Action, Entry
from sweepkit.registry.facts import find_facts
from sweepkit.registry.journal import At, complete, stay
from sweepkit.registry.loading import verify_version
from sweepkit.registry.moving import MOVE_POINTS, ChampionMoved, move_champion
from sweepkit.registry.ways import find_way_back
from sweepkit.tracking.locks import lock_model
from sweepkit.tracking.origin import user_name
from sweepkit.tracking.store import OpenStore

# Where a test may kill the process; in the order in which they are reached.
PROMOTE_POINTS = ("verified", *MOVE_POINTS)


def promote(
    store: OpenStore,
    model_name: str,
    version: str,
    *,
    reason: str,
    who: str = "",
    numbers: Mapping[str, Any] | None = None,
    action: Action = "promote",
    expected: str | None = None,
    trusted_types: Sequence[str] = (),
    at: At = stay,
) -> None:
    """Make a version the champion, after comparing its files with those published.

    The champion itself is left as it is.

    Args:
        store: An opened store.
        model_name: Registered model.
        version: Number of the version, or an alias of it.
        reason: Why, for the history.
        who: By whom; the user of this process unless given.
        numbers: What the decision rests on.
        action: `promote`, or `force-promote` past the gate.
        expected: The champion that the decision was made against, empty if there was
            none; None replaces whichever is the champion.
        trusted_types: Types allowed beyond our own list, from the configuration.
        at: Called with the name of each point that is reached.

    Raises:
        ChampionMoved: If another version than `expected` is the champion by now.
        RegistryError: If there is no such version, or another machine interferes.
        IntegrityError: If its files are not those that were published.
        StoreError: If the store cannot be reached.
    """
    with lock_model(store, model_name), store.guard():
        facts = find_facts(store, model_name, version)
        complete(store, model_name)
        verify_version(store, facts, trusted_types)
        at("verified")
        aliases = read_aliases(store.client, model_name)
        champion = aliases.get(CHAMPION)
        if champion == facts.version:
            return
        _compare(model_name, champion or "", expected)
        entry = Entry(
            when=time.time(),
            who=who or user_name(),
            action=action,
            from_version=champion or "",
            to_version=facts.version,
            reason=reason,
            numbers=numbers or {},
        )
        move_champion(
            *(store, model_name, entry), way_back=champion, aliases=aliases, at=at
        )


def _compare(model_name: str, champion: str, expected: str | None) -> None:
    if expected is None or champion == expected:
        return
    raise ChampionMoved(
        f"The champion of {model_name!r} is version {champion or 'none'} by now, and "
        f"the decision was made against {expected or 'none'}. Nothing was changed; "
        f"type the command again to have the two compared."
    )


def roll_back(
    store: OpenStore,
    model_name: str,
    *,
    reason: str,
    who: str = "",
    trusted_types: Sequence[str] = (),
    at: At = stay,
) -> str:
    """Make the champion before this one the champion again.

    Once more goes further back, and never to a version that was rolled back from.

    Args:
        store: An opened store.
        model_name: Registered model.
        reason: Why, for the history.
        who: By whom; the user of this process unless given.
        trusted_types: Types allowed beyond our own list, from the configuration.
        at: Called with the name of each point that is reached.

    Returns:
        The version that is the champion now.

    Raises:
        RegistryError: If there is nothing to go back to.
        IntegrityError: If the files of the version are not those published.
        StoreError: If the store cannot be reached.
    """
    with lock_model(store, model_name), store.guard():
        champion = find_facts(store, model_name, CHAMPION).version
        complete(store, model_name)
        aliases = read_aliases(store.client, model_name)
        target, further = find_way_back(store, model_name, champion)
        facts = find_facts(store, model_name, target)
        verify_version(store, facts, trusted_types)
        at("verified")
        entry = Entry(
            when=time.time(),
            who=who or user_name(),
            action="rollback",
            from_version=champion,
            to_version=target,
            reason=reason,
        )
        move_champion(
            *(store, model_name, entry), way_back=further, aliases=aliases, at=at
        )
    return target
