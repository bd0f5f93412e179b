"""The workers: started, replaced when they die, told things, and ended in order."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress

from sweepkit.serving.crew_events import Died, Event, Said, Started
from sweepkit.serving.messages import Drain, Loaded, Order
from sweepkit.serving.metrics_folder import forget_worker
from sweepkit.serving.settings import ServerSettings
from sweepkit.serving.worker_process import WorkerProcess

# A pause grows with each death that follows another without a model loaded.
_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 5.0
# After its own time for draining, a worker gets this much to end.
_GRACE_S = 3.0


class Crew:
    """As many workers as the settings want, at any time."""

    def __init__(
        self,
        settings: ServerSettings,
        listening: socket.socket,
        environment: Mapping[str, str],
        hear: Callable[[Event], None],
    ) -> None:
        """Prepare a crew.

        Args:
            settings: With the token.
            listening: Socket they share.
            environment: Their environment variables.
            hear: Called with what happens, in the event loop.
        """
        self._settings, self._listening, self._hear = settings, listening, hear
        # Threads of a worker's own would only get into each other's way; and LightGBM
        # crashes when two threads predict that want different numbers of threads.
        self._environment = {**environment, "OMP_NUM_THREADS": "1"}
        self._workers: dict[int, WorkerProcess] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._deaths: dict[int, int] = {}
        self._starting = asyncio.Lock()
        self._is_ending = False

    @property
    def present(self) -> list[int]:
        """Numbers of the workers that live."""
        return sorted(self._workers)

    def start(self) -> None:
        """Start them all."""
        numbers = range(self._settings.workers)
        self._tasks = [asyncio.create_task(self._keep(number)) for number in numbers]

    def send(self, number: int, order: Order) -> None:
        """Send a message to one worker, if it lives."""
        if number in self._workers:
            self._workers[number].send(order)

    def send_all(self, order: Order, *, but: int | None = None) -> None:
        """Send a message to every worker except one."""
        for number in self.present:
            if number != but:
                self.send(number, order)

    def replace(self, number: int) -> None:
        """End a worker at once; its replacement begins anew."""
        if number in self._workers:
            self._workers[number].kill()

    async def end(self, *, at_once: bool = False) -> None:
        """Let them answer what is in flight, and return when the last one has ended."""
        self._is_ending = True
        if not at_once:
            self.send_all(Drain())
            await self._wait(self._settings.drain_s + _GRACE_S)
        self.kill()
        await self._wait(None)

    def kill(self) -> None:
        """End all of them at once."""
        self._is_ending = True
        for worker in self._workers.values():
            worker.kill()

    async def _wait(self, seconds: float | None) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def _keep(self, number: int) -> None:
        while not self._is_ending:
            how = await self._live(number)
            if self._is_ending:
                return
            deaths = self._deaths[number] = self._deaths.get(number, 0) + 1
            self._hear(Died(number, how, deaths))
            # The first time without delay: requests are waiting.
            pause = _PAUSE_S * 2**deaths if deaths > 1 else 0.0
            await asyncio.sleep(min(pause, _LONGEST_PAUSE_S))

    async def _live(self, number: int) -> str:
        """Run one worker from its start to its end; return how it ended."""
        try:
            async with self._starting:
                worker = await WorkerProcess.start(
                    number, self._settings, self._listening, self._environment
                )
        except OSError as error:
            return f"it cannot be started: {error}"
        self._workers[number] = worker
        if self._is_ending:
            worker.kill()
        self._hear(Started(number))
        async for report in worker.reports():
            if isinstance(report, Loaded):
                self._deaths[number] = 0
            self._hear(Said(number, report))
        code = await worker.wait()
        del self._workers[number]
        forget_worker(self._environment, worker.pid)
        return _name_end(code)


def _name_end(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    name = f"signal {-code}"
    with suppress(ValueError):
        name = signal.Signals(-code).name
    return name
