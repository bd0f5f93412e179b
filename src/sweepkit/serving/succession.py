"""Who serves: what follows from news of the registry and reports of workers.

A version is offered to one worker; only when that one has loaded it do the others
hear of it, and only then is it noted as the last one that served.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from sweepkit.errors import IntegrityError, SweepkitError
from sweepkit.serving.crew_events import Died, Event, Said, Started
from sweepkit.serving.messages import Loaded, Refused, Reject, WantsCheck
from sweepkit.serving.registry_word import RegistryWord
from sweepkit.serving.roles import Copies, Lookout, Workers
from sweepkit.serving.standby import Standby, load
from sweepkit.serving.watch import (
    Ended,
    Found,
    News,
    Nothing,
    Same,
    Trouble,
    Unusable,
)

if TYPE_CHECKING:
    from sweepkit.registry.loading import VersionFacts

# Workers that die before the first model is loaded will not do better for ever.
MOST_DEATHS = 3

log = logging.getLogger(__name__)


class Succession:
    """The version that serves, the one on trial, and what is wrong."""

    def __init__(
        self,
        copies: Copies,
        workers: Workers,
        lookout: Lookout,
        greet: Callable[[VersionFacts, Loaded], None],
    ) -> None:
        self._workers, self._lookout, self._greet = workers, lookout, greet
        self._standby, self._registry = Standby(copies), RegistryWord(workers)
        self.serving: Found | None = None
        self._offered: Found | None = None
        self._offered_to: int | None = None
        self._next: Found | None = None
        self._rejected: Reject | None = None

    def hear(self, event: Event | News) -> None:
        """Draw the consequence of what happened.

        Raises:
            RegistryError: If there is no version to begin with.
            StoreError: If the registry does not answer, nor is there a local copy.
            IntegrityError: If the version cannot serve, nor is there one before it.
            SweepkitError: If workers cannot start.
        """
        match event:
            case Started(number):
                self._brief(number)
            case Said(number, Loaded() as report):
                self._on_loaded(number, report)
            case Said(number, Refused() as report):
                self._on_refused(number, report)
            case Said(_, WantsCheck()):
                self._lookout.check_now()
            case Died():
                self._on_death(event)
            case Found() | Same() | Nothing():
                self._on_answer(event)
            case Trouble(error):
                self._on_trouble(error)
            case Unusable(version, error):
                self._reject(version, error)
            case Ended():
                self._on_end_of_watch()

    @property
    def _is_beginning(self) -> bool:
        return self.serving is None and self._offered is None

    def _brief(self, number: int) -> None:
        """Tell a new worker what the others know."""
        self._workers.send(number, self._registry.current)
        if self.serving is not None:
            self._hand_over(number, self.serving)
        elif self._offered is None:
            self._prepare(number)
        elif self._offered_to is None:
            self._offer(self._offered)
        if self._rejected is not None:
            self._workers.send(number, self._rejected)

    def _prepare(self, number: int) -> None:
        order = self._standby.prepare()
        if order is not None:
            self._workers.send(number, order)

    def _hand_over(self, number: int, found: Found) -> None:
        order = self._standby.load_again(found)
        if order is None:
            self._lookout.check_now(anew=True)
        else:
            self._workers.send(number, order)

    def _on_answer(self, news: Found | Same | Nothing) -> None:
        """Go on from the registry's answer, whatever it says."""
        if isinstance(news, Nothing) and self._is_beginning:
            raise news.error
        self._note_registry(str(news.error) if isinstance(news, Nothing) else "")
        if isinstance(news, Found):
            self._offer(news)

    def _on_trouble(self, error: SweepkitError) -> None:
        self._note_registry(str(error), reachable=False)
        if self._is_beginning:
            self._offer(self._standby.fall_back(error))

    def _on_end_of_watch(self) -> None:
        message = "nobody looks at the registry any more, because of a bug; restart"
        if self._is_beginning:
            raise SweepkitError(f"Looking at the registry failed: {message}.")
        self._note_registry(message, reachable=False)

    def _note_registry(self, message: str, *, reachable: bool = True) -> None:
        is_serving = self.serving is not None
        self._registry.note(message, reachable=reachable, is_serving=is_serving)

    def _offer(self, found: Found) -> None:
        """Let one worker try a version, when it has said what became of the last."""
        if self._offered_to is not None:
            self._next = found
            return
        self._offered = found
        self._offered_to = next(iter(self._workers.present), None)
        if self._offered_to is not None:
            self._workers.send(self._offered_to, load(found))

    def _end_offer(self) -> None:
        """Offer the version that was found meanwhile, if there is one."""
        self._offered, self._offered_to = None, None
        following, self._next = self._next, None
        if following is not None:
            self._offer(following)

    def _on_loaded(self, number: int, report: Loaded) -> None:
        found = self._offered
        if found is None or number != self._offered_to:
            return
        before, self.serving = self.serving, found
        self._rejected = None
        self._workers.send_all(load(found), but=number)
        self._standby.note_serving(found)
        self._end_offer()
        if before is None:
            self._greet(found.facts, report)
        else:
            log.info(
                "Version %s answers now, in the place of version %s (%s; %s).",
                report.version,
                before.facts.version,
                report.form,
                report.agreement,
            )

    def _on_refused(self, number: int, report: Refused) -> None:
        if self._offered is not None and number == self._offered_to:
            self._give_up(IntegrityError(report.reason), teller=number)
            return
        log.error(
            "Worker %d cannot load version %s, which another could (%s); it is "
            "replaced.",
            number,
            report.version,
            report.reason,
        )
        self._workers.replace(number)

    def _on_death(self, death: Died) -> None:
        log.error("Worker %d ended (%s); it is replaced.", death.number, death.how)
        if self._offered is not None and death.number == self._offered_to:
            self._give_up(
                IntegrityError(f"the worker that loaded it ended ({death.how})")
            )
        elif self.serving is None and death.in_a_row >= MOST_DEATHS:
            raise SweepkitError(
                f"Workers cannot start: {death.in_a_row} ended one after another "
                f"({death.how}); what they said stands above."
            )

    def _give_up(self, error: SweepkitError, *, teller: int | None = None) -> None:
        assert self._offered is not None, "nothing is on trial"
        version = self._offered.facts.version
        if self._next is None:
            self._lookout.refuse()
        self._end_offer()
        self._reject(version, error, teller=teller)

    def _reject(
        self, version: str, error: SweepkitError, *, teller: int | None = None
    ) -> None:
        """Refuse a version: the one that serves goes on, or the one before begins."""
        self._rejected = Reject(version=version, reason=str(error))
        self._workers.send_all(self._rejected, but=teller)
        if self.serving is not None:
            log.error(
                "Version %s is refused, version %s goes on: %s",
                version,
                self.serving.facts.version,
                error,
            )
        elif self._offered is None:
            # It knows of versions what the registry's errors do not say.
            self._standby.note_bad(version)
            told = type(error)(f"Version {version} cannot serve. {error}")
            self._offer(self._standby.fall_back(told))
