"""A client that speaks ASGI to the app, and a champion whose answers are known."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from sweepkit.serving.app import App, build_app
from sweepkit.serving.champion import Champion, Slot
from sweepkit.serving.settings import ServerSettings

JSON = {"content-type": "application/json"}
HOST = {"host": "localhost:5001"}


@dataclass(frozen=True)
class Reply:
    """One answer as it went to the server."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """Asks the app as uvicorn does; `sent` is what was answered to nobody."""

    app: App
    slot: Slot
    checks: list[str] = field(default_factory=list)

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] = JSON,
        receive: Callable[[], Awaitable[Any]] | None = None,
    ) -> Reply | None:
        """Return the answer, or None if there was none."""
        sent: list[dict[str, Any]] = []

        async def whole() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        together = {**HOST, **headers}
        scope = {
            "type": "http",
            "method": method,
            "path": path.partition("?")[0],
            "query_string": path.partition("?")[2].encode(),
            "headers": [(k.encode(), v.encode()) for k, v in together.items()],
            "client": ("127.0.0.1", 50_000),
        }
        await self.app(scope, receive or whole, send)
        if not sent:
            return None
        start, *rest = sent
        headers = {k.decode(): v.decode() for k, v in start["headers"]}
        return Reply(start["status"], headers, b"".join(m["body"] for m in rest))

    def get(self, path: str, **headers: str) -> Reply:
        """Return the answer to GET."""
        return asyncio.run(self.ask("GET", path, headers=headers))

    def post(self, path: str, value: Any = None, **headers: str) -> Reply:
        """Return the answer to POST with a value as JSON."""
        body = json.dumps(value).encode()
        return asyncio.run(self.ask("POST", path, body, {**JSON, **headers}))


def double_sizes(rows):
    return np.array([2.0 * row[0] for row in rows])


@pytest.fixture
def rows() -> Callable[..., dict[str, Any]]:
    """Makes the body of a request from sizes; the other columns are good ones."""

    def make(*sizes: float, town: str = "a", **extra: Any) -> dict[str, Any]:
        cells = {"age": 3, "town": town, "street": "x", "new": True, "sold": None}
        return {
            "dataframe_records": [{"size": s, **cells, **extra} for s in sizes],
        }

    return make


@pytest.fixture
def champion(small_profile) -> Champion:
    """Predicts twice the size."""
    return Champion(
        name="prices",
        version="7",
        profile=small_profile,
        predict=double_sizes,
        form="doubling",
        facts={"aliases": ("champion",), "metrics": {"rmse": 1.5}, "run_id": "abc"},
    )


@pytest.fixture
def make_client(champion) -> Callable[..., Client]:
    """Makes a client of a server with these settings, or another model or profile."""

    def make(
        *, empty=False, predict=None, profile=None, watched=True, **settings
    ) -> Client:
        slot = Slot()
        if not empty:
            other = {"predict": predict, "profile": profile}
            given = {key: value for key, value in other.items() if value is not None}
            slot.put(replace(champion, **given))
        checks: list[str] = []
        app = build_app(
            slot,
            ServerSettings(**settings),
            wants_check=(lambda: checks.append("asked")) if watched else None,
            version_text="3.17.2",
        )
        return Client(app, slot, checks)

    return make


@pytest.fixture
def client(make_client) -> Client:
    """A client of a server with the usual settings."""
    return make_client()
