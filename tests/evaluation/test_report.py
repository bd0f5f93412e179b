"""The report opens anywhere, shows names as they are, and its JSON is strict."""

import json
import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from sweepkit.errors import DiskError
from sweepkit.evaluation.figures import draw_figures
from sweepkit.evaluation.judgement import Coordinates, Importance, Judgement
from sweepkit.evaluation.report import write_evaluation_json, write_report
from sweepkit.evaluation.summary import name_scores

HOSTILE = "<script>alert('1')</script>"
JUDGEMENT = Judgement(
    model="gradient_boosting",
    table="california_housing",
    target="median_house_value",
    target_unit="US dollars",
    metric="rmse",
    folds=(
        {"rmse": 40_000.0, "r2": 0.85, "mae": 27_000.0, "mape": 0.17},
        {"rmse": 42_000.0, "r2": 0.83, "mae": 28_000.0, "mape": 0.19},
    ),
    holdout={"rmse": 42_154.0, "r2": 0.864, "mae": 27_912.0, "mape": 0.181},
    floor={"rmse": 117_311.0, "r2": -0.05, "mae": 88_012.0, "mape": 0.53},
    actual=np.array([-1.0, 2.0, 3.0]),
    predicted=np.array([-1.5, 2.5, 2.0]),
    importance=(Importance("<1H OCEAN", 9_000.0, 300.0), Importance(HOSTILE, 1.0, 0.0)),
    coordinates=Coordinates(
        latitude=np.array([34.0, 35.0, 36.0]), longitude=np.array([-118.0, -119, -120])
    ),
    n_train=16_512,
    facts={"seed": "42", HOSTILE: "<b>bold</b>"},
)
VOID = {"meta", "link", "img", "br", "input"}


