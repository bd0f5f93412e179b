"""What must always be true of a registered model, and how to mend what is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sweepkit.registry.alias_rules import (
    check_aliases,
    check_champion,
    check_history,
)
from sweepkit.registry.audit import read_entries
from sweepkit.registry.faults import Fault, Scene
from sweepkit.registry.journal import complete, read_journal
from sweepkit.registry.standing import look
from sweepkit.registry.version_rules import (
    check_files,
    check_publications,
    check_stages,
)
from sweepkit.registry.versions import list_versions
from sweepkit.tracking.locks import lock_model
from sweepkit.tracking.store import OpenStore

__all__ = ["RULES", "Fault", "find_faults"]

RULES: tuple[Callable[[Scene], Iterator[Fault]], ...] = (
    *(check_champion, check_aliases, check_files),
    *(check_stages, check_publications, check_history),
)


def find_faults(
    store: OpenStore, model_name: str, trusted_types: Sequence[str] = ()
) -> list[Fault]:
    """Compare a registered model with the rules of this package.

    After repairs look again: one may have covered another.

    Args:
        store: An opened store.
        model_name: Registered model; one that does not exist has no faults.
        trusted_types: Types its models may hold beyond our own list, from the
            configuration.

    Raises:
        RegistryError: If the history cannot be read.
        StoreError: If the store cannot be reached.
    """
    with lock_model(store, model_name), store.guard():
        standing = look(store.client, model_name)
        found = list_versions(store.client, model_name)
        scene = Scene(
            *(store, model_name, standing),
            {str(version.version): version for version in found},
            read_entries(standing.tags),
            trusted_types,
        )
        if read_journal(standing.tags) is not None:
            # Everything else may follow from it.
            repair = scene.later(complete, store, model_name)
            words = "A promotion was cut short; it will be completed or taken back."
            return [Fault("unfinished", words, repair)]
        return [fault for rule in RULES for fault in rule(scene)]
