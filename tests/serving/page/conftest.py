"""A real Chromium, and a small server with fixed answers for the page to talk to."""

import csv
import io
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from sweepkit.serving.app import build_app
from sweepkit.serving.champion import Champion, Slot
from sweepkit.serving.page.files import HEADERS, read_page
from sweepkit.serving.settings import ServerSettings

HERE = Path(__file__).parent
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The page's timers, two seconds each, go off twenty times as fast.
HURRY = "{ const t = setTimeout; window.setTimeout = (f, ms) => t(f, ms / 20); }"
BUSY = {"error_code": "TEMPORARILY_UNAVAILABLE", "message": "Too many requests wait."}


@dataclass
class Server:
    """What the page is answered; a test changes it before or while the page runs."""

    model: dict[str, Any]
    usage: dict[str, Any]
    predict: Callable[[dict[str, Any]], float]
    ready: dict[str, Any] = field(default_factory=lambda: {"ready": True})
    token: str | None = None
    most_rows: int = 10_000
    intervals: list[list[float]] | None = None
    contributions: list[dict[str, Any]] | None = None
    busy_answers: int = 0
    starting: bool = False
    origin: str = ""
    bodies: list[str] = field(default_factory=list)

    def answer(self, path: str) -> tuple[int, Any]:
        if self.starting:
            return 503, BUSY | {"message": "No model is loaded yet."}
        known = {"/model": self.model, "/usage": self.usage, "/ready": self.ready}
        if path in known:
            return 200, known[path]
        return 404, {"error_code": "NOT_FOUND", "message": f"No {path} here."}

    def score(self, body: bytes, content_type: str) -> tuple[int, Any]:
        if self.busy_answers and content_type == "text/csv":
            self.busy_answers -= 1
            return 503, BUSY
        self.bodies.append(body.decode())
        rows = read_rows(body.decode(), content_type)
        if len(rows) > self.most_rows:
            return 413, {"error_code": "CONTENT_TOO_LARGE", "message": "Too many rows."}
        details = [d for i, row in enumerate(rows) for d in self.faults(i, row)]
        if details:
            message = f"{len(details)} cells are not what the model takes."
            refusal = {"error_code": "INVALID_PARAMETER_VALUE", "message": message}
            more = max(0, len(details) - 20)
            return 400, refusal | {"details": details[:20], "more": more}
        answer = {"predictions": [self.predict(row) for row in rows]}
        more = {"intervals": self.intervals, "contributions": self.contributions}
        return 200, answer | {key: value for key, value in more.items() if value}

    def faults(self, i: int, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for column in self.model["profile"]["columns"]:
            name, cell = column["name"], row.get(column["name"])
            if needed := fault(column, cell):
                found = f"text {cell!r}" if cell else "null"
                yield {"row": i, "column": name, "found": found, "needed": needed}


def fault(column: dict[str, Any], cell: Any) -> str | None:
    if cell in (None, ""):
        return "a value" if column["required"] else None
    if column["kind"] == "double" and not is_number(cell):
        return "a number"
    if column["categories"] and column["kind"] == "string":
        return None if cell in column["categories"] else "a known category"
    return None


def is_number(cell: Any) -> bool:
    try:
        return float(cell) is not None
    except ValueError:
        return False


def read_rows(body: str, content_type: str) -> list[dict[str, Any]]:
    if content_type == "text/csv":
        return list(csv.DictReader(io.StringIO(body)))
    (table,) = (v for k, v in json.loads(body).items() if k != "params")
    if isinstance(table, list):
        return table
    return [dict(zip(table["columns"], row, strict=True)) for row in table["data"]]


def handler_for(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body in one packet: two of them cost 40 ms of waiting.
        wbufsize = 65_536

        def do_GET(self) -> None:
            if file := read_page(self.path):
                return self.send(200, *file)
            return self.send_json(server.answer(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_json(server.score(body, self.headers["Content-Type"]))

        def send_json(self, answer: tuple[int, Any]) -> None:
            expected = f"Bearer {server.token}"
            if server.token and self.headers["Authorization"] != expected:
                answer = 401, {"error_code": "UNAUTHENTICATED", "message": "No token."}
            self.send(answer[0], json.dumps(answer[1]).encode(), "application/json")

        def send(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            for name, value in HEADERS.items():
                self.send_header(name, value)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    return Handler


def start_server(file: str, predict: Callable[[dict[str, Any]], float]) -> Server:
    """Serve the page with the answers of a file, in a thread of its own."""
    server = Server(**json.loads((HERE / file).read_text()), predict=predict)
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(server))
    http.daemon_threads = True
    threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True).start()
    server.origin = f"http://127.0.0.1:{http.server_port}"
    server.stop = http.shutdown
    return server


@pytest.fixture
def housing() -> Iterator[Server]:
    """The guide's model: numbers and one category, five examples."""
    server = start_server("housing.json", lambda _: 452_600.0)
    yield server
    server.stop()


@pytest.fixture
def orders() -> Iterator[Server]:
    """Another model: dates, booleans, 300 towns, no examples, no scores."""
    server = start_server("orders.json", lambda _: 3.25)
    yield server
    server.stop()


# Not for the session: Playwright keeps an event loop running, which no test of asyncio
# that comes later in the same process could bear.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on the PATH to show the page in")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@dataclass
class Watch:
    """What the browser noticed while a page was open."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


# On a busy machine a page may take longer than Playwright's five seconds.
expect.set_options(timeout=30_000)
OpenPage = Callable[..., tuple[Page, Watch]]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open the page of a server; console errors and all requests are written down."""
    contexts = []

    def open_(
        server: Server, *, hurry: bool = False, **options: Any
    ) -> tuple[Page, Watch]:
        contexts.append(browser.new_context(accept_downloads=True, **options))
        contexts[-1].set_default_timeout(10_000)
        page, watch = contexts[-1].new_page(), Watch()
        page.on("request", lambda request: watch.requests.append(request.url))
        page.on("pageerror", lambda error: watch.complaints.append(str(error)))
        page.on(
            "console",
            lambda line: line.type == "error" and watch.complaints.append(line.text),
        )
        if hurry:
            page.add_init_script(HURRY)
        page.goto(server.origin + "/")
        return page, watch

    yield open_
    for context in contexts:
        context.close()


class Running(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = threading.Event()

    async def startup(self, sockets=None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @property
    def origin(self) -> str:
        port = self.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"


@pytest.fixture
def run_champion() -> Iterator[Callable[..., Running]]:
    """Serve a champion by the real server, on a free port, until the test ends."""
    running = []

    def start(champion: Champion, **settings: Any) -> Running:
        chosen = ServerSettings(access_log="off", **settings)
        app = build_app(Slot(champion), chosen, version_text="")
        config = uvicorn.Config(app, port=0, log_level="warning", lifespan="off")
        server = Running(config)
        thread = threading.Thread(target=server.run, daemon=True)
        running.append((server, thread))
        thread.start()
        assert server.listens.wait(timeout=30)
        return server

    yield start
    for server, thread in running:
        server.should_exit = server.force_exit = True
        thread.join(timeout=30)
