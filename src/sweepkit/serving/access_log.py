"""One line for each request: who asked for what, and how it ended; never a body."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NamedTuple

import orjson

from sweepkit.serving.answers import Answer
from sweepkit.serving.call import Call
from sweepkit.serving.champion import Champion
from sweepkit.serving.logs import ACCESS_LOGGER


class Visit(NamedTuple):
    """What is written about one request.

    Attributes:
        request_id: The id its answer carries.
        client: Address it came from.
        method: HTTP method.
        path: Path without its query, which may hold anything.
        status: HTTP status of the answer.
        ms: Milliseconds from the request's head to the end of its answer.
        rows: Rows scored.
        version: Version of the model in service; empty if there is none.
    """

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
        request_id=call.request_id.decode(),
        client=call.client[0] if call.client else "",
        method=call.method,
        path=call.path,
        status=answer.status,
        ms=seconds * 1_000,
        rows=answer.n_rows,
        version="" if champion is None else champion.version,
    )


def make_writer(form: str) -> Write | None:
    """Return what writes visits to the access logger.

    Args:
        form: `text`, `json` or `off`, as `serving.access_log`.

    Returns:
        A function, or None if nothing is written.
    """
    writers: dict[str, Write] = {"text": _write_text, "json": _write_json}
    return writers.get(form)


def _write_text(visit: Visit) -> None:
    logging.getLogger(ACCESS_LOGGER).info(
        "%s %s %s %s %d %.2fms rows=%d version=%s",
        visit.request_id,
        visit.client,
        visit.method,
        # A path comes from outside: a line end in it would forge a line.
        ascii(visit.path)[1:-1],
        visit.status,
        visit.ms,
        visit.rows,
        visit.version or "-",
    )


def _write_json(visit: Visit) -> None:
    values = {**visit._asdict(), "ms": round(visit.ms, 3)}
    # A path may hold what UTF-8 cannot: it was decoded from percent signs.
    values["path"] = visit.path.encode("utf-8", "replace").decode()
    logging.getLogger(ACCESS_LOGGER).info(orjson.dumps(values).decode())
