"""Answer `POST /invocations`: the one path that must be fast."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson

from sweepkit.serving.answers import Answer, Header, to_header
from sweepkit.serving.batch import Batch
from sweepkit.serving.call import Call
from sweepkit.serving.champion import Predictions
from sweepkit.serving.class_answers import write_answer, write_labels
from sweepkit.serving.extras import add_extras
from sweepkit.serving.limits import read_body
from sweepkit.serving.no_prediction import cannot_score, too_busy, too_late
from sweepkit.serving.refusal import RequestRefused
from sweepkit.serving.scoring import ScoringFailed
from sweepkit.serving.service import Service
from sweepkit.serving.state import State

# Reading more, or unpacking anything, would stop other connections for too long.
QUICKLY_READ = 16_384


async def answer_invocation(state: State, call: Call) -> Answer:
    """Return the predictions for the rows of a request.

    Raises:
        RequestRefused: If they cannot be had: the body's fault (4xx), or the server has
            no model, too long a queue (503) or took too long (504).
        ClientLeft: If nobody waits for the answer any more.
    """
    service = take_service(state)
    if state.batcher.is_full:
        raise too_busy()
    settings = state.settings
    body = await read_body(
        call.receive, call.headers, settings.max_bytes, settings.body_timeout_s
    )
    batch = await _read(state, service, call, body)
    if call.query:
        service.reader.add_query(batch, call.query)
    answer = await _predict(state, service, call, batch)
    return complete(state, service, batch, answer)


def complete(state: State, service: Service, batch: Batch, body: bytes) -> Answer:
    """Return the answer to a batch with the model's headers; its rows are counted."""
    n_rows = len(batch.rows)
    state.metrics.note_rows(n_rows)
    service.window.add(batch.rows)
    return Answer(200, body, _headers(state, service, batch), "", n_rows)


def write_plain(service: Service, found: Predictions) -> bytes:
    """Return the body for predictions when nothing else was asked for.

    Raises:
        ScoringFailed: If they are not of the champion's classes.
    """
    if service.labeller is not None:
        return write_labels(service.labeller, found)
    return _encode({"predictions": found})


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
    is_quick = len(body) <= QUICKLY_READ and packing is None
    if is_quick and (kind is None or b"parquet" not in kind):
        return service.reader.read(body, content_type, encoding)
    weight = 1 + len(body) // QUICKLY_READ
    state.batcher.waiting += weight
    try:
        return await asyncio.get_running_loop().run_in_executor(
            state.reading, service.reader.read, body, content_type, encoding
        )
    finally:
        state.batcher.waiting -= weight


async def _predict(state: State, service: Service, call: Call, batch: Batch) -> bytes:
    champion, rows = service.champion, batch.rows
    try:
        found = await state.batcher.score(
            champion.predict,
            rows,
            service.estimate_s,
            alone=not champion.rows_independent,
        )
        if service.labeller is None:
            body = _encode({"predictions": found})
        else:
            body = await write_answer(
                service.labeller, found, batch.params, state.reading
            )
        if not batch.params:
            return body
        return await add_extras(state, service, batch, found, body)
    except TimeoutError:
        raise too_late(state.settings.predict_timeout_s) from None
    except ScoringFailed as failed:
        raise cannot_score(call, champion.version, failed) from None


def _encode(document: dict[str, Predictions]) -> bytes:
    return orjson.dumps(document, default=_to_list, option=orjson.OPT_SERIALIZE_NUMPY)


def _to_list(array: Any) -> list[Any]:
    # What orjson cannot read in place, such as a slice of every other number.
    found: list[Any] = array.tolist()
    return found


def _headers(state: State, service: Service, batch: Batch) -> tuple[Header, ...]:
    """Return the model's headers, with what was let pass; and count that."""
    if batch.unknown_categories or batch.extra_columns:
        state.metrics.note_oddities(batch.unknown_categories, len(batch.extra_columns))
    if not batch.warnings:
        return service.headers
    warnings = to_header("; ".join(batch.warnings))
    return (*service.headers, (b"x-sweepkit-warnings", warnings))
