"""Answer `POST /invocations`: the one path that must be fast."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import orjson

from sweepkit.serving.answers import Answer, Header, to_header
from sweepkit.serving.call import Call
from sweepkit.serving.champion import Predictions
from sweepkit.serving.limits import read_body
from sweepkit.serving.refusal import RequestRefused, bad_request
from sweepkit.serving.request import Batch
from sweepkit.serving.scoring import ScoringFailed
from sweepkit.serving.service import Service
from sweepkit.serving.state import State

# Reading more, or unpacking anything, would stop other connections for too long.
_QUICKLY_READ = 16_384

_log = logging.getLogger(__name__)


async def answer_invocation(state: State, call: Call) -> Answer:
    """Return the predictions for the rows of a request.

    Raises:
        RequestRefused: If they cannot be had: the body's fault (4xx), or the server has
            no model, too long a queue (503) or took too long (504).
        ClientLeft: If nobody waits for the answer any more.
    """
    service = take_service(state)
    if state.batcher.is_full:
        raise _too_busy()
    settings = state.settings
    body = await read_body(
        call.receive, call.headers, settings.max_bytes, settings.body_timeout_s
    )
    batch = await _read(state, service, call, body)
    document = await _predict(state, service, call, batch)
    n_rows = len(batch.rows)
    state.metrics.note_rows(n_rows)
    service.window.add(batch.rows)
    return Answer(200, _encode(document), _headers(state, service, batch), "", n_rows)


def take_service(state: State) -> Service:
    """Return the champion in service.

    Raises:
        RequestRefused: 503 before there is one.
    """
    service = state.find_service()
    if service is None:
        raise RequestRefused(
            503, "TEMPORARILY_UNAVAILABLE", "No model is loaded yet; /ready says why."
        )
    return service


async def _read(state: State, service: Service, call: Call, body: bytes) -> Batch:
    headers = call.headers
    kind, packing = headers.get(b"content-type"), headers.get(b"content-encoding")
    content_type = None if kind is None else kind.decode("latin-1")
    encoding = None if packing is None else packing.decode("latin-1")
    is_quick = len(body) <= _QUICKLY_READ and packing is None
    if is_quick and (kind is None or b"parquet" not in kind):
        return service.reader.read(body, content_type, encoding)
    weight = 1 + len(body) // _QUICKLY_READ
    state.batcher.waiting += weight
    try:
        return await asyncio.get_running_loop().run_in_executor(
            state.reading, service.reader.read, body, content_type, encoding
        )
    finally:
        state.batcher.waiting -= weight


async def _predict(
    state: State, service: Service, call: Call, batch: Batch
) -> dict[str, Predictions]:
    champion, rows = service.champion, batch.rows
    try:
        found = await state.batcher.score(
            champion.predict,
            rows,
            service.estimate_s,
            alone=not champion.rows_independent,
        )
        document = {"predictions": found}
        share = batch.params.get("interval")
        if share is not None and champion.intervals is not None:
            intervals = champion.intervals
            document["intervals"] = await state.batcher.score(
                lambda few: intervals(few, share), rows, _unknown_s
            )
    except TimeoutError:
        raise _too_late(state.settings.predict_timeout_s) from None
    except ScoringFailed as failed:
        raise _cannot_score(call, champion.version, failed) from None
    return document


def _unknown_s(_: int) -> float:
    return float("inf")


def _cannot_score(call: Call, version: str, failed: ScoringFailed) -> RequestRefused:
    request_id = call.request_id.decode()
    _log.error(
        "Version %s failed on the rows of request %s.",
        version,
        request_id,
        exc_info=failed.__cause__ or failed,
    )
    return bad_request(
        f"The model cannot score these rows, although they fit its columns; the "
        f"server's log says why beside the request id {request_id}."
    )


def _too_busy() -> RequestRefused:
    return RequestRefused(
        503, "TEMPORARILY_UNAVAILABLE", "Too many requests wait; try again shortly."
    )


def _too_late(seconds: float) -> RequestRefused:
    return RequestRefused(
        504,
        "DEADLINE_EXCEEDED",
        f"The prediction took longer than {seconds:g} seconds; send fewer rows at a "
        f"time, or set serving.predict_timeout_s.",
    )


def _encode(document: dict[str, Predictions]) -> bytes:
    return orjson.dumps(document, default=_to_list, option=orjson.OPT_SERIALIZE_NUMPY)


def _to_list(array: Any) -> list[Any]:
    # What orjson cannot read in place, such as a slice of every other number.
    found: list[Any] = array.tolist()
    return found


def _headers(state: State, service: Service, batch: Batch) -> Sequence[Header]:
    """Return the model's headers, with what was let pass; and count that."""
    if batch.unknown_categories or batch.extra_columns:
        state.metrics.note_oddities(batch.unknown_categories, len(batch.extra_columns))
    if not batch.warnings:
        return service.headers
    warnings = to_header("; ".join(batch.warnings))
    return (*service.headers, (b"x-sweepkit-warnings", warnings))
