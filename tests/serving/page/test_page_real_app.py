"""The page against the server itself, not against fixed answers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from sweepkit.serving.champion import Champion

TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def serve(profile, run_champion) -> Callable[..., Any]:
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

    return lambda **settings: run_champion(champion, **settings)


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