class Page(HTMLParser):
    """Collects tags with their attributes, and the text a reader sees."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text, self.open = [], "", []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data

    def find(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def render(judgement, tmp_path, links=None, figures=None):
    path = tmp_path / "report.html"
    write_report(judgement, figures or {}, path, links or {})
    return Page(path.read_text(encoding="utf-8"))


def load(judgement, tmp_path):
    path = tmp_path / "evaluation_report.json"
    write_evaluation_json(judgement, path)

    def refuse(word):
        raise AssertionError(f"{word} is not JSON")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


def test_the_report_needs_nothing_but_itself(tmp_path):
    """It is mailed around and opened years later, without a network."""
    page = render(JUDGEMENT, tmp_path, figures=draw_figures(JUDGEMENT, tmp_path))
    images = page.find("img")
    assert len(images) == 4
    assert all(image["src"].startswith("data:image/png;base64,") for image in images)
    assert not page.find("script")
    assert [link["href"] for link in page.find("link")] == ["data:,"]
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "http://" not in html
    assert "https://" not in html
    assert "@import" not in html
    assert "url(" not in html


def test_the_report_can_be_heard(tmp_path):
    """A screen reader needs a text for each figure and heads for each table."""
    page = render(JUDGEMENT, tmp_path, figures=draw_figures(JUDGEMENT, tmp_path))
    assert page.open == []
    assert page.find("html") == [{"lang": "en"}]
    alternatives = [image["alt"] for image in page.find("img")]
    assert alternatives[0].startswith("Predicted against actual. Half of")
    assert len(set(alternatives)) == 4
    assert all("scope" in head for head in page.find("th"))
    assert len(page.find("caption")) == len(page.find("table"))


def test_names_from_the_table_are_shown_and_not_run(tmp_path):
    """A column may be called `<1H OCEAN`, or something worse."""
    page = render(JUDGEMENT, tmp_path, links={HOSTILE: HOSTILE})
    assert not page.find("script")
    assert not page.find("b")
    assert "<1H OCEAN" in page.text
    assert page.text.count(HOSTILE) == 4
    assert "<b>bold</b>" in page.text


def test_the_report_shows_every_score_with_its_unit(tmp_path):
    """Folds, holdout and floor stand side by side."""
    text = render(JUDGEMENT, tmp_path).text
    assert "within 27,900 US dollars on average" in text
    assert "41,000 ± 1,400" in text
    for shown in ("42,200", "117,000", "64 % less error", "0.864", "+0.914", "18.1 %"):
        assert shown in text
    assert "Beats the floor by RMSE" in text
    assert "2 of 2" in text
    assert "16,512" in text


def test_only_plain_addresses_can_be_followed(tmp_path):
    """A link that runs code would undo the escaping."""
    links = {
        "run": "http://127.0.0.1:5000/#/experiments/1?a=1&b=2",
        "store": "sqlite:///mlflow.db",
        "trap": "javascript:alert(1)",
    }
    page = render(JUDGEMENT, tmp_path, links=links)
    assert [link["href"] for link in page.find("a")] == [links["run"]]
    assert "javascript:alert(1)" in page.text


@pytest.mark.parametrize(
    ("judgement", "shown"),
    [
        pytest.param(
            replace(JUDGEMENT, folds=JUDGEMENT.folds[:1]), "on one fold", id="one fold"
        ),
        pytest.param(replace(JUDGEMENT, folds=()), "n/a", id="no fold"),
        pytest.param(
            replace(JUDGEMENT, holdout=JUDGEMENT.floor), "✗ Does not beat", id="floor"
        ),
        pytest.param(
            replace(JUDGEMENT, target_unit="", metric="r2"), "Holdout R²", id="no unit"
        ),
        pytest.param(
            replace(JUDGEMENT, holdout={"rmse": 2.0}, floor={"rmse": 0.0}),
            "✗ Does not beat",
            id="perfect floor",
        ),
        pytest.param(replace(JUDGEMENT, importance=(), facts={}), "Facts", id="bare"),
        pytest.param(replace(JUDGEMENT, target="t" * 80), "t" * 80, id="long name"),
    ],
)
def test_odd_judgements_have_a_report_too(judgement, shown, tmp_path):
    """The report is written last; it must not fail then."""
    page = render(judgement, tmp_path)
    assert page.open == []
    assert shown in page.text
    assert not re.search(r"\b(nan|inf|None)\b", page.text)


def test_same_judgement_gives_the_same_report(tmp_path):
    """No date, no path: reports can be compared."""
    render(JUDGEMENT, tmp_path / "a")
    render(JUDGEMENT, tmp_path / "b")
    one, other = (tmp_path / name / "report.html" for name in "ab")
    assert one.read_bytes() == other.read_bytes()


def test_scores_are_named_as_in_mlflow_and_their_order_is_stable(tmp_path):
    """The file, the run and the terminal must agree on what `cv_rmse` is."""
    report = load(JUDGEMENT, tmp_path)
    assert list(report["scores"])[:5] == [
        "cv_rmse",
        "cv_rmse_sd",
        "holdout_rmse",
        "floor_rmse",
        "cv_r2",
    ]
    assert report["scores"] == name_scores(JUDGEMENT)
    assert report["scores"]["cv_rmse"] == 41_000.0
    assert report["scores"]["cv_rmse_sd"] == pytest.approx(math.sqrt(2) * 1_000)
    assert report["folds"][1] == {"step": 1} | JUDGEMENT.folds[1]
    assert report["n_holdout"] == 3
    gain = report["improvement_over_floor"]
    assert gain["rmse"]["absolute"] == 75_157.0
    assert gain["rmse"]["share"] == pytest.approx(0.64066, abs=1e-5)
    assert gain["r2"] == {"absolute": pytest.approx(0.914)}
    assert report["importance"][0]["column"] == "<1H OCEAN"


def test_what_has_no_value_is_left_out_of_the_json(tmp_path):
    """NaN is no JSON, and a mean over some of the folds compares with nothing."""
    judgement = replace(
        JUDGEMENT,
        folds=({"rmse": 1.0, "mape": 0.1}, {"rmse": 2.0}),
        holdout={"rmse": np.float32(1.5), "r2": math.nan},
        floor={},
        importance=(Importance("a", math.nan, math.inf),),
    )
    report = load(judgement, tmp_path)
    assert report["scores"].keys() == {"cv_rmse", "cv_rmse_sd", "holdout_rmse"}
    assert report["improvement_over_floor"] == {}
    assert report["importance"] == [{"column": "a"}]


def test_one_fold_has_a_mean_but_no_spread(tmp_path):
    """`evaluation=single_split` must not write NaN."""
    scores = load(replace(JUDGEMENT, folds=JUDGEMENT.folds[:1]), tmp_path)["scores"]
    assert scores["cv_rmse"] == 40_000.0
    assert "cv_rmse_sd" not in scores


def test_a_report_that_cannot_be_written_is_a_disk_error(tmp_path):
    """Exit code 5, with the file's name."""
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(DiskError, match=r"taken.report\.html"):
        write_report(JUDGEMENT, {}, tmp_path / "taken" / "report.html")
    with pytest.raises(DiskError, match=r"gone\.png"):
        write_report(JUDGEMENT, {"x": tmp_path / "gone.png"}, tmp_path / "report.html")
