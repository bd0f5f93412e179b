"""Draw the pictures of the guide: `python tests/serving/page/pictures.py docs/pictures`.

A folder named after `all` also gets the pictures nobody needs in the guide.
"""

import itertools
import sys
from pathlib import Path

from conftest import ARGUMENTS, CHROMIUM, HURRY, start_server
from playwright.sync_api import sync_playwright

SIZES = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    server = start_server("housing.json", lambda row: 431_268.4)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for size, scheme in itertools.product(SIZES, ("light", "dark")):
            context = chromium.new_context(color_scheme=scheme, **SIZES[size])
            page = context.new_page()
            page.add_init_script(HURRY)
            page.goto(server.origin + "/")
            page.wait_for_selector("#result-value")
            for rate in (*range(80, 420, 12), *range(420, 300, -6), *range(300, 412, 10)):
                server.usage["requests_per_s"] = rate + 17 * (rate % 5)
                server.usage["latency_ms"] = {"p50": 0.25 + rate / 4000, "p99": 1.2 + rate % 7 / 5}
                with page.expect_response("**/usage"):
                    pass
            page.screenshot(path=folder / f"serving-{size}-{scheme}.png", full_page=True)
            context.close()
        chromium.close()
    server.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
