"""What the supervisor asks the registry: which version, and its verified files.

Here alone the server imports MLflow, which takes seconds: the workers start meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sweepkit.errors import IntegrityError, RegistryError, StoreError
from sweepkit.serving.cache import Cache
from sweepkit.tracking import OpenStore, Store, open_store

if TYPE_CHECKING:
    from sweepkit.registry.loading import VersionFacts

log = logging.getLogger(__name__)

TRAIN_FIRST = "Register one first: python train.py"


class RegistrySource:
    """One model of a store, of which one alias or version is wanted.

    Attributes:
        model_name: Registered model.
        ref: Alias or version number.
        cache: Where its verified copies are kept.
    """

    def __init__(
        self,
        store: Store,
        model_name: str,
        ref: str,
        cache: Cache,
        trusted_types: Sequence[str] = (),
    ) -> None:
        self.model_name = model_name
        self.ref = ref
        self.cache = cache
        self._trusted_types = trusted_types
        self._settings = store
        self._opened: OpenStore | None = None

    def find(self) -> VersionFacts:
        """Return what the registry says now.

        Raises:
            RegistryError: If there is no such model, alias or version.
            StoreError: If the registry does not answer.
        """
        # Before the import, which takes seconds that somebody without a store can save.
        self._check_file()
        from sweepkit.registry.loading import find_facts

        try:
            return find_facts(self._open(), self.model_name, self.ref)
        except StoreError:
            self._opened = None  # perhaps a new connection finds it again
            raise

    def fetch(self, facts: VersionFacts) -> Path:
        """Return the folder of a version's verified files, downloaded if need be.

        Raises:
            IntegrityError: If the files are not what was published.
            ConfigError: If the model holds a type that is not trusted.
            StoreError: If the registry does not hand them out.
        """
        from sweepkit.registry.loading import fetch_version

        if facts.manifest and self.cache.folder_of(facts.version).is_dir():
            try:
                # What `fetch_version` would do too, after a second's imports: the
                # types are checked by the worker, who has to import those anyway.
                return self.verify(facts)
            except IntegrityError as error:
                log.warning("The local copy is fetched anew: %s", error)
        return fetch_version(
            self._open(), facts, self.cache.folder, self._trusted_types
        )

    def recall(self, *, but: Collection[str] = ()) -> VersionFacts | None:
        """Return what is known of the version that served last, or None.

        Args:
            but: Versions that turned out to be no good.
        """
        from sweepkit.registry.loading import VersionFacts

        facts = self.cache.recall(self.ref, but=but)
        return None if facts is None else VersionFacts.from_dict(facts)

    def find_copy(self) -> tuple[Path, dict[str, Any]] | None:
        """Return the folder and facts of the version that served last, if it is whole.

        Nothing is imported for that, and the registry may know of a better one.
        """
        from sweepkit.registry.manifest import verify_folder

        facts = self.cache.recall(self.ref)
        if facts is None:
            return None
        folder = self.cache.folder_of(str(facts["version"]))
        try:
            verify_folder(folder, facts["manifest"])
        except IntegrityError:
            return None  # whoever needs it hears why
        return folder, facts

    def verify(self, facts: VersionFacts) -> Path:
        """Return the folder of a version's copy, whose files are as published.

        Raises:
            IntegrityError: If they are not.
        """
        from sweepkit.registry.manifest import verify_folder

        folder = self.cache.folder_of(facts.version)
        verify_folder(folder, facts.manifest)
        return folder

    def _check_file(self) -> None:
        file = self._settings.file
        if file is not None and not file.exists():
            # Opening would make an empty store here, and find nothing in it.
            raise RegistryError(f"There is no store {file}. {TRAIN_FIRST}")

    def _open(self) -> OpenStore:
        if self._opened is None:
            self._opened = open_store(self._settings)
        return self._opened
