"""Which path is answered by what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from sweepkit.serving import metrics
from sweepkit.serving.answers import JSON_HEADER, Answer, Header, answer_json
from sweepkit.serving.call import Call
from sweepkit.serving.invocations import answer_invocation, take_service
from sweepkit.serving.page.files import HEADERS as PAGE_HEADERS
from sweepkit.serving.page.files import read_page
from sweepkit.serving.refusal import RequestRefused
from sweepkit.serving.security import Guard
from sweepkit.serving.state import State
from sweepkit.serving.status import tell_model, tell_ready, tell_usage

READ = ("GET", "HEAD")
_PAGE_HEADERS: Sequence[Header] = tuple(
    (name.lower().encode(), value.encode()) for name, value in PAGE_HEADERS.items()
)


@dataclass(frozen=True, slots=True)
class Route:
    """What stands at one path.

    Attributes:
        label: What metrics call it: a few names, never the sender's choice.
        methods: HTTP methods it takes.
        answer: Answers a call, or raises RequestRefused.
        is_open: Whether it is answered without the token.
    """

    label: str
    methods: Sequence[str]
    answer: Callable[[Call], Awaitable[Answer]]
    is_open: bool = False


PREDICT = "/invocations"
PAGE = "page"
UNKNOWN = "unknown"


class Routes:
    """All that is answered, by path.

    Args:
        state: What all requests share.
        guard: Knows who carries the token.
        version_text: What `/version` answers: MLflow's version.
        wants_check: Asks for a look at the registry; None if nobody would hear it.
    """

    def __init__(
        self,
        state: State,
        guard: Guard,
        version_text: str,
        wants_check: Callable[[], None] | None,
    ) -> None:
        self._state, self._guard, self._wants_check = state, guard, wants_check
        alive = _always(Answer(200, b"\n", (JSON_HEADER,)))
        version = _always(Answer(200, version_text.encode(), (JSON_HEADER,)))
        routes = (
            Route(PREDICT, ("POST",), partial(answer_invocation, state)),
            Route("/ping", READ, alive, is_open=True),
            Route("/health", READ, alive, is_open=True),
            Route("/version", READ, version),
            Route("/ready", READ, self._answer_ready, is_open=True),
            Route("/model", READ, self._answer_model),
            Route("/usage", READ, self._answer_usage),
            Route("/metrics", READ, self._answer_metrics),
            Route("/openapi.json", READ, self._answer_description),
            Route("/reload", ("POST",), self._answer_reload),
        )
        self._known = {route.label: route for route in routes}

    def find(self, path: str) -> Route:
        """Return what stands at a path, or what says that nothing does."""
        return self._known.get(path) or _find_page(path)

    async def _answer_ready(self, call: Call) -> Answer:
        in_full = self._guard.carries_token(call.headers)
        told = tell_ready(self._state.slot, in_full=in_full)
        return answer_json(told, 200 if told["ready"] else 503)

    async def _answer_model(self, call: Call) -> Answer:
        return answer_json(tell_model(take_service(self._state).champion))

    async def _answer_usage(self, call: Call) -> Answer:
        return answer_json(tell_usage(self._state))

    async def _answer_metrics(self, call: Call) -> Answer:
        self._state.show()
        headers = ((b"content-type", metrics.CONTENT_TYPE),)
        return Answer(200, self._state.metrics.render(), headers)

    async def _answer_description(self, call: Call) -> Answer:
        return Answer(200, take_service(self._state).description, (JSON_HEADER,))

    async def _answer_reload(self, call: Call) -> Answer:
        if self._wants_check is None:
            raise RequestRefused(
                409, "INVALID_STATE", "Nothing watches the registry; restart instead."
            )
        self._wants_check()
        return answer_json({"message": "The registry is being asked; see /ready."}, 202)


def _find_page(path: str) -> Route:
    found = read_page(path)
    if found is None:
        return Route(UNKNOWN, (), _answer_nothing)
    body, content_type = found
    headers = ((b"content-type", content_type.encode()), *_PAGE_HEADERS)
    return Route(PAGE, READ, _always(Answer(200, body, headers)), is_open=True)


def _always(answer: Answer) -> Callable[[Call], Awaitable[Answer]]:
    async def answer_so(_: Call) -> Answer:
        return answer

    return answer_so


async def _answer_nothing(_: Call) -> Answer:
    raise RequestRefused(
        404, "ENDPOINT_NOT_FOUND", "Nothing is here; POST /invocations predicts."
    )
