"""The parent process: binds, keeps workers, asks the registry, ends in order."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sweepkit.serving.crew import Crew
from sweepkit.serving.crew_events import Event
from sweepkit.serving.messages import Loaded
from sweepkit.serving.registry_source import RegistrySource
from sweepkit.serving.settings import ServerSettings
from sweepkit.serving.succession import Succession
from sweepkit.serving.watch import Looker, News, Watch

if TYPE_CHECKING:
    from sweepkit.registry.loading import VersionFacts

_SIGNALS = 128
_STOPS = (signal.SIGTERM, signal.SIGINT)

Greet = Callable[["VersionFacts", Loaded], None]


class Supervisor:
    """Hears what happens, one thing after another, until a signal says to end."""

    def __init__(
        self,
        settings: ServerSettings,
        listening: socket.socket,
        source: RegistrySource,
        environment: Mapping[str, str],
        greet: Greet,
    ) -> None:
        """Prepare it; nothing runs yet.

        Args:
            settings: With the token in place.
            listening: Socket the workers will share.
            source: The registry, and the cache of verified copies.
            environment: Environment variables of the workers.
            greet: Called once, when the first version answers.
        """
        self._listening = listening
        self._events: asyncio.Queue[Event | News | signal.Signals] = asyncio.Queue()
        self._crew = Crew(settings, listening, environment, self._events.put_nowait)
        self._watch = Watch(
            Looker(source),
            self._hear_from_watch,
            None if settings.is_pinned else settings.reload_every_s,
        )
        self._succession = Succession(source, self._crew, self._watch, greet)
        self._loop: asyncio.AbstractEventLoop
        self._stopped_by: list[signal.Signals] = []
        self._had_terminal = os.isatty(sys.stdin.fileno()) if sys.stdin else False

    async def run(self) -> None:
        """Serve until told to end.

        Raises:
            RegistryError: If there is no version to begin with.
            StoreError: If the registry does not answer, nor is there a local copy.
            IntegrityError: If the version cannot serve, nor is there one before it.
            SystemExit: If a second signal cut the draining short.
        """
        self._loop = asyncio.get_running_loop()
        for number in _STOPS:
            self._loop.add_signal_handler(number, self._on_stop, number)
        self._loop.add_signal_handler(signal.SIGHUP, self._on_hangup)
        # The workers import what they need while MLflow is imported here.
        self._crew.start()
        self._watch.start()
        try:
            await self._follow()
        finally:
            self._listening.close()
            await self._crew.end(at_once=self._succession.serving is None)
        if len(self._stopped_by) > 1:
            raise SystemExit(_SIGNALS + self._stopped_by[-1])

    async def _follow(self) -> None:
        while True:
            event = await self._events.get()
            if isinstance(event, signal.Signals):
                return
            self._succession.hear(event)

    def _on_stop(self, number: signal.Signals) -> None:
        self._stopped_by.append(number)
        if len(self._stopped_by) > 1:
            self._crew.kill()
        self._events.put_nowait(number)

    def _on_hangup(self) -> None:
        if self._had_terminal and not _has_terminal():
            self._on_stop(signal.SIGTERM)  # its window was closed
        else:
            self._watch.check_now()

    def _hear_from_watch(self, news: News) -> None:
        self._loop.call_soon_threadsafe(self._events.put_nowait, news)


def _has_terminal() -> bool:
    try:
        os.tcgetpgrp(sys.stdin.fileno())
    except OSError:
        return False
    return True
