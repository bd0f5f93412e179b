"""Whom the succession speaks to: workers, registry and copies, the lookout."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Protocol

from sweepkit.serving.cache import Cache
from sweepkit.serving.messages import Order
from sweepkit.serving.watch import Source

if TYPE_CHECKING:
    from pathlib import Path

    from sweepkit.registry.loading import VersionFacts


class Workers(Protocol):
    """Whom to tell; `crew.Crew`."""

    @property
    def present(self) -> list[int]:
        """Numbers of those that live."""

    def send(self, number: int, order: Order) -> None:
        """Tell one."""

    def send_all(self, order: Order, *, but: int | None = None) -> None:
        """Tell all except one."""

    def replace(self, number: int) -> None:
        """End one, so that another takes its place."""


class Copies(Source, Protocol):
    """The registry and the verified copies; `registry_source.RegistrySource`."""

    ref: str
    cache: Cache

    def recall(self, *, but: Collection[str] = ()) -> VersionFacts | None:
        """Return the version that served last."""

    def verify(self, facts: VersionFacts) -> Path:
        """Return the folder of its copy."""

    def find_copy(self) -> tuple[Path, dict[str, Any]] | None:
        """Return folder and facts of the version that served last."""


class Lookout(Protocol):
    """What looks at the registry; `watch.Watch`."""

    def check_now(self, *, anew: bool = False) -> None:
        """Look at once."""

    def refuse(self) -> None:
        """Note that the version told last cannot serve."""
