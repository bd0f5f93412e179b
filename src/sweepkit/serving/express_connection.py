"""A connection that hands plain requests for predictions to the short way."""

from __future__ import annotations

from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from sweepkit.serving.answers import write_head
from sweepkit.serving.connection import Doors, GuardedConnection
from sweepkit.serving.express import Take
from sweepkit.serving.routes import PREDICT

_PLAIN_URL = PREDICT.encode()
_LAST = b"connection: close\r\n"


class _NoEvent:
    """Stands where uvicorn wakes an app that waits for a body."""

    def set(self) -> None:
        """Wake nobody."""


class Ride:
    """A request on the short way, in the place of uvicorn's cycle.

    Pipelined requests, time-outs, lost clients and the end of the server look at that
    to see whether an answer is under way.

    Attributes:
        disconnected: Whether its client has gone.
        keep_alive: Whether its answer is not the last of the connection.
        response_complete: Whether it is answered.
    """

    __slots__ = ("disconnected", "keep_alive", "response_complete")
    message_event = _NoEvent()

    def __init__(self) -> None:
        self.disconnected = self.response_complete = False
        self.keep_alive = True


class ExpressConnection(GuardedConnection):
    """Holds a plain request back until it is whole, within one piece of data.

    Args:
        doors: What all connections share.
        take: Answers a plain request.
        **places: What uvicorn gives to a connection.
    """

    def __init__(self, doors: Doors, take: Take, **places: Any) -> None:
        super().__init__(doors, **places)
        self._take = take
        self._is_held = False
        self._body = b""

    def data_received(self, data: bytes) -> None:
        """Take what the client sent; what is not whole then goes the long way."""
        super().data_received(data)
        if self._is_held:
            if self.transport.is_closing():  # the rest of it was not HTTP
                self._is_held = False
            else:
                self._go_the_long_way()

    def on_headers_complete(self) -> None:
        """Hold the request back if its head is plain."""
        if not self._is_plain():
            super().on_headers_complete()
            return
        self._stage, self._head_bytes = "body", 0
        self._is_held, self._body = True, b""

    def on_body(self, body: bytes) -> None:
        """Keep the only part of a held request's body."""
        if self._is_held and not self._body:
            self._body = body
            return
        if self._is_held:
            self._go_the_long_way()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Have a held request answered the short way, or else the long one."""
        if self._is_held:
            if self._ride():
                return
            self._go_the_long_way()
        super().on_message_complete()

    def _is_plain(self) -> bool:
        parser, before = self.parser, self.cycle
        return (
            self.url == _PLAIN_URL
            and (before is None or before.response_complete)
            and parser.get_method() == b"POST"
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
            and not self.expect_100_continue
            and not self.flow.write_paused
            and not self._doors.is_draining
        )

    def _ride(self) -> bool:
        ride, scope = Ride(), self.scope
        scope["method"], scope["path"] = "POST", PREDICT
        if not self._take(scope, self._body, partial(self._reply, ride)):
            return False
        self.cycle = ride  # type: ignore[assignment]
        self._is_held, self._stage = False, "idle"
        return True

    def _reply(self, ride: Ride, status: int, head: bytes, body: bytes) -> None:
        if not ride.disconnected and not self.transport.is_closing():
            ours = write_head(tuple(self.server_state.default_headers))
            last = b"" if ride.keep_alive else _LAST
            parts = (STATUS_LINE[status], ours, head, last, b"\r\n", body)
            self.transport.write(b"".join(parts))
        ride.response_complete = True
        if not ride.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _go_the_long_way(self) -> None:
        """Do what was held back, as if it came now."""
        self._is_held = False
        super().on_headers_complete()
        if self._body:
            super().on_body(self._body)
