import re

import pytest

from sweepkit.serving.page import files
from sweepkit.serving.page.files import HEADERS, read_page

FOLDER = files._FOLDER
MODULES = sorted(FOLDER.glob("*.js"))


def test_the_page_stands_at_the_root():
    content, content_type = read_page("/")

    assert content.startswith(b"<!doctype html>")
    assert content_type == "text/html; charset=utf-8"


def test_everything_the_page_names_is_served():
    """A renamed style sheet would otherwise be missed by nobody but visitors."""
    html = read_page("/")[0].decode()
    named = re.findall(r'(?:href|src)="(page/[^"]+)"', html)
    for module in MODULES:
        named += [f"page/{n}" for n in re.findall(r'"\./(\S+)"', module.read_text())]

    assert len(set(named)) > 10
    assert [name for name in named if read_page(f"/{name}") is None] == []


def test_every_module_is_asked_for_at_once():
    """Modules import each other five deep: over a slow line each step is a wait."""
    html = read_page("/")[0].decode()

    assert [m.name for m in MODULES if f'"page/{m.name}"' not in html] == []


@pytest.mark.parametrize(
    "path",
    ["/page/files.py", "/page/../settings.py", "/page/", "/page", "", "/page/%2e%2e/"],
)
def test_nothing_else_is_served(path):
    """The package's own code lies in the same folder."""
    assert read_page(path) is None


def test_no_script_and_no_style_stands_in_the_page():
    """The policy forbids them; and a policy that allowed them would protect nobody."""
    html = read_page("/")[0].decode()

    assert HEADERS["Content-Security-Policy"].startswith("default-src 'self';")
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_modules_stay_short_and_never_write_markup(module):
    """Names of columns come from data: as markup they could run as a program."""
    text = module.read_text()

    assert len(text.splitlines()) <= 150
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval", text
    )
