"""What is said of intervals and prediction sets: promised, come true, how wide."""

from pathlib import Path

import numpy as np
import pytest

from sweepkit.evaluation.coverage import Coverage
from sweepkit.evaluation.coverage_findings import judge_coverage, state_coverage
from sweepkit.evaluation.findings import list_trust
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.report import write_report
from sweepkit.evaluation.report_tiles import list_tiles
from sweepkit.evaluation.summary import describe, name_scores

SCORES = {"rmse": 2.0, "mae": 1.0, "r2": 0.5}


def cover(covered: float = 0.9, n_rows: int = 1000, **fields) -> Coverage:
    given = {"asked": 0.9, "width": 87_300.0, "median_width": 80_000.0}
    return Coverage(covered=covered, n_rows=n_rows, **(given | fields))


def judge(coverage: Coverage | None) -> Judgement:
    return Judgement(
        model="m",
        table="t",
        target="price",
        target_unit="US dollars",
        metric="rmse",
        folds=(SCORES,),
        holdout=SCORES,
        floor=SCORES,
        actual=np.arange(50.0),
        predicted=np.arange(50.0),
        n_train=10,
        coverage=coverage,
    )


def test_coverage_and_width_are_recorded_as_scores():
    """They stand beside the others in MLflow and in the tags of a version."""
    scores = name_scores(judge(cover(0.893)))
    assert scores["interval_covered_90"] == 0.893
    assert scores["interval_width_90"] == 87_300.0


def test_prediction_sets_are_recorded_under_their_own_names(judge_noise):
    """A width of 1.2 is a number of labels."""
    scores = name_scores(judge_noise(60, coverage=cover(0.88, width=1.2)))
    assert (scores["set_covered_90"], scores["set_labels_90"]) == (0.88, 1.2)
    assert "interval_covered_90" not in scores


def test_a_model_without_intervals_is_judged_as_before(tmp_path: Path):
    """Old runs, and those that ask for none, say nothing about them."""
    judgement = judge(None)
    assert not [name for name in name_scores(judgement) if "covered" in name]
    assert "coverage" not in describe(judgement)
    assert len(list_tiles(judgement)) == 3
    write_report(judgement, {}, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "How far to trust" not in page
    assert "Interval" not in page


@pytest.mark.parametrize(
    ("covered", "n_rows", "verdict"),
    [
        (0.9, 1000, "as promised"),
        (0.885, 1000, "as promised"),
        (0.87, 1000, "less than promised"),
        (0.93, 1000, "more than promised"),
        (0.87, 100, "as promised"),
    ],
)
def test_a_promise_is_broken_only_by_more_than_luck(covered, n_rows, verdict):
    """Of a hundred rows three are nothing; of thousands they are."""
    assert judge_coverage(cover(covered, n_rows)) == verdict


def test_the_sentence_says_promise_truth_and_width():
    """All three belong together: everything lies between minus and plus infinity."""
    sentence = state_coverage(judge(cover(0.904)), cover(0.904))
    assert sentence == (
        "90 % intervals hold the actual value of 90.4 % of 50 holdout rows, as "
        "promised; on average 87,300 US dollars wide"
    )


def test_the_terminal_says_it_in_one_line(judge_noise):
    """Beside the scores, under the name that fits."""
    assert "90.0 % of 50 holdout rows" in list_trust(judge(cover()))["intervals"]
    assert "labels each" in list_trust(judge_noise(60, coverage=cover(width=1)))["sets"]
    assert list_trust(judge(None)) == {}


def test_the_report_shows_promise_truth_and_width(tmp_path: Path):
    """In a table for all readers and as a tile at the top."""
    judgement = judge(cover(0.85))
    write_report(judgement, {}, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "How far to trust a single prediction" in page
    assert "less than promised" in page
    assert "too few" in page
    assert "<dt>Interval</dt>" in page
    assert list_tiles(judgement)[-1]["value"] == "87,300"
    assert describe(judgement)["coverage"]["covered"] == 0.85


def test_the_report_of_classes_speaks_of_sets(judge_noise, tmp_path: Path):
    """A class has no width."""
    judgement = judge_noise(60, coverage=cover(0.95, 60, width=1.25, median_width=1.0))
    write_report(judgement, {}, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "90 % prediction sets hold the true class of 95.0 %" in page
    assert "on average 1.25 labels each" in page
    assert "<dt>Prediction set</dt>" in page
    assert "<dt>Interval</dt>" not in page
