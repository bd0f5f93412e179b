import math
from dataclasses import replace

import pytest

from sweepkit.errors import ConfigError
from sweepkit.registry.gate import Gate, Scorecard, judge

CHAMPION = Scorecard(
    metric="holdout_rmse", value=100.0, direction="minimize", holdout="rows"
)


def rival(value=90.0, **changes):
    """Return a scorecard that passes unless a test says otherwise."""
    return replace(CHAMPION, value=value, **changes)


@pytest.mark.parametrize(
    ("value", "promoted"),
    [
        pytest.param(98.0, True, id="above the required gain"),
        pytest.param(99.0, True, id="exactly the required gain"),
        pytest.param(99.5, False, id="better, but by too little"),
        pytest.param(100.0, False, id="a tie"),
        pytest.param(101.0, False, id="worse"),
    ],
)
def test_promotes_on_relative_gain(value, promoted):
    """One percent is the line, and the line itself is a pass."""
    assert judge(rival(value), CHAMPION, Gate(min_gain=0.01)).promote is promoted


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_a_tie_keeps_the_champion_without_any_required_gain(direction):
    """The same model published twice must not change what is served."""
    champion = replace(CHAMPION, direction=direction)

    assert not judge(champion, champion, Gate()).promote


@pytest.mark.parametrize(
    ("value", "promoted"), [(0.9, True), (0.8, False), (0.7, False), (-1.0, False)]
)
def test_more_is_better_where_the_metric_says_so(value, promoted):
    """R2 grows as models improve."""
    champion = Scorecard(
        metric="holdout_r2", value=0.8, direction="maximize", holdout="rows"
    )

    assert judge(replace(champion, value=value), champion, Gate()).promote is promoted


@pytest.mark.parametrize(
    ("candidate", "champion", "promoted"),
    [
        pytest.param(0.1, 0.0, True, id="better than zero"),
        pytest.param(-0.1, 0.0, False, id="worse than zero"),
        pytest.param(-0.1, -0.2, True, id="better among negatives"),
        pytest.param(-0.3, -0.2, False, id="worse among negatives"),
        pytest.param(0.5, math.nan, True, id="champion without a value"),
    ],
)
def test_gains_are_right_where_a_ratio_is_not(candidate, champion, promoted):
    """R2 may be zero or negative, and 1 - a/b then means the opposite."""
    old = Scorecard(metric="r2", value=champion, direction="maximize", holdout="rows")

    assert judge(replace(old, value=candidate), old, Gate()).promote is promoted


def test_first_candidate_needs_no_rival():
    """An empty registry must not block the first deployment."""
    assert judge(rival(), None, Gate(min_gain=0.5)).promote


@pytest.mark.parametrize("champion", [None, CHAMPION], ids=["first", "later"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_score_that_is_no_number_is_refused(value, champion):
    """Minus infinity would otherwise win for ever."""
    assert not judge(rival(value), champion, Gate()).promote


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"holdout": "others"}, id="other rows"),
        pytest.param({"metric": "holdout_mae"}, id="other metric"),
        pytest.param({"direction": "maximize"}, id="other direction"),
    ],
)
def test_what_cannot_be_compared_keeps_the_champion_and_says_the_way_out(changes):
    """A lower RMSE on easier rows proves nothing."""
    decision = judge(rival(1.0, **changes), CHAMPION, Gate())

    assert not decision.promote
    assert "`registry.gate=off`" in decision.reason


def test_a_gate_that_is_off_lets_everything_pass():
    """The person has decided already."""
    decision = judge(rival(math.nan, holdout="others"), CHAMPION, Gate(mode="off"))

    assert decision.promote


def test_the_reason_names_both_values():
    """It is read a year later, without the run at hand."""
    decision = judge(rival(90.0), CHAMPION, Gate())

    assert decision.reason == "holdout_rmse improved by 10.00% (90 against 100)"


@pytest.mark.parametrize(
    "settings", [{"mode": "best"}, {"mode": False}, {"min_gain": -0.1}]
)
def test_rules_that_make_no_sense_are_refused_by_their_key(settings):
    """An `off` without quotes in YAML arrives as False."""
    with pytest.raises(ConfigError, match=r"registry\.(gate|min_gain) is"):
        Gate(**settings)
