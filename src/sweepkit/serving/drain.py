"""A server that ends without losing a request: uvicorn's, ended more gently."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

from uvicorn import Config, Server

from sweepkit.serving.connection import Doors, GuardedConnection
from sweepkit.serving.express import Take
from sweepkit.serving.express_connection import ExpressConnection
from sweepkit.serving.settings import ServerSettings

# Requests that were sent before their clients could know that the server ends.
LINGER_S = 0.3

Asgi = Callable[[Any, Any, Any], Awaitable[None]]


class DrainingServer(Server):
    """Answers on an inherited socket until it is told to end.

    Args:
        app: Answers requests.
        settings: The node `serving`.
        linger_s: Seconds in which clients come that could not know of the end.
        take: Answers plain requests for predictions without the app; None if the app
            answers all.
    """

    def __init__(
        self,
        app: Asgi,
        settings: ServerSettings,
        linger_s: float = LINGER_S,
        take: Take | None = None,
    ) -> None:
        self.doors = Doors.of(settings)
        self._linger_s = linger_s
        connect: Callable[..., GuardedConnection]
        connect = partial(GuardedConnection, self.doors)
        if take is not None:
            connect = partial(ExpressConnection, self.doors, take)
        super().__init__(_configure(app, settings, connect))

    def drain(self) -> None:
        """Begin to end, in the event loop's thread; a second call changes nothing."""
        self.doors.is_draining = True
        for connection in self.server_state.connections:
            cast("GuardedConnection", connection).answer_as_last()
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let in who is on the way, answer those who have come, and close."""
        await asyncio.sleep(self._linger_s)
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the worker, who owns the process."""
        yield


def _configure(
    app: Asgi, settings: ServerSettings, connect: Callable[..., GuardedConnection]
) -> Config:
    return Config(
        app,
        # A callable that makes protocols is all that uvicorn wants of it.
        http=cast("type[asyncio.Protocol]", connect),
        interface="asgi3",
        loop="none",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=cast("int", settings.keep_alive_s),
        timeout_graceful_shutdown=cast("int", settings.drain_s),
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
    )
