"""What all requests of one process share."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from sweepkit.serving.batching import Batcher
from sweepkit.serving.champion import Slot
from sweepkit.serving.metrics import Metrics
from sweepkit.serving.service import ReadWith, Service
from sweepkit.serving.settings import ServerSettings
from sweepkit.serving.usage import Usage

TICK_S = 1.0


class State:
    """The slot, the queue and the counts; all but the slot touched by one thread only.

    Args:
        slot: Where the champion is, and who was refused.
        settings: The node `serving`.
        metrics: What Prometheus is told.
        read_with: Makes the reader of a champion's requests.
    """

    def __init__(
        self,
        slot: Slot,
        settings: ServerSettings,
        metrics: Metrics,
        read_with: ReadWith,
    ) -> None:
        self.slot, self.settings, self.metrics = slot, settings, metrics
        self.usage = Usage()
        # Threads of their own: a long prediction must not keep a body from being read.
        self.reading = ThreadPoolExecutor(1, thread_name_prefix="read")
        self._predicting = ThreadPoolExecutor(1, thread_name_prefix="predict")
        self.batcher = Batcher(
            self._predicting,
            batch_rows=settings.batch_rows,
            max_queue=settings.max_queue,
            timeout_s=settings.predict_timeout_s,
        )
        self._read_with = read_with
        self._service: Service | None = None
        self._ticks_on: asyncio.AbstractEventLoop | None = None

    def find_service(self) -> Service | None:
        """Return the champion in service, None before there is one.

        Whoever answers a request asks once: the next call may return another one.
        """
        champion = self.slot.champion
        service = self._service
        if champion is None or (service is not None and service.champion is champion):
            return service
        service = Service(champion, self._read_with(champion, self.settings))
        service.measure()
        self._service = service
        return service

    def tick(self) -> None:
        """Do what need not be done while somebody waits."""
        service = self.find_service()
        if service is not None:
            service.window.tick(TICK_S)
            if service.labeller is not None:
                service.labeller.window.tick(TICK_S)
        self.show()

    def show(self) -> None:
        """Bring the metrics up to date."""
        service = self.find_service()
        drift = [] if service is None else service.window.report()
        self.metrics.note_state(self.slot, self.batcher.waiting, drift)
        if service is not None and service.labeller is not None:
            self.metrics.note_classes(service.labeller)

    def keep_ticking(self) -> None:
        """Tick every second from now on, on the event loop that runs."""
        loop = asyncio.get_running_loop()
        if self._ticks_on is not loop:
            self._ticks_on = loop
            loop.call_later(TICK_S, self._tick_again, loop)

    def _tick_again(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.call_later(TICK_S, self._tick_again, loop)
        self.tick()
