"""The steps by which the champion moves: whatever breaks leaves the old or the new."""

from __future__ import annotations

from collections.abc import Mapping

from mlflow.exceptions import MlflowException

from sweepkit.errors import RegistryError
from sweepkit.registry.aliases import CHAMPION, PREVIOUS, point
from sweepkit.registry.audit import Entry
from sweepkit.registry.journal import (
    At,
    Pending,
    close_journal,
    complete,
    open_journal,
    stay,
)
from sweepkit.registry.standing import Standing, look
from sweepkit.tracking.store import OpenStore

# Where a test may kill the process; in the order in which they are reached.
MOVE_POINTS = (
    *("journal written", "way back written", "champion written"),
    *("settled", "audited", "closed"),
)


class ChampionMoved(RegistryError):
    """Another machine moved the champion at the same time: look again, then decide."""


def move_champion(
    store: OpenStore,
    model_name: str,
    entry: Entry,
    *,
    way_back: str | None,
    aliases: Mapping[str, str],
    at: At = stay,
) -> None:
    """Move the alias as an entry says; hold the model's lock, verify the files before.

    Args:
        store: An opened store; call this within its `guard()`.
        model_name: Registered model.
        entry: From which version to which, and why.
        way_back: Where `previous-champion` points then.
        aliases: What they were when the decision was made.
        at: Called with the name of each point that is reached.

    Raises:
        ChampionMoved: If the champion is not the one that the decision was made on.
        RegistryError: If the version is gone.
    """
    client = store.client
    open_journal(store, model_name, Pending(entry, aliases.get(PREVIOUS, "")))
    at("journal written")
    # The way back is written first: a crash between the two then leaves the old
    # champion in place instead of a new one without a rollback target.
    point(client, model_name, PREVIOUS, way_back, aliases)
    at("way back written")
    _expect(store, model_name, entry.from_version)
    try:
        client.set_registered_model_alias(model_name, CHAMPION, entry.to_version)
    except MlflowException as error:
        complete(store, model_name)  # takes the way back, since nothing has moved
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        raise RegistryError(
            f"Version {entry.to_version} of {model_name!r} is gone; the champion stays."
        ) from None
    at("champion written")
    standing = _expect(store, model_name, entry.to_version)
    complete(store, model_name, standing=standing, entry=entry, at=at)


def _expect(store: OpenStore, model_name: str, version: str) -> Standing:
    """Compare the champion with what it should be: MLflow has no compare-and-swap."""
    standing = look(store.client, model_name)
    found = standing.aliases.get(CHAMPION, "")
    if found == version:
        return standing
    # Whoever moved it wrote the way back too, and ours is none any more.
    close_journal(store, model_name)
    raise ChampionMoved(
        f"The champion of {model_name!r} is version {found or 'none'} and not "
        f"{version or 'none'}: another machine moved it at the same time. Look at "
        f"`sweepkit models` and decide again."
    )
