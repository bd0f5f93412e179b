"""The report on classes, slices and warnings: whole, safe, and right in its words."""

import json
from dataclasses import replace

import numpy as np
import pytest

from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.metric import Metric
from sweepkit.evaluation.metrics import METRICS
from sweepkit.evaluation.report import write_evaluation_json, write_report
from sweepkit.evaluation.report_slices import is_clearly_worse, list_slices
from sweepkit.evaluation.report_tiles import list_tiles, list_verdict
from sweepkit.evaluation.slice_score import SliceScore
from sweepkit.evaluation.summary import compare_with_floor, list_metrics

HOSTILE = "<script>alert('1')</script>"
NUMBERS = Judgement(
    model="m",
    table="t",
    target="y",
    target_unit="m",
    metric="rmse",
    folds=(),
    holdout={"rmse": 10.0},
    floor={"rmse": 20.0},
    actual=np.array([1.0, 2.0]),
    predicted=np.array([1.0, 2.0]),
    n_train=10,
)


def cut(value, score, reach=1.0, **fields):
    given = {"column": "town", "n_rows": 50} | fields
    low, high = score - reach, score + reach
    return SliceScore(value=value, score=score, low=low, high=high, **given)


def render(judgement, tmp_path):
    path = tmp_path / "report.html"
    write_report(judgement, {}, path)
    return path.read_text(encoding="utf-8")


def load(judgement, tmp_path):
    path = tmp_path / "evaluation_report.json"
    write_evaluation_json(judgement, path)

    def refuse(word):
        raise AssertionError(f"{word} is not JSON")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


def test_the_report_shows_each_class(judge_noise, tmp_path):
    """With what it is taken for, and the share of right rows in the headline."""
    html = render(judge_noise(200, ("cat", "dog", "cow")), tmp_path)
    assert "names the right class of y for" in html
    assert "Class by class" in html
    assert "Most often taken for" in html
    assert "Which class is taken for which, in numbers" in html
    assert "always naming the most frequent class" in html
    assert "median" not in html


def test_the_report_of_a_regression_says_nothing_of_classes(tmp_path):
    """Its reader would look for them."""
    html = render(NUMBERS, tmp_path)
    for words in ("Class by class", "Slice by slice", "Before you trust", "threshold"):
        assert words not in html


@pytest.mark.parametrize(
    "classes",
    [
        pytest.param((HOSTILE, "<b>x</b>"), id="markup"),
        pytest.param((0, 1), id="numbers"),
        pytest.param((False, True), id="truth"),
        pytest.param(("", "l" * 400), id="blank and endless"),
        pytest.param(tuple(range(60)), id="many"),
    ],
)
def test_any_labels_have_a_report(judge_noise, classes, tmp_path):
    """Labels come from the table: nobody has looked at them."""
    judgement = judge_noise(300, classes)
    html = render(judgement, tmp_path)
    assert "<script" not in html
    assert "<b>x" not in html
    assert load(judgement, tmp_path)["classes"] == list(classes)


def test_warnings_stand_above_all_numbers_and_are_not_run(tmp_path):
    """Whoever reads one number must have passed them."""
    html = render(replace(NUMBERS, warnings=(f"{HOSTILE} leaks: drop it",)), tmp_path)
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert html.index("leaks: drop it") < html.index("Holdout RMSE")


def test_the_json_has_all_that_is_known_of_classes(judge_noise, tmp_path):
    """A program should not have to read the page."""
    judgement = judge_noise(100, (False, True), threshold=0.3, warnings=("w",))
    report = load(judgement, tmp_path)
    assert (report["task"], report["classes"]) == ("binary", [False, True])
    assert report["threshold"] == 0.3
    assert np.sum(report["confusion_matrix"]) == 100
    assert [entry["class"] for entry in report["by_class"]] == [False, True]
    assert report["warnings"] == ["w"]
    assert report["scores"]["cv_roc_auc"] == judgement.holdout["roc_auc"]
    assert list(report["folds"][0])[:3] == ["step", "roc_auc", "average_precision"]


def test_the_matrix_of_very_many_classes_is_left_out_of_the_json(judge_noise, tmp_path):
    """A million zeros, a line each, are no report."""
    report = load(judge_noise(300, tuple(range(101)), scored=False), tmp_path)
    assert "confusion_matrix" not in report
    assert len(report["by_class"]) == 101


def test_a_class_without_a_score_leaves_it_out_of_the_json(judge_classes, tmp_path):
    """NaN is no JSON."""
    judgement = judge_classes([0, 0], np.eye(3)[[0, 0]], ("a", "b", "c"))
    report = load(judgement, tmp_path)
    assert report["by_class"][2] == {"class": "c", "n_rows": 0, "n_named": 0}


def test_the_json_of_a_regression_has_slices_and_no_classes(tmp_path):
    """Slices worst first, and an end that is not finite left out."""
    slices = (cut("a", 9.0), cut("b", 12.0, reach=np.inf), cut("c", 10.0))
    report = load(replace(NUMBERS, slices=slices), tmp_path)
    assert report["task"] == "regression"
    assert "classes" not in report
    assert [entry["value"] for entry in report["slices"]] == ["b", "c", "a"]
    assert report["slices"][0].keys() >= {"column", "value", "n_rows", "score"}
    assert not {"low", "high"} & report["slices"][0].keys()


