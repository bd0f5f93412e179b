"""docs/serving.md names all there is: what is missing there nobody finds."""

import re
from pathlib import Path

import pytest
import yaml

from sweepkit.serving.app import build_app
from sweepkit.serving.champion import Slot
from sweepkit.serving.metrics import Metrics
from sweepkit.serving.settings import ServerSettings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
SOURCES = "".join(
    path.read_text(encoding="utf-8")
    for path in (ROOT / "src" / "sweepkit" / "serving").glob("*.py")
)
SETTINGS = yaml.safe_load((ROOT / "conf" / "serving" / "default.yaml").read_text())
ROWS = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", TEXT, re.MULTILINE))
CODES = re.findall(r'"([A-Z_]{8,})"', SOURCES)
NO_CODES = {"OMP_NUM_THREADS", "PROMETHEUS_MULTIPROC_DIR", "SWEEPKIT_SERVING_TOKEN"}


def test_the_table_has_a_row_for_every_setting():
    """And none for a setting that is gone."""
    assert ROWS.keys() == SETTINGS.keys()


@pytest.mark.parametrize("key", SETTINGS)
def test_the_table_tells_the_default(key):
    """Whoever reads it decides by it whether to type anything."""
    if key == "folder":
        assert ROWS[key] in SETTINGS[key]  # made absolute by a resolver
    elif key == "token":
        assert ROWS[key] in SETTINGS[key]  # null without the variable
    else:
        assert yaml.safe_load(ROWS[key]) == SETTINGS[key]


@pytest.mark.parametrize("code", sorted(set(CODES) - NO_CODES))
def test_every_error_is_explained(code):
    """Status, when, and what to do about it."""
    assert re.search(rf"^\| \d\d\d \| `{code}` \|", TEXT, re.MULTILINE)


def test_every_path_is_listed():
    """Whatever the server answers, people may use."""
    routes = build_app(Slot(), ServerSettings(), version_text="")._routes
    for path in routes._known:
        assert f"`{path}`" in TEXT, path


def test_every_metric_is_listed():
    """Dashboards are made from this list."""
    text = Metrics().render().decode()
    names = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    names = {name for name in names if not name.endswith("_created")}
    assert names == set(re.findall(r"^\| `(sweepkit_\w+)` \|", TEXT, re.MULTILINE))
