"""The ASGI app: the MLflow scoring protocol over whatever the slot holds."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

from sweepkit.serving.access_log import describe_visit, make_writer
from sweepkit.serving.answers import (
    Answer,
    Header,
    Send,
    answer_refusal,
    send_answer,
)
from sweepkit.serving.call import Call, Receive
from sweepkit.serving.champion import Slot
from sweepkit.serving.edge import answer_error
from sweepkit.serving.express import Express
from sweepkit.serving.limits import ClientLeft
from sweepkit.serving.metrics import Metrics
from sweepkit.serving.refusal import RequestRefused
from sweepkit.serving.routes import PREDICT, Route, Routes
from sweepkit.serving.security import Guard
from sweepkit.serving.service import ReadWith, read_for
from sweepkit.serving.settings import ServerSettings
from sweepkit.serving.state import State


class App:
    """Answers requests; `build_app` makes it.

    Attributes:
        state: What all its requests share.
        express: Answers plain requests for predictions, for servers that can use it.
    """

    def __init__(
        self, state: State, guard: Guard, routes: Routes, log_form: str
    ) -> None:
        self.state = state
        self._guard = guard
        self._routes = routes
        self._write = make_writer(log_form)
        self._shares_origins = guard.shares_origins()
        self.express = Express(state, guard, self._note)

    async def __call__(
        self, scope: Mapping[str, Any], receive: Receive, send: Send
    ) -> None:
        """Answer one request, as ASGI 3 has it."""
        if scope["type"] != "http":
            raise NotImplementedError(f"Only HTTP is served, not {scope['type']}.")
        start = time.perf_counter()
        call = Call(scope, receive)
        route = self._routes.find(call.path)
        try:
            answer = await self._answer(call, route)
        except ClientLeft:
            return
        # The edge: whatever a bug raised becomes an answer without its details.
        except Exception as error:  # noqa: BLE001
            answer = answer_error(call, error)
        more: list[Header] = [(b"x-request-id", call.request_id)]
        if self._shares_origins:
            more += self._guard.cors_headers(call.headers)
        await send_answer(send, answer, more, is_head=call.method == "HEAD")
        self._note(call, answer, time.perf_counter() - start, route.label)

    async def _answer(self, call: Call, route: Route) -> Answer:
        self.state.keep_ticking()
        self._guard.check_host(call.headers)
        if call.method not in route.methods and route.methods:
            return self._answer_method(call, route)
        if call.method == "POST":
            self._guard.check_origin(call.headers)
        if not route.is_open:
            self._guard.check_token(call.headers)
        return await route.answer(call)

    def _answer_method(self, call: Call, route: Route) -> Answer:
        """Answer a method the path does not take, and what browsers ask beforehand."""
        if call.method == "OPTIONS" and self._guard.cors_headers(call.headers):
            return Answer(204, b"", tuple(self._guard.preflight_headers()))
        allowed = ", ".join(route.methods)
        refused = RequestRefused(
            405, "METHOD_NOT_ALLOWED", f"This path takes {allowed} only."
        )
        return answer_refusal(refused, (b"allow", allowed.encode()))

    def _note(
        self, call: Call, answer: Answer, seconds: float, label: str = PREDICT
    ) -> None:
        state, status = self.state, answer.status
        state.metrics.note_request(label, status)
        if label == PREDICT:
            # Health checks and the page's own calls say nothing of the model's use.
            state.metrics.note_seconds(seconds)
            state.usage.note(seconds, answer.n_rows, is_error=status >= 400)
        if answer.error_code:
            state.metrics.note_error(answer.error_code)
        if self._write is not None:
            self._write(describe_visit(call, answer, seconds, state.slot.champion))


def build_app(
    slot: Slot,
    settings: ServerSettings,
    metrics: Metrics | None = None,
    *,
    wants_check: Callable[[], None] | None = None,
    read_with: ReadWith = read_for,
    version_text: str | None = None,
) -> App:
    """Wire the routes; the only state others hold too is `slot`.

    Args:
        slot: Where the champion is put.
        settings: The node `serving`.
        metrics: What Prometheus is told; a new one if None.
        wants_check: Asks for a look at the registry at once, for `POST /reload`.
        read_with: Makes the reader of a champion's requests.
        version_text: What `/version` answers; the installed MLflow's if None.
    """
    state = State(slot, settings, metrics or Metrics(), read_with)
    guard = Guard(settings)
    text = version("mlflow") if version_text is None else version_text
    routes = Routes(state, guard, text, wants_check)
    return App(state, guard, routes, settings.access_log)
