"""Read a request's body without letting its sender decide how much or how long."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sweepkit.serving.refusal import RequestRefused, bad_request, too_large

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Headers = Mapping[bytes, bytes]

LINGER_FACTOR = 4
"""A body up to so many limits long is read to its end and thrown away.

An answer sent before that is often lost: the client writes on into a closed connection.
"""


class ClientLeft(Exception):
    """The client closed its connection before its request was complete."""


async def read_body(
    receive: Receive, headers: Headers, max_bytes: int, timeout_s: float
) -> bytes:
    """Return the whole body of a request.

    Args:
        receive: The ASGI server's.
        headers: The request's.
        max_bytes: Largest body that is kept.
        timeout_s: Seconds within which all of it must be here, after its first part.

    Raises:
        RequestRefused: 413 if it is larger than the limit, 408 if it comes too slowly,
            400 if its length is no number.
        ClientLeft: If nobody waits for an answer any more.
    """
    length = headers.get(b"content-length")
    if length is not None and _read_length(length) > max_bytes:
        await _refuse_large(receive, headers, max_bytes, timeout_s)
    # The first part comes with the head or is timed by the connection: no timer here.
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientLeft
    body: bytes = message.get("body", b"")
    if message.get("more_body", False):
        try:
            async with asyncio.timeout(timeout_s):
                body = await _read_rest(receive, body, max_bytes)
        except TimeoutError:
            raise _too_slow(timeout_s) from None
    if len(body) > max_bytes:
        raise _too_many_bytes(max_bytes)
    return body


async def _read_rest(receive: Receive, first: bytes, max_bytes: int) -> bytes:
    parts, size = [first], len(first)
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        more = message.get("more_body", False)
        part = message.get("body", b"")
        size += len(part)
        if size > LINGER_FACTOR * max_bytes:
            raise _too_many_bytes(max_bytes)
        # Too much already: the rest is read only to be thrown away.
        if size <= max_bytes + len(part):
            parts.append(part)
    return b"".join(parts)


async def _refuse_large(
    receive: Receive, headers: Headers, max_bytes: int, timeout_s: float
) -> None:
    """Refuse a body that says it is too large, unread if its sender asked first."""
    length = _read_length(headers[b"content-length"])
    if headers.get(b"expect") is None and length <= LINGER_FACTOR * max_bytes:
        try:
            async with asyncio.timeout(timeout_s):
                while (await receive()).get("more_body", False):
                    pass
        except TimeoutError:
            raise _too_slow(timeout_s) from None
    raise _too_many_bytes(max_bytes)


def _read_length(value: bytes) -> int:
    if not value.isdigit() or len(value) > 18:
        raise bad_request("The header Content-Length is not a number of bytes.")
    return int(value)


def _too_many_bytes(max_bytes: int) -> RequestRefused:
    return too_large(
        f"The body has more than {max_bytes} bytes; send fewer rows at a time, or set "
        f"serving.max_bytes."
    )


def _too_slow(timeout_s: float) -> RequestRefused:
    return RequestRefused(
        408, "REQUEST_TIMEOUT", f"The body was not here within {timeout_s:g} seconds."
    )
