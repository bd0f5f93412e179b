"""A fault of a registered model, and the look at the model that shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from mlflow.entities.model_registry import ModelVersion

from sweepkit.registry.audit import Entry
from sweepkit.registry.standing import Standing
from sweepkit.tracking.locks import lock_model
from sweepkit.tracking.store import OpenStore


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about a registered model that should not be.

    Attributes:
        kind: A word that names the rule.
        message: What was found, and what to do if it cannot be repaired.
        repair: Mends it without any loss; None if a person has to decide.
    """

    kind: str
    message: str
    repair: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """One look at everything the registry says about a model.

    Attributes:
        store: Where it is.
        name: The registered model.
        standing: Its aliases and tags.
        versions: Its versions by their number.
        entries: Its history, oldest first.
        trusted_types: Types its models may hold beyond our own list.
    """

    store: OpenStore
    name: str
    standing: Standing
    versions: Mapping[str, ModelVersion]
    entries: Sequence[Entry] = ()
    trusted_types: Sequence[str] = ()

    def locked(self, step: Callable[..., None], *arguments: object) -> None:
        """Do a repair under the model's lock."""
        with lock_model(self.store, self.name), self.store.guard():
            step(*arguments)

    def later(
        self, step: Callable[..., None], *arguments: object
    ) -> Callable[[], None]:
        """Return a repair that takes the model's lock first."""
        return partial(self.locked, step, *arguments)
