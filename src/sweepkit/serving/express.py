"""The short way of plain requests for predictions: no task, no coroutine, one write.

ASGI's machinery takes longer than reading, checking, scoring and answering a row. A
request that is here whole, asks for nothing but predictions, and is scored quickly
needs none of it. Whatever else it is, it goes the long way through `App`, which says
what is wrong with it; both ways share each step, and so the answers are the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from math import inf
from typing import Any, NoReturn

from sweepkit.serving.answers import Answer, write_head
from sweepkit.serving.batch import Batch
from sweepkit.serving.call import Call
from sweepkit.serving.champion import Predictions
from sweepkit.serving.edge import answer_error
from sweepkit.serving.invocations import QUICKLY_READ, complete, write_plain
from sweepkit.serving.jobs import Job
from sweepkit.serving.no_prediction import cannot_score
from sweepkit.serving.refusal import RequestRefused
from sweepkit.serving.scoring import ScoringFailed
from sweepkit.serving.security import Guard
from sweepkit.serving.service import Service
from sweepkit.serving.state import State

Reply = Callable[[int, bytes, bytes], None]
"""Sends a status, the lines of a head, and a body; raises nothing, is called once."""

Take = Callable[[Mapping[str, Any], bytes, Reply], bool]
"""Takes a request's scope and body, and answers it soon; or returns False at once."""

Note = Callable[[Call, Answer, float], None]

_PLAIN_TYPE = b"application/json"
_ODD_HEADERS = (b"content-encoding", b"origin")


class Express:
    """Takes the plain ones among requests for predictions.

    Args:
        state: What all requests share.
        guard: Knows who may ask.
        note: Counts and logs an answer.
    """

    def __init__(self, state: State, guard: Guard, note: Note) -> None:
        self.state, self.note = state, note
        self._guard = guard

    def take(self, scope: Mapping[str, Any], body: bytes, reply: Reply) -> bool:
        """Answer a request in this turn of the event loop or the next, if it is plain.

        Args:
            scope: The head of a POST to `/invocations` without a query.
            body: All of its body.
            reply: Takes the answer, after this has returned.

        Returns:
            Whether it will be answered; if not, nothing has been done about it.
        """
        start = time.perf_counter()
        call = Call(scope, _read_already)
        service = self._find_service(call, body)
        if service is None:
            return False
        try:
            self._guard.check_host(call.headers)
            self._guard.check_token(call.headers)
            batch = service.reader.read(body, "application/json")
        except RequestRefused:
            return False
        if batch.params:
            return False
        return self._board(Passenger(self, service, batch, call, reply, start))

    def _find_service(self, call: Call, body: bytes) -> Service | None:
        headers, state = call.headers, self.state
        if headers.get(b"content-type") != _PLAIN_TYPE or len(body) > QUICKLY_READ:
            return None
        for name in _ODD_HEADERS:
            if name in headers:
                return None
        state.keep_ticking()
        return None if state.batcher.is_full else state.find_service()

    def _board(self, passenger: Passenger) -> bool:
        service, batcher = passenger.service, self.state.batcher
        champion = service.champion
        job = Job(
            champion.predict,
            passenger.batch.rows,
            service.estimate_s,
            inf,
            passenger,
            not champion.rows_independent,
        )
        if not batcher.take_quick(job):
            return False
        batcher.waiting += 1
        return True


class Passenger:
    """A request whose rows are being scored, in the place of a task's future."""

    __slots__ = ("_call", "_express", "_reply", "_start", "batch", "service")

    def __init__(
        self,
        express: Express,
        service: Service,
        batch: Batch,
        call: Call,
        reply: Reply,
        start: float,
    ) -> None:
        self.service, self.batch = service, batch
        self._express, self._call, self._reply = express, call, reply
        self._start = start

    def done(self) -> bool:
        """Whether nobody waits: its answer is counted and logged in any case."""
        return False

    def set_result(self, found: Predictions) -> None:
        """Answer with predictions."""
        self._end(found)

    def set_exception(self, error: Exception) -> None:
        """Answer that there are none."""
        self._end(error)

    def _end(self, found: Predictions | Exception) -> None:
        self._express.state.batcher.waiting -= 1
        call = self._call
        try:
            answer = self._answer(found)
        # The edge: as in `App`, whatever a bug raised becomes an answer.
        except Exception as error:  # noqa: BLE001
            answer = answer_error(call, error)
        more = b"content-length: %d\r\nx-request-id: %b\r\n"
        head = write_head(answer.headers) + more % (len(answer.body), call.request_id)
        self._reply(answer.status, head, answer.body)
        self._express.note(call, answer, time.perf_counter() - self._start)

    def _answer(self, found: Predictions | Exception) -> Answer:
        service = self.service
        try:
            if isinstance(found, Exception):
                raise found
            body = write_plain(service, found)
        except ScoringFailed as failed:
            raise cannot_score(self._call, service.champion.version, failed) from None
        return complete(self._express.state, service, self.batch, body)


async def _read_already() -> NoReturn:
    raise AssertionError("the body was read by the connection")