def test_slices_are_listed_worst_first_with_words_for_the_difference(tmp_path):
    """A sign would mean another thing for each metric."""
    judgement = replace(
        NUMBERS, slices=(cut("a", 9.0), cut("b", 12.0), cut("c", 10.5, reach=3))
    )
    shown = list_slices(judgement)
    assert [row["where"] for row in shown["rows"]] == [
        "town is b",
        "town is c",
        "town is a",
    ]
    assert [row["difference"] for row in shown["rows"]] == [
        "2.00 worse (20 %)",
        "0.500 worse (5 %)",
        "1.00 better (10 %)",
    ]
    assert [row["chip"] for row in shown["rows"]] == ["clearly worse", "", ""]
    assert shown["lede"] == (
        "1 of 3 slices is clearly worse than the RMSE on the whole holdout (10.0 m); "
        "luck alone would make less than one look so. The worst of them: town is b."
    )
    assert "town is b" in render(judgement, tmp_path)


def test_slices_of_a_metric_to_be_maximized_are_worst_when_low(judge_noise):
    """The rule that small is good would praise the worst."""
    judgement = judge_noise(100, metric="accuracy", holdout={"accuracy": 0.9})
    low, high = cut("a", 0.5, reach=0.1), cut("b", 0.95, reach=0.01)
    shown = list_slices(replace(judgement, slices=(high, low)))
    assert [row["difference"] for row in shown["rows"]] == [
        "40.0 points worse",
        "5.0 points better",
    ]
    assert is_clearly_worse(judgement, low)
    assert not is_clearly_worse(judgement, high)


def test_slices_that_differ_by_luck_are_said_to():
    """A table sorted by score makes the first row look like a finding."""
    shown = list_slices(replace(NUMBERS, slices=(cut("a", 11.0, reach=2),)))
    assert shown["lede"] == (
        "The only slice is not worse than the RMSE on the whole holdout (10.0 m) by "
        "more than luck."
    )
    shown = list_slices(replace(NUMBERS, slices=(cut("a", 11.0, reach=2),) * 2))
    assert shown["lede"].startswith("None of 2 slices is worse")


def test_more_slices_than_a_page_holds_are_told_in_words():
    """All of them stand in the JSON file."""
    slices = tuple(cut(str(i), float(i), is_range=True) for i in range(17))
    shown = list_slices(replace(NUMBERS, slices=slices))
    assert len(shown["rows"]) == 15
    assert shown["note"] == "2 better slices stand in evaluation_report.json."


@pytest.mark.parametrize(
    ("slices", "holdout"),
    [
        pytest.param((), {"rmse": 1.0}, id="no slices"),
        pytest.param((cut("a", 1.0),), {}, id="no score to compare with"),
    ],
)
def test_without_a_comparison_there_is_no_table(slices, holdout):
    """An empty table asks what is missing."""
    assert list_slices(replace(NUMBERS, slices=slices, holdout=holdout)) is None


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(cut("a", 10.0, reach=np.nan), id="no interval"),
        pytest.param(cut("a", 10.0, reach=np.inf), id="endless interval"),
        pytest.param(cut("a", 10.0, reach=0.0), id="no spread at all"),
    ],
)
def test_odd_intervals_are_drawn_within_their_bar(entry):
    """A width of NaN would break the page's style."""
    (row,) = list_slices(replace(NUMBERS, slices=(entry,)))["rows"]
    places = [float(row[name]) for name in ("left", "width", "dot")]
    assert all(0 <= place <= 100 for place in places)


@pytest.mark.parametrize(
    ("metric", "holdout", "floor", "gain", "share"),
    [
        pytest.param("accuracy", 0.96, 0.6, 0.36, 0.9, id="of the wrong rows"),
        pytest.param("accuracy", 1.0, 1.0, 0.0, np.nan, id="perfect floor"),
        pytest.param("roc_auc", 0.9, 0.5, 0.4, np.nan, id="no share"),
        pytest.param("log_loss", 0.2, 0.8, 0.6, 0.75, id="of the loss"),
    ],
)
def test_the_gain_over_the_floor_is_positive_if_better(
    metric, holdout, floor, gain, share
):
    """Whichever way the metric goes."""
    judgement = replace(NUMBERS, holdout={metric: holdout}, floor={metric: floor})
    assert compare_with_floor(judgement, metric) == pytest.approx(
        (gain, share), nan_ok=True
    )


def test_tiles_of_classes_show_the_metric_and_the_right_rows(judge_noise):
    """The second stands in for the first where that is the share itself."""
    judgement = judge_noise(100)
    titles = [tile["label"] for tile in list_tiles(judgement)]
    assert titles == [
        "Holdout log loss",
        "Holdout accuracy",
        "Cross-validated log loss",
    ]
    by_rows = list_tiles(replace(judgement, metric="accuracy"))
    assert by_rows[1]["label"] == "Holdout balanced accuracy"
    assert by_rows[0]["note"].startswith("a constant guess has ")


def test_calibration_is_not_measured_against_a_floor_that_has_none(judge_noise):
    """Class shares come true by definition: every model would look bad."""
    judgement = judge_noise(100, metric="calibration_error")
    assert list_verdict(judgement)["kind"] == "unknown"


def test_an_own_metric_needs_no_label(judge_noise, tmp_path, monkeypatch):
    """Adding a metric is one function and one line."""
    own = Metric("hits_at_3", "maximize", "share", lambda *_: 0.5)
    monkeypatch.setitem(METRICS, own.name, own)
    scores = {own.name: 0.75, "accuracy": 0.5}
    judgement = judge_noise(
        50, metric=own.name, holdout=scores, folds=(scores,), floor={own.name: 0.5}
    )
    assert list_metrics(judgement) == ["accuracy", own.name]
    html = render(judgement, tmp_path)
    assert "hits_at_3" in html
    assert "50 % less error" in html
