"""Look at the registry now and then, and tell what is new."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sweepkit.errors import ConfigError, IntegrityError, RegistryError, SweepkitError

if TYPE_CHECKING:
    from sweepkit.registry.loading import VersionFacts


class Source(Protocol):
    """Where versions come from."""

    def find(self) -> VersionFacts:
        """Return what the registry says of the version that shall serve."""

    def fetch(self, facts: VersionFacts) -> Path:
        """Return the folder of its verified files."""


@dataclass(frozen=True, slots=True)
class Found:
    """A version that is not the one found before, its files here and verified."""

    facts: VersionFacts
    folder: Path


@dataclass(frozen=True, slots=True)
class Same:
    """The registry answers and has nothing new."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The registry does not answer, or the disk does not take the files."""

    error: SweepkitError


@dataclass(frozen=True, slots=True)
class Nothing:
    """The registry answers and has no such model, alias or version."""

    error: RegistryError


@dataclass(frozen=True, slots=True)
class Unusable:
    """A version whose files are not what was published, or may not be loaded."""

    version: str
    error: SweepkitError


@dataclass(frozen=True, slots=True)
class Ended:
    """Looking met a bug and has ended; its traceback is on stderr."""


News = Found | Same | Trouble | Nothing | Unusable | Ended
Mark = tuple[str, tuple[tuple[str, str], ...]]


class Looker:
    """Remembers what it has told, so that it tells each thing once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._told: Mark | None = None
        self._is_refused = False

    def look(self, *, is_asked: bool = False) -> News:
        """Ask the registry once.

        Args:
            is_asked: Whether a person wants it, so that a version that was refused is
                tried again.
        """
        try:
            facts = self._source.find()
        except RegistryError as error:
            return Nothing(error)
        except SweepkitError as error:
            return Trouble(error)
        mark = facts.version, tuple(sorted(facts.manifest.items()))
        if mark == self._told and not (is_asked and self._is_refused):
            return Same()
        return self._fetch(facts, mark)

    def refuse(self) -> None:
        """Note that the version told last cannot serve."""
        self._is_refused = True

    def forget(self) -> None:
        """Tell again what was told last: its files are gone."""
        self._told = None

    def _fetch(self, facts: VersionFacts, mark: Mark) -> News:
        try:
            folder = self._source.fetch(facts)
        except (IntegrityError, RegistryError, ConfigError) as error:
            self._told, self._is_refused = mark, True
            return Unusable(facts.version, error)
        except SweepkitError as error:
            return Trouble(error)
        self._told, self._is_refused = mark, False
        return Found(facts, folder)


class Watch(threading.Thread):
    """Looks at once, then every so often, and whenever it is asked to.

    It is a thread, because MLflow's calls block, for seconds when a server is down;
    and a daemon, because nobody shall wait for it at the end.
    """

    def __init__(
        self, looker: Looker, tell: Callable[[News], None], every_s: float | None
    ) -> None:
        """Prepare the thread.

        Args:
            looker: What does the looking.
            tell: Called with the news, in this thread.
            every_s: Seconds between two looks; None looks only when asked.
        """
        super().__init__(name="registry-watch", daemon=True)
        self._looker, self._tell, self._every_s = looker, tell, every_s
        self._asked = threading.Event()

    def check_now(self, *, anew: bool = False) -> None:
        """Look at once, whichever thread wants it.

        Args:
            anew: Whether to tell again what was told last: its files are gone.
        """
        if anew:
            self._looker.forget()
        self._asked.set()

    def refuse(self) -> None:
        """Note that the version told last cannot serve."""
        self._looker.refuse()

    def run(self) -> None:
        """Look for ever."""
        try:
            self._look_for_ever()
        finally:
            self._tell(Ended())

    def _look_for_ever(self) -> None:
        is_asked = False
        while True:
            self._tell(self._looker.look(is_asked=is_asked))
            is_asked = self._asked.wait(self._every_s)
            self._asked.clear()
