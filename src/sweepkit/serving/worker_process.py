"""The supervisor's end of a worker: start it, speak to it, see it end."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

from sweepkit.serving.messages import Begin, Order, Report, decode, encode
from sweepkit.serving.settings import ServerSettings

# A line holds the facts of a version with its manifest.
_LONGEST_LINE = 16 * 1024 * 1024
# A terminal sends these to all its processes; the supervisor alone decides.
_DEAF_TO = {signal.SIGINT, signal.SIGHUP}


class WorkerProcess:
    """A child that answers requests.

    Attributes:
        number: Which of the workers, from 0; its replacement has the same.
        pid: Its process id.
    """

    def __init__(
        self,
        number: int,
        process: Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.number, self.pid = number, process.pid
        self._process, self._reader, self._writer = process, reader, writer

    @classmethod
    async def start(
        cls,
        number: int,
        settings: ServerSettings,
        listening: socket.socket,
        environment: Mapping[str, str],
    ) -> WorkerProcess:
        """Start one, which begins at once to import what it will need.

        Only one may be starting at a time: signals are blocked meanwhile.
        """
        ours, theirs = socket.socketpair()
        handed_on = (theirs.fileno(), listening.fileno())
        words = ("-P", "-m", "sweepkit.serving.worker", *map(str, handed_on))
        # What is blocked stays so in a child: it must not die of Ctrl-C on its way.
        signal.pthread_sigmask(signal.SIG_BLOCK, _DEAF_TO)
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *words,
                pass_fds=handed_on,
                stdin=DEVNULL,
                env=dict(environment),
            )
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _DEAF_TO)
            theirs.close()
        reader, writer = await asyncio.open_connection(sock=ours, limit=_LONGEST_LINE)
        worker = cls(number, process, reader, writer)
        worker.send(Begin(settings=settings.to_dict(), number=number))
        return worker

    def send(self, order: Order) -> None:
        """Send a message; a worker that has died does not hear it."""
        if not self._writer.is_closing():
            self._writer.write(encode(order))

    async def reports(self) -> AsyncIterator[Order | Report]:
        """Yield what it says until it dies."""
        with suppress(ConnectionError):
            while text := await self._reader.readline():
                yield decode(text)

    async def wait(self) -> int:
        """Wait for its end and return its exit code, minus the signal that ended it."""
        code = await self._process.wait()
        self._writer.close()
        return code

    def kill(self) -> None:
        """End it at once; one that has ended already stays so."""
        with suppress(ProcessLookupError):
            self._process.kill()
