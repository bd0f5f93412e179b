"""Scores read the same on the terminal, in figures and in the report."""

import pytest

from sweepkit.errors import ConfigError
from sweepkit.evaluation.metrics import METRICS
from sweepkit.evaluation.wording import (
    LABELS,
    MEANINGS,
    format_number,
    format_score,
    format_spread,
    label_metric,
    shorten_middle,
    title_metric,
)


@pytest.mark.parametrize(
    ("metric", "value", "unit", "written"),
    [
        pytest.param("rmse", 48_911.3, "US dollars", "48,900 US dollars", id="target"),
        pytest.param("rmse", 48_911.3, "", "48,900", id="target without unit"),
        pytest.param("rmse", 0.012345, "m", "0.0123 m", id="small target"),
        pytest.param("rmse", 999.6, "", "1,000", id="rounds up a magnitude"),
        pytest.param("rmse", 2e-9, "m", "2.00e-09 m", id="tiny target"),
        pytest.param("rmse", 0.0, "", "0", id="zero"),
        pytest.param("mape", 0.1812, "US dollars", "18.1 %", id="share"),
        pytest.param("mape", 1234.5, "", "123,000 %", id="absurd share"),
        pytest.param("r2", 0.82314, "US dollars", "0.823", id="no unit"),
        pytest.param("r2", -1.25, "", "-1.250", id="negative"),
        pytest.param("r2", float("nan"), "", "n/a", id="no value"),
        pytest.param("roc_auc", 0.99341, "", "0.9934", id="score of classes"),
        pytest.param("log_loss", 0.05871, "US dollars", "0.0587", id="small loss"),
        pytest.param("accuracy", 0.9649, "US dollars", "96.5 %", id="share of rows"),
    ],
)
def test_a_score_is_written_with_few_digits_and_its_own_unit(
    metric, value, unit, written
):
    """Targets come in any magnitude; a score of 0.0 or 48911.27 tells nobody much."""
    assert format_score(metric, value, unit) == written


def test_a_metric_nobody_knows_is_refused():
    """A unit guessed for it would be wrong half of the time."""
    with pytest.raises(ConfigError, match="rmsle"):
        format_score("rmsle", 1.0, "")


@pytest.mark.parametrize(
    ("metric", "mean", "sd", "written"),
    [
        pytest.param("rmse", 41_832.0, 612.0, "41,830 ± 610 m", id="target"),
        pytest.param("mape", 0.18123, 0.0041, "18.12 ± 0.41 %", id="share"),
        pytest.param("r2", 0.86442, 0.0061, "0.8644 ± 0.0061", id="no unit"),
        pytest.param("rmse", 41_832.0, float("nan"), "41,800 m", id="one fold"),
        pytest.param("rmse", 41_832.0, 0.0, "41,800 m", id="no spread"),
        pytest.param("rmse", 0.0, 12.3, "0 ± 12 m", id="zero mean"),
    ],
)
def test_a_mean_ends_at_the_same_place_as_its_spread(metric, mean, sd, written):
    """Digits beyond the spread are noise that looks like knowledge."""
    assert format_spread(metric, mean, sd, "m") == written


def test_numbers_that_are_not_finite_are_named_as_missing():
    """`nan` and `inf` are words of programmers."""
    assert format_number(float("inf")) == "n/a"


def test_a_long_name_keeps_both_ends():
    """`rooms_per_household_2019` and `..._2020` differ at the end."""
    assert shorten_middle("a" * 40 + "b" * 40, 9) == "aaaa…bbbb"
    assert shorten_middle("short", 9) == "short"


def test_every_metric_is_spelt_and_explained():
    """`balanced_accuracy` is a name for programs."""
    assert LABELS.keys() == MEANINGS.keys()
    assert LABELS.keys() <= METRICS.keys()


def test_a_metric_is_spelt_as_its_place_asks_for():
    """`Holdout Log loss` reads like a title that was cut in two."""
    assert [label_metric("log_loss"), title_metric("log_loss")] == [
        "log loss",
        "Log loss",
    ]
    assert [label_metric("roc_auc"), title_metric("roc_auc")] == ["ROC AUC"] * 2
    assert title_metric("pinball_90") == "pinball_90"
