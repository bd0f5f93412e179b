"""The page against the server itself, not against fixed answers."""

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import uvicorn
from playwright.sync_api import expect

from sweepkit.serving.app import build_app
from sweepkit.serving.champion import Champion, Slot
from sweepkit.serving.settings import ServerSettings

TOKEN = "0123456789abcdef0123456789abcdef"


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
def serve(profile) -> Iterator[Callable[..., Running]]:
    """Serve a champion that answers the income in units of 10,000 dollars."""
    champion = Champion(
        name="california-housing",
        version="7",
        profile=profile,
        predict=lambda rows: np.array([10_000.0 * row[0] for row in rows]),
        intervals=lambda rows, _: np.array(
            [[9_000.0 * row[0], 11_000.0 * row[0]] for row in rows]
        ),
        form="LightGBM booster on plain arrays",
        facts={"aliases": ["champion"], "metrics": {"holdout_mae": 26_118.4}},
    )
    running = []

    def start(**settings) -> Running:
        app = build_app(
            Slot(champion),
            ServerSettings(access_log="off", **settings),
            version_text="",
        )
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


def test_the_page_and_the_server_understand_each_other(open_page, serve):
    """Fixed answers prove nothing if the server gives others."""
    server = serve(max_rows=40)
    page, watch = open_page(server)

    expect(page.locator("#result-value")).to_have_text("$83,252")
    expect(page.locator(".result-interval")).to_contain_text("$74,927 \u2013 $91,577")
    expect(page.locator("#ready")).to_have_text("ready")
    expect(page.locator(".tile-value").nth(3)).to_have_text("1")
    assert watch.complaints == []

    header = ",".join([*(column for column in PROFILE_ORDER), "owner"])
    rows = [f"{i + 1},41,880,,322,126,37.88,-122.23,NEAR LAKE,me" for i in range(60)]
    upload(page, "\n".join([header, *rows]))
    expect(page.locator("#batch-status")).to_contain_text("predicted. Not used: owner.")
    expect(page.locator("#batch-status .note")).to_contain_text(
        ["'ocean_proximity' has 'NEAR LAKE', not in training"]
    )
    expect(page.locator("#batch-preview td").first).to_have_text("$10,000")

    upload(page, "\n".join([header, *rows]).replace("880", "many", 1))
    expect(page.locator(".problems li").first).to_contain_text("Line 2, total_rooms")


def test_the_page_itself_needs_no_token(open_page, serve):
    """Else nobody could type it in; what the page asks for needs it."""
    page, _ = open_page(serve(token=TOKEN))
    page.get_by_label("Bearer token").fill(TOKEN)
    page.keyboard.press("Enter")

    expect(page.locator("#result-value")).to_have_text("$83,252")


PROFILE_ORDER = [
    "median_income",
    "housing_median_age",
    "total_rooms",
    "total_bedrooms",
    "population",
    "households",
    "latitude",
    "longitude",
    "ocean_proximity",
]


def upload(page, text):
    page.locator("#file").set_input_files(
        {"name": "blocks.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
