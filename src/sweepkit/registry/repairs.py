"""What `sweepkit doctor --fix` may do to a registered model: nothing that loses."""

from __future__ import annotations

import time
from collections.abc import Mapping

from mlflow.entities.model_registry import ModelVersion

from sweepkit.registry import audit
from sweepkit.registry.aliases import read_aliases
from sweepkit.registry.audit import Action, Entry
from sweepkit.registry.facts import find_facts
from sweepkit.registry.lifecycle import settle
from sweepkit.registry.loading import verify_version
from sweepkit.registry.moving import move_champion
from sweepkit.registry.standing import look
from sweepkit.registry.verdict import conclude, recall
from sweepkit.tracking.origin import user_name
from sweepkit.tracking.store import OpenStore

# Set on a version that was registered and never judged.
PUBLICATION = "publication"
ABANDONED = "cut short"


def is_abandoned(tags: Mapping[str, str]) -> bool:
    """Tell whether a version's publication is known to have been cut short."""
    return tags.get(PUBLICATION) == ABANDONED


def finish_publication(store: OpenStore, version: ModelVersion) -> None:
    """Write down what became of a version whose publication was cut short.

    One that was never judged is only marked: publishing its run again completes it.
    """
    client, name, number = store.client, version.name, str(version.version)
    decision = recall(store, version, look(client, name))
    if decision is None:
        client.set_model_version_tag(name, number, PUBLICATION, ABANDONED)
        return
    conclude(store, version, decision)


def reinstate(store: OpenStore, model_name: str, version: str) -> None:
    """Make the last champion the champion again, after its alias was lost.

    Raises:
        IntegrityError: If its files are not those published.
    """
    verify_version(store, find_facts(store, model_name, version))
    aliases = read_aliases(store.client, model_name)
    entry = _entry("promote", "", version, "no version was champion; found by doctor")
    move_champion(store, model_name, entry, way_back=None, aliases=aliases)


def note_by_hand(store: OpenStore, model_name: str, before: str, champion: str) -> None:
    """Add to the history that the champion was moved by somebody else."""
    reason = "the alias was moved past this package; found by doctor"
    audit.append(store, model_name, _entry("promote", before, champion, reason))
    aliases = read_aliases(store.client, model_name)
    settle(store.client, model_name, before or None, aliases)


def _entry(action: Action, before: str, version: str, reason: str) -> Entry:
    return Entry(
        when=time.time(),
        who=user_name(),
        action=action,
        from_version=before,
        to_version=version,
        reason=reason,
    )
