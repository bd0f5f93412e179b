"""Draw the guide's pictures of the page, from a server that runs.

    python serve.py
    python tests/serving/page/pictures.py docs/pictures http://127.0.0.1:5001

It sends rows drawn from the training quantiles, so that there is something to see.
"""

import argparse
import json
import random
import threading
import urllib.request
from pathlib import Path

from conftest import ARGUMENTS, CHROMIUM, HURRY
from PIL import Image
from playwright.sync_api import Page, sync_playwright

DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 1180},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
SHOTS = {
    "serving-desktop-light.png": (DESKTOP, "light", True),
    "serving-desktop-dark.png": (DESKTOP, "dark", True),
    "serving-phone-light.png": (PHONE, "light", False),
    "serving-phone-dark.png": (PHONE, "dark", False),
}
SHIFTED = 1.15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("address", help="of a running server without a token")
    given = parser.parse_args()
    stop = threading.Event()
    traffic = threading.Thread(target=send_rows, args=(given.address, stop))
    traffic.start()
    try:
        draw_all(given.folder, given.address)
    finally:
        stop.set()
        traffic.join()


def draw_all(folder: Path, address: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, (size, scheme, full_page) in SHOTS.items():
            page = chromium.new_context(color_scheme=scheme, **size).new_page()
            show(page, address)
            page.screenshot(path=folder / name, full_page=full_page)
            # A third of the size, and nobody sees the difference.
            Image.open(folder / name).convert("RGB").quantize(256).save(
                folder / name, optimize=True
            )
        chromium.close()


def show(page: Page, address: str) -> None:
    """Wait until the page has seen two minutes' worth of figures."""
    page.add_init_script(HURRY)
    page.goto(address)
    page.wait_for_selector("#result-value")
    for _ in range(60):
        with page.expect_response("**/usage"):
            pass


def send_rows(address: str, stop: threading.Event) -> None:
    """Send rows until told to stop; the last number lies higher than in training."""
    with urllib.request.urlopen(f"{address}/model") as answer:
        columns = json.load(answer)["profile"]["columns"]
    shifted = [c["name"] for c in columns if c["quantiles"]][-1]
    draws = random.Random(0)
    while not stop.wait(draws.random() / 50):
        row = {column["name"]: draw_cell(column, draws) for column in columns}
        row[shifted] *= SHIFTED
        request = urllib.request.Request(
            f"{address}/invocations",
            json.dumps({"dataframe_records": [row]}).encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request).close()


def draw_cell(column: dict, draws: random.Random) -> float | str:
    if column["categories"]:
        names, shares = zip(*column["categories"].items(), strict=True)
        return draws.choices(names, shares)[0]
    place = draws.randrange(10)
    return draws.uniform(*column["quantiles"][place : place + 2])


if __name__ == "__main__":
    main()
