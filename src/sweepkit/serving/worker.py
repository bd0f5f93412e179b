"""A worker process: loads verified folders, answers requests, never asks the registry.

Started by the supervisor as `python -m sweepkit.serving.worker PAIR LISTENING`, two
file descriptors; everything else it is told over the pair.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import threading
from typing import NoReturn

import uvloop

from sweepkit.errors import SweepkitError
from sweepkit.serving.app import build_app
from sweepkit.serving.champion import Slot
from sweepkit.serving.drain import DrainingServer
from sweepkit.serving.line import Line
from sweepkit.serving.loader import Checked
from sweepkit.serving.logs import set_up_logs
from sweepkit.serving.messages import (
    Begin,
    Drain,
    Load,
    Loaded,
    Order,
    Prepare,
    Refused,
    Registry,
    Reject,
    Report,
    WantsCheck,
)
from sweepkit.serving.preloading import Preloading
from sweepkit.serving.settings import ServerSettings

# What requests in flight get when the supervisor has been killed.
ORPHAN_S = 1.5
# How long the thread that loads a model may keep the event loop waiting.
SWITCH_S = 0.001

log = logging.getLogger(__name__)


class Worker:
    """One process' server and its slot, in which models are put as they are loaded."""

    def __init__(
        self, line: Line, settings: ServerSettings, listening: socket.socket
    ) -> None:
        self._line, self._settings, self._listening = line, settings, listening
        self._slot = Slot()
        app = build_app(self._slot, settings, wants_check=self._ask_for_check)
        self._metrics = app.state.metrics
        self._server = DrainingServer(app, settings, take=app.express.take)
        self._can_answer = asyncio.Event()
        self._models = Preloading(settings.trusted_types)

    async def run(self) -> None:
        """Load what the supervisor says, and answer until it says to end."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._drain)
        self._models.warm_up()
        threading.Thread(target=self._listen, args=(loop,), daemon=True).start()
        # Clients wait in the socket's queue until there is something to answer with.
        await self._can_answer.wait()
        await self._server._serve([self._listening])
        self._metrics.flush()

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        for order in self._line.orders():
            loop.call_soon_threadsafe(self._obey, order)
        # Even an event loop that hangs must not keep the port for ever.
        threading.Timer(ORPHAN_S, os._exit, (1,)).start()
        loop.call_soon_threadsafe(self._drain)

    def _obey(self, order: Order | Report) -> None:
        match order:
            case Load():
                asyncio.get_running_loop().create_task(self._load(order))
            case Prepare():
                self._models.prepare(order)
            case Registry():
                self._slot.hear_of_registry(
                    reachable=order.reachable, message=order.message
                )
            case Reject():
                self._slot.refuse(order.version, order.reason)
            case Drain():
                self._drain()

    async def _load(self, order: Load) -> None:
        loading = self._models.load(order)
        # Asked for its error instead of caught: a model may raise anything, and
        # whatever it is, the one before goes on.
        await asyncio.wait([loading])
        error = loading.exception()
        if error is not None:
            self._refuse(str(order.facts["version"]), error)
        else:
            self._swap(loading.result().with_facts(order.facts))

    def _swap(self, checked: Checked) -> None:
        champion = checked.champion
        self._slot.put(champion)
        if not self._can_answer.is_set():
            gc.collect()
            gc.freeze()  # what lives now lives on, and need not be looked through
            self._can_answer.set()
        self._line.send(
            Loaded(
                version=champion.version,
                form=champion.form,
                agreement=checked.agreement,
            )
        )

    def _refuse(self, version: str, error: BaseException) -> None:
        is_expected = isinstance(error, SweepkitError)
        if not is_expected:
            log.error("Version %s raised an error.", version, exc_info=error)
        reason = str(error) if is_expected else f"{type(error).__name__}: {error}"
        self._slot.refuse(version, reason)
        self._line.send(Refused(version=version, reason=reason))

    def _ask_for_check(self) -> None:
        self._line.send(WantsCheck())

    def _drain(self) -> None:
        if self._can_answer.is_set():
            self._server.drain()
        else:
            _leave()


def main(pair: int, listening: int) -> NoReturn:
    """Be a worker until the supervisor ends it, or ends."""
    line = Line(socket.socket(fileno=pair))
    set_up_logs()
    sys.setswitchinterval(SWITCH_S)
    begin = next(line.orders(), None)
    if isinstance(begin, Begin):
        settings = ServerSettings.from_dict(begin.settings)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_run(line, settings, socket.socket(fileno=listening)))
    _leave()


async def _run(line: Line, settings: ServerSettings, listening: socket.socket) -> None:
    await Worker(line, settings, listening).run()


def _leave() -> NoReturn:
    # A thread that is loading a model cannot be stopped, and Python would wait for it.
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
