"""Counts of confusions, curves and calibration agree with what others compute."""

from dataclasses import asdict

import numpy as np
import pytest
from sklearn import metrics

from sweepkit.evaluation.confusion import (
    count_confusions,
    find_worst_confusion,
    gather_small,
    score_classes,
)
from sweepkit.evaluation.curves import find_chosen_point, trace_curves
from sweepkit.evaluation.labels import write_label, write_labels, write_share
from sweepkit.evaluation.reliability import measure_reliability
from sweepkit.evaluation.report_classes import list_classes, list_confusions
from sweepkit.evaluation.text_fit import shorten_apart, wrap_evenly

MANY = tuple(f"c{i:02}" for i in range(40))


def test_counts_and_scores_are_those_of_scikit_learn(judge_noise):
    """Rows are actual classes, columns named ones, in the order of the labels."""
    judgement = judge_noise(500, ("b", "a", "z"), right=0.5)
    counts = count_confusions(judgement)
    named = metrics.confusion_matrix(judgement.actual, judgement.predicted)
    assert counts.tolist() == named.tolist()
    expected = metrics.precision_recall_fscore_support(
        judgement.actual, judgement.predicted
    )
    found = [(s.precision, s.recall, s.f1, s.n_rows) for s in score_classes(counts)]
    assert pytest.approx(np.array(expected)) == np.array(found).T


def test_a_class_without_rows_has_no_recall(judge_classes):
    """Rare classes may be missing from a holdout; 0 % would blame the model."""
    judgement = judge_classes([0, 0], np.eye(3)[[0, 1]], ("a", "b", "c"))
    right, absent, unknown = map(asdict, score_classes(count_confusions(judgement)))
    assert (right["recall"], right["mistaken_for"], right["n_mistaken"]) == (0.5, 1, 1)
    assert np.isnan(absent["recall"])
    assert absent["precision"] == 0
    assert np.isnan([unknown["recall"], unknown["precision"], unknown["f1"]]).all()
    rows = list_classes(judgement)["rows"]
    assert [row["recall"] for row in rows] == ["50.0 %", "n/a", "n/a"]
    assert [row["mistaken"] for row in rows] == ["b (1 row)", "n/a", "n/a"]


def test_small_classes_are_joined_and_no_row_is_lost(judge_noise):
    """A rest of a single class is not a rest: its name says more."""
    counts = count_confusions(judge_noise(900, MANY, scored=False))
    joined, kept = gather_small(counts, 12)
    assert joined.shape == (13, 13)
    assert joined.sum() == counts.sum() == 900
    assert joined[:12, :12].tolist() == counts[np.ix_(kept, kept)].tolist()
    assert kept == sorted(kept)
    assert min(counts.sum(axis=1)[kept]) >= joined[12].sum() / 28
    assert gather_small(counts[:13, :13], 12)[1] == list(range(13))


def test_the_commonest_mistake_is_found():
    """What is right is none, however common."""
    counts = np.array([[90, 1, 0], [4, 80, 5], [0, 0, 70]])
    assert find_worst_confusion(counts) == (1, 2, 5)


def test_more_classes_than_a_page_holds_are_shown_worst_first(judge_noise):
    """Whoever has 40 classes looks for those that fare badly."""
    judgement = judge_noise(2_000, MANY, scored=False)
    shown = list_classes(judgement)
    scores = [float(row["f1"]) for row in shown["rows"] + shown["more"]]
    assert (len(shown["rows"]), len(scores), shown["note"]) == (12, 40, "")
    assert scores == sorted(scores)
    assert len(list_confusions(judgement)["rows"]) == 13


def test_more_classes_than_anybody_reads_are_left_to_the_json(judge_noise):
    """A page of 3,000 rows does not open on a telephone."""
    judgement = judge_noise(400, tuple(range(200)), scored=False)
    shown = list_classes(judgement)
    assert (len(shown["rows"]), len(shown["more"])) == (12, 100)
    assert shown["note"] == "88 more stand in evaluation_report.json."


def test_the_classes_are_summed_up_by_the_one_that_is_looked_for(judge_classes):
    """The share of right rows hides how a rare class fares."""
    judgement = judge_classes([1, 1, 1, 1, 0], [0.9, 0.2, 0.1, 0.6, 0.7])
    shown = list_classes(judgement)
    assert shown["summary"] == (
        "It finds 50.0 % of class yes, and 66.7 % of the rows it names so are right."
    )
    assert (
        shown["lede"] == "A row is named yes if the probability of it is 0.5 or more."
    )
    assert [row["chip"] for row in shown["rows"]] == ["", "positive"]


