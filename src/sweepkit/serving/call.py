"""One HTTP request's head, and the id it goes by."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from itertools import count
from typing import Any

Receive = Callable[[], Awaitable[Mapping[str, Any]]]

_SANE_ID = re.compile(rb"[A-Za-z0-9._:@/+=-]{1,128}").fullmatch
_PREFIX = secrets.token_hex(6).encode()
_numbers = count(1)


class Call:
    """A request as far as its head tells; the body is read by who needs it.

    Attributes:
        method: GET, POST and so on.
        path: Path without its query, decoded.
        query: What follows the path's question mark, as it was sent.
        headers: Names in lower case; of repeated ones the last.
        receive: Gives the body, piece by piece.
        client: Address it came from; empty if not known.
        request_id: The sender's id if it is harmless, else one of ours.
    """

    __slots__ = (
        *("client", "headers", "method", "path", "query"),
        *("receive", "request_id"),
    )

    def __init__(self, scope: Mapping[str, Any], receive: Receive) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: bytes = scope.get("query_string", b"")
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.receive = receive
        self.client = scope.get("client")
        self.request_id = choose_id(self.headers.get(b"x-request-id"))


def choose_id(given: bytes | None) -> bytes:
    """Return the id a sender chose, or a new one if it chose none or nonsense."""
    if given is not None and _SANE_ID(given):
        return given
    return b"%s-%x" % (_PREFIX, next(_numbers))
