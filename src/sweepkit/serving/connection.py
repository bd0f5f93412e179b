"""One client's connection: uvicorn's, with time-outs and limits that it lacks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sweepkit.serving.settings import ServerSettings

MOST_HEAD_BYTES = 65_536
# The app refuses a late body itself; this ends a client that goes on all the same.
_BACKSTOP_S = 1.0
_END_OF_HEAD = b"\r\n\r\n"
_REASONS = {400: "Bad Request", 408: "Request Timeout", 431: "Headers Too Large"}


@dataclass(slots=True)
class Doors:
    """What all connections of a server share.

    Attributes:
        header_timeout_s: Seconds within which a request's head must be here.
        body_timeout_s: Seconds within which its body must be here, after the head.
        is_draining: Whether each answer is the last of its connection.
    """

    header_timeout_s: float
    body_timeout_s: float
    is_draining: bool = False

    @classmethod
    def of(cls, settings: ServerSettings) -> Doors:
        """Return open doors with the time-outs of the settings."""
        return cls(settings.header_timeout_s, settings.body_timeout_s)


class GuardedConnection(HttpToolsProtocol):
    """A connection that a client can neither hold for ever nor fill without end.

    A request that is here in one piece, as nearly all are, costs no timer.
    """

    def __init__(self, doors: Doors, **places: Any) -> None:
        super().__init__(**places)
        self._doors = doors
        self._stage = "idle"  # or "head", "body": what of a request is awaited
        self._timed = ""
        self._timer: asyncio.TimerHandle | None = None
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let the client in, for as long as its first request's head may take."""
        super().connection_made(transport)
        self._start_timer("idle", self._doors.header_timeout_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what the client sent, and time what is still missing."""
        if self.transport.is_closing():
            return
        if self._stage != "body" and self._is_too_long(data):
            self._turn_away(431, f"The head is longer than {MOST_HEAD_BYTES} bytes.")
            return
        super().data_received(data)
        if self._stage != "idle" or self._timer is not None:
            self._time_the_rest()
        elif self.cycle.response_complete:
            # Blank lines between two requests, which stop uvicorn's own timer.
            self._start_timer("idle", self._doors.header_timeout_s)

    def on_message_begin(self) -> None:
        """Note that a request's head has begun."""
        self._stage = "head"
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that the head is here, and answer it as the last one when draining."""
        self._stage, self._head_bytes = "body", 0
        super().on_headers_complete()
        if self._doors.is_draining:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """Note that the whole request is here."""
        self._stage = "idle"
        super().on_message_complete()

    def answer_as_last(self) -> None:
        """Close after the answer that is under way, if there is one."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP, in the shape of all refusals."""
        self._turn_away(400, msg)

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, also one whose client does not read."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        super().timeout_keep_alive_handler()

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: a client may ask for another protocol, and gets an answer."""

    def _is_too_long(self, data: bytes) -> bool:
        self._head_bytes += len(data)
        if self._head_bytes <= MOST_HEAD_BYTES:
            return False
        end = data.find(_END_OF_HEAD)
        return end < 0 or self._head_bytes - len(data) + end > MOST_HEAD_BYTES

    def _time_the_rest(self) -> None:
        stage = self._stage
        if stage == self._timed and (stage != "idle" or self.cycle is None):
            return
        self._stop_timer()
        if stage == "head":
            self._start_timer(stage, self._doors.header_timeout_s)
        elif stage == "body":
            self._start_timer(stage, self._doors.body_timeout_s + _BACKSTOP_S)

    def _start_timer(self, stage: str, seconds: float) -> None:
        self._timed = stage
        self._timer = self.loop.call_later(seconds, self._give_up)

    def _stop_timer(self) -> None:
        self._timed = ""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        is_busy = self.cycle is not None and not self.cycle.response_complete
        if self._timed == "head" and is_busy:
            self.cycle.keep_alive = False  # closes after the answer before this head
        elif self._timed == "idle" or (self._timed == "body" and not is_busy):
            self.transport.close()  # it says nothing, or goes on after its answer
        else:
            self._turn_away(408, f"The request's {self._timed} took too long.")

    def _turn_away(self, status: int, message: str) -> None:
        code = "REQUEST_TIMEOUT" if status == 408 else "BAD_REQUEST"
        body = f'{{"error_code":"{code}","message":"{message}"}}'.encode()
        head = (
            f"HTTP/1.1 {status} {_REASONS[status]}\r\n"
            f"content-type: application/json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        if self.cycle is not None and not self.cycle.response_complete:
            # Whoever waits for the rest of the body learns that it will not come.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()
