"""One line for each request: who asked for what, and how it ended; never a body."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import orjson

from sweepkit.serving.answers import Answer
from sweepkit.serving.call import Call
from sweepkit.serving.champion import Champion

_PLAIN_PATH = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-"
)


class Visit(NamedTuple):
    """What is written about one request.

    Attributes:
        when: When it was answered, in seconds since 1970.
        request_id: The id its answer carries.
        client: Address it came from.
        method: HTTP method.
        path: Path without its query, which may hold anything.
        status: HTTP status of the answer.
        ms: Milliseconds from the request's head to the end of its answer.
        rows: Rows scored.
        version: Version of the model in service; empty if there is none.
    """

    when: float
    request_id: str
    client: str
    method: str
    path: str
    status: int
    ms: float
    rows: int
    version: str


Write = Callable[[Visit], None]


def describe_visit(
    call: Call, answer: Answer, seconds: float, champion: Champion | None
) -> Visit:
    """Return what is written about a call and its answer."""
    return Visit(
        time.time(),
        call.request_id.decode(),
        call.client[0] if call.client else "",
        call.method,
        call.path,
        answer.status,
        seconds * 1_000,
        answer.n_rows,
        "" if champion is None else champion.version,
    )


def make_writer(form: str) -> Write | None:
    """Return what writes visits to stderr.

    Not by `logging`, which takes as long for a line as reading and checking a request;
    and on an event loop all lines of one turn at once, as a write for each takes as
    long as making it, and in the next turn, when their answers are on their way.

    Args:
        form: `text`, `json` or `off`, as `serving.access_log`.

    Returns:
        A function, or None if nothing is written.
    """
    forms = {"text": TextForm().write, "json": _to_json}
    write_line = forms.get(form)
    if write_line is None:
        return None

    pending: list[Visit] = []

    def flush() -> None:
        text = "".join(map(write_line, pending))
        pending.clear()
        try:
            sys.stderr.write(text)
        except OSError:
            # A full disk or a reader that has gone is no reason to answer nobody,
            # and there is no other place to tell it.
            return

    def write(visit: Visit) -> None:
        pending.append(visit)
        if len(pending) > 1:
            return
        try:
            asyncio.get_running_loop().call_soon(flush)
        except RuntimeError:  # nobody's turn
            flush()

    return write


class TextForm:
    """Lines for people, each beginning with its time as the server's own words do."""

    def __init__(self) -> None:
        self._second = -1
        self._clock = ""

    def write(self, visit: Visit) -> str:
        """Return a visit's line."""
        when, request_id, client, method, path, status, ms, rows, version = visit
        second = int(when)
        if second != self._second:
            self._clock = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(second))
            self._second = second
        return (
            f"{self._clock},{int(when % 1 * 1_000):03d} {request_id} {client} {method} "
            f"{_write_path(path)} {status} {ms:.2f}ms rows={rows} "
            f"version={version or '-'}\n"
        )


@lru_cache(maxsize=64)
def _write_path(path: str) -> str:
    # A path comes from outside: a line end in it would forge a line.
    return path if _PLAIN_PATH.issuperset(path) else ascii(path)[1:-1]


def _to_json(visit: Visit) -> str:
    values = {**visit._asdict(), "when": round(visit.when, 3), "ms": round(visit.ms, 3)}
    # A path may hold what UTF-8 cannot: it was decoded from percent signs.
    values["path"] = visit.path.encode("utf-8", "replace").decode()
    return orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE).decode()
