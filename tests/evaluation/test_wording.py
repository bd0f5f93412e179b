"""Scores read the same on the terminal, in figures and in the report."""

from dataclasses import replace

import numpy as np
import pytest

from sweepkit.errors import ConfigError
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.wording import (
    format_number,
    format_score,
    format_spread,
    shorten_middle,
    write_headline,
)

JUDGEMENT = Judgement(
    model="gradient_boosting",
    table="california_housing",
    target="median_house_value",
    target_unit="US dollars",
    metric="rmse",
    folds=(),
    holdout={"rmse": 42_154.0, "mae": 27_912.0},
    floor={"rmse": 117_311.0, "mae": 88_012.0},
    actual=np.array([1.0, 2.0]),
    predicted=np.array([1.0, 2.0]),
    n_train=10,
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


def test_the_headline_states_the_verdict_in_plain_words():
    """It is the one sentence that everybody reads."""
    assert write_headline(JUDGEMENT) == (
        "gradient_boosting predicts median_house_value within 27,900 US dollars on "
        "average on rows it never saw; the constant median is off by 88,000."
    )


def test_the_headline_does_not_praise_a_model_at_the_floor():
    """The dummy model predicts the constant median itself."""
    dummy = replace(JUDGEMENT, model="dummy", holdout=JUDGEMENT.floor)
    assert "dummy does not beat a constant guess" in write_headline(dummy)


def test_the_headline_falls_back_to_the_selecting_metric():
    """The mean absolute error need not be among the scores."""
    bare = replace(JUDGEMENT, holdout={"rmse": 42_154.0}, floor={"rmse": 117_311.0})
    assert "reaches RMSE 42,200 US dollars" in write_headline(bare)
