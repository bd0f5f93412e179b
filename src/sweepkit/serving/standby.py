"""The version that served last: at hand for new workers, and when all else fails."""

from __future__ import annotations

import logging

from sweepkit.errors import IntegrityError, SweepkitError
from sweepkit.serving.messages import Load, Prepare
from sweepkit.serving.roles import Copies
from sweepkit.serving.watch import Found

log = logging.getLogger(__name__)


class Standby:
    """What local copies are good for.

    Args:
        copies: The verified copies on this machine.
    """

    def __init__(self, copies: Copies) -> None:
        self._copies = copies
        self._no_good: set[str] = set()

    def note_serving(self, found: Found) -> None:
        """Keep in mind that a version serves."""
        self._copies.cache.remember(self._copies.ref, found.facts.to_dict())

    def note_bad(self, version: str) -> None:
        """Never fall back to this version, whatever it was before."""
        self._no_good.add(version)

    def prepare(self) -> Prepare | None:
        """Return the order to load in advance what will probably serve."""
        copy = self._copies.find_copy()
        if copy is None:
            return None
        folder, facts = copy
        return Prepare(folder=str(folder), facts=facts)

    def load_again(self, found: Found) -> Load | None:
        """Return the order to load what serves; None if its copy was changed since."""
        try:
            self._copies.verify(found.facts)
        except IntegrityError as error:
            log.error(
                "The copy in %s is no good (%s); fetching it.", found.folder, error
            )
            return None
        return load(found)

    def fall_back(self, error: SweepkitError) -> Found:
        """Return the version that served last, because of an error.

        Raises:
            SweepkitError: That error, if there is no copy or it was changed.
        """
        facts = self._copies.recall(but=self._no_good)
        if facts is None:
            raise error
        try:
            folder = self._copies.verify(facts)
        except IntegrityError as also:
            log.error("Nor can the local copy of version %s: %s", facts.version, also)
            raise error from also
        log.warning("%s", error)
        log.warning(
            "Serving the local copy of version %s, which served last.", facts.version
        )
        return Found(facts, folder)


def load(found: Found) -> Load:
    """Return the order to load a version."""
    return Load(folder=str(found.folder), facts=found.facts.to_dict())