def test_many_classes_are_summed_up_by_the_worst(judge_classes):
    """It is the one to look into."""
    judgement = judge_classes(
        [0, 1, 1, 2], np.eye(3)[[0, 1, 0, 2]], ("a", "b", "never seen")
    )
    assert list_classes(judgement)["summary"] == (
        "It finds least of class b: 1 of 2 rows."
    )
    faultless = judge_classes([0, 1, 2], np.eye(3), ("a", "b", "c"))
    assert list_classes(faultless)["summary"] == ""


def test_areas_below_the_curves_are_the_metrics(judge_noise):
    """A figure and the table beside it must not disagree."""
    judgement = judge_noise(300, right=1.0)
    (roc,) = trace_curves(judgement, "roc").drawn
    (precision,) = trace_curves(judgement, "precision").drawn
    assert roc.area == pytest.approx(judgement.holdout["roc_auc"])
    assert precision.area == pytest.approx(judgement.holdout["average_precision"])
    point = find_chosen_point(judgement)
    assert point.recall in roc.y
    assert point.false_alarms <= roc.x[np.flatnonzero(roc.y >= point.recall)].max()


def test_curves_of_a_huge_holdout_leave_small_classes_out(judge_noise, monkeypatch):
    """100 classes of a million rows would take minutes for a footnote."""
    monkeypatch.setattr("sweepkit.evaluation.curves._MOST_CELLS", 900 * 8)
    curves = trace_curves(judge_noise(900, MANY, scored=False), "roc")
    assert (len(curves.drawn), len(curves.areas), curves.n_unscored) == (6, 8, 32)


@pytest.mark.parametrize("classes", [("no", "yes"), ("a", "b", "c")])
def test_the_calibration_figure_shows_the_metric(judge_noise, classes):
    """Its title and the table of scores name the same number."""
    judgement = judge_noise(400, classes, right=1.5)
    found = measure_reliability(judgement)
    assert found.error == pytest.approx(judgement.holdout["calibration_error"])
    assert found.counts.sum() == 400
    assert (found.low <= found.happened).all()
    assert (found.happened <= found.high).all()


def test_true_probabilities_err_by_no_more_than_luck(judge_classes):
    """In 19 of 20 holdouts, that is: else the title cries wolf."""
    draw = np.random.default_rng(3)
    stated = draw.uniform(0, 1, (300, 200))
    actual = draw.uniform(0, 1, stated.shape) < stated
    within = [
        found.error <= found.luck
        for rows in zip(actual, stated, strict=True)
        for found in [measure_reliability(judge_classes(*rows, scored=False))]
    ]
    assert 0.9 < np.mean(within) < 0.99


@pytest.mark.parametrize(
    ("label", "written"),
    [
        pytest.param(True, "True", id="truth"),
        pytest.param(-3, "-3", id="number"),
        pytest.param("", "(blank)", id="nothing"),
        pytest.param("a\n\x1b[31m b", "a [31m b", id="control characters"),
    ],
)
def test_any_label_is_written_on_one_line(label, written):
    """A line break would tear a figure, an escape code a terminal."""
    assert write_label(label) == written


def test_long_labels_stay_apart(judge_classes):
    """Twelve ticks that all read `Household…` name nothing."""
    labels = ("Household goods, kitchen, large", "Household goods, garden, large", "x")
    judgement = judge_classes([0, 1, 2], np.eye(3), labels)
    assert write_labels(judgement, 16) == ["…kitchen, large", "…garden, large", "x"]
    assert len(set(shorten_apart([f"{'a' * 50}{i}" for i in range(9)], 12))) == 9
    assert write_labels(judgement) == list(labels)


def test_a_tiny_share_is_not_written_as_none():
    """`0.0 %` of 100,000 rows may be forty of them."""
    assert [write_share(x) for x in (0, 0.0004, 0.0005, 0.5)] == [
        "0.0 %",
        "< 0.1 %",
        "0.1 %",
        "50.0 %",
    ]


def test_titles_break_into_lines_of_about_one_length():
    """A last line of one word looks like a mistake."""
    text = "one two three four five six seven"
    assert wrap_evenly(text, 31) == "one two three four\nfive six seven"
    assert wrap_evenly(text, 40) == text
    assert wrap_evenly("finds as many as 40 % of them", 20) == (
        "finds as many\nas 40 % of them"
    )
