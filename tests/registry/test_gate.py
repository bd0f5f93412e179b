import json
import math
from dataclasses import replace

import pytest

from sweepkit.errors import ConfigError
from sweepkit.evaluation.resampling import Comparison
from sweepkit.evaluation.slices import SliceLoss
from sweepkit.registry.callers import find_break
from sweepkit.registry.gate import Gate, Scorecard, judge
from sweepkit.registry.limits import Findings, Limits
from sweepkit.tracking.columns import Column

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
    ("rules", "settings"),
    [
        (Gate, {"mode": "best"}),
        (Gate, {"mode": False}),
        (Gate, {"min_gain": -0.1}),
        (Gate, {"confidence": 1.0}),
        (Gate, {"confidence": 95}),
        (Limits, {"max_slice_loss": -0.1}),
        (Limits, {"max_latency_ms": math.nan}),
        (Limits, {"max_size_mb": -1}),
        (Limits, {"signature": "same"}),
    ],
)
def test_rules_that_make_no_sense_are_refused_by_their_key(rules, settings):
    """An `off` without quotes in YAML arrives as False."""
    key = "gate" if "mode" in settings else next(iter(settings))

    with pytest.raises(ConfigError, match=rf"registry\.{key} is"):
        rules(**settings)


def compared(candidate=90.0, champion=100.0, low=5.0, high=15.0):
    """What a paired bootstrap says of the two."""
    return Comparison(
        candidate=candidate,
        champion=champion,
        gain=champion - candidate,
        low=low,
        high=high,
        spread=2.5,
        confidence=0.95,
        probability=0.998,
        n_rows=4128,
        n_resamples=2000,
    )


def test_the_reason_says_how_sure_it_is():
    """A person weighs ten percent at even odds otherwise than ten for certain."""
    decision = judge(rival(), CHAMPION, Gate(), comparison=compared())

    assert decision.promote
    assert decision.reason == (
        "holdout_rmse improved by 10.00% (90 against 100): better in 99.8% of 2,000 "
        "resamples, 95% interval +5.00% to +15.00%"
    )


@pytest.mark.parametrize("low", [0.0, -0.1, -math.inf, math.nan])
def test_a_gain_that_may_be_chance_keeps_the_champion(low):
    """However large it looks."""
    decision = judge(rival(), CHAMPION, Gate(), comparison=compared(low=low))

    assert not decision.promote
    assert "may be chance" in decision.reason
    assert "registry.confidence" in decision.reason


def test_scores_on_the_same_rows_count_instead_of_those_on_the_cards():
    """The cards may be of different rows."""
    other = replace(CHAMPION, holdout="others", value=1.0)
    decision = judge(rival(), other, Gate(), comparison=compared())

    assert decision.promote
    assert decision.numbers["champion"] == 100


def test_a_certain_gain_can_still_be_too_small():
    """Certainty is cheap on many rows; a change of model is not."""
    sure = compared(candidate=99.9, low=0.05, high=0.15)

    assert not judge(rival(), CHAMPION, Gate(min_gain=0.01), comparison=sure).promote


LOST = SliceLoss(
    column="town",
    value="a",
    n_rows=300,
    candidate=120.0,
    champion=100.0,
    loss=0.2,
    beyond_chance=True,
)


@pytest.mark.parametrize(
    ("findings", "limits", "said"),
    [
        pytest.param({"floor": 90.0}, {}, "always predicting the median", id="floor"),
        pytest.param(
            {"latency_ms": 80.0},
            {"max_latency_ms": 50},
            "80 ms, more than the 50 ms of registry.max_latency_ms",
            id="latency",
        ),
        pytest.param(
            {"size_mb": 154.3},
            {"max_size_mb": 100},
            "154.3 MB, more than the 100 MB of registry.max_size_mb",
            id="size",
        ),
    ],
)
@pytest.mark.parametrize("champion", [None, CHAMPION], ids=["first", "later"])
def test_what_may_not_serve_is_refused_even_without_a_champion(
    champion, findings, limits, said
):
    """A limit is no trade-off: no gain buys it back."""
    gate = Gate(limits=Limits(**limits))
    decision = judge(rival(), champion, gate, Findings(**findings))

    assert not decision.promote
    assert said in decision.reason
    assert "`registry.gate=off`" in decision.reason
    off = replace(gate, mode="off")
    assert judge(rival(), champion, off, Findings(**findings)).promote


@pytest.mark.parametrize(
    ("findings", "limits"),
    [
        ({"floor": 90.1}, {}),
        ({"latency_ms": 80.0}, {}),
        ({"latency_ms": 50.0}, {"max_latency_ms": 50}),
        ({"size_mb": 154.3}, {}),
        ({"slices": (LOST,)}, {"max_slice_loss": 0.2}),
        ({"slices": (LOST,)}, {"max_slice_loss": None}),
        ({"slices": (replace(LOST, beyond_chance=False),)}, {}),
        ({"break_with_callers": "'a' is new"}, {"signature": "any"}),
    ],
)
def test_what_keeps_to_the_limits_passes(findings, limits):
    """The limit itself is within it, and null is none."""
    gate = Gate(limits=Limits(**limits))

    assert judge(rival(), CHAMPION, gate, Findings(**findings)).promote


def test_the_category_that_pays_is_named():
    """Whoever reads it must know where to look."""
    decision = judge(rival(), CHAMPION, Gate(), Findings(slices=(LOST,)))

    assert not decision.promote
    assert (
        "20.0% worse where town is a (120 against 100 on 300 rows)" in decision.reason
    )


def test_a_break_with_callers_is_named_with_its_key():
    """They would be refused from one reload to the next."""
    findings = Findings(break_with_callers="column 'a' is new and required")
    decision = judge(rival(), CHAMPION, Gate(), findings)

    assert not decision.promote
    assert "column 'a' is new and required" in decision.reason
    assert "`registry.signature=any`" in decision.reason


@pytest.mark.parametrize(
    ("candidate", "breaks"),
    [
        pytest.param([Column("a", "double")], "", id="the same"),
        pytest.param([], "", id="one needed no more"),
        pytest.param([Column("a", "double", False)], "", id="may be blank now"),
        pytest.param(
            [Column("a", "double"), Column("b", "string", False)],
            "",
            id="new, optional",
        ),
        pytest.param([Column("b", "string")], "new and required", id="new, required"),
        pytest.param([Column("a", "string")], "was double and is string", id="kind"),
        pytest.param([Column("c", "double")], "no longer be blank", id="not blank"),
    ],
)
def test_only_what_callers_would_have_to_change_is_a_break(candidate, breaks):
    """A model that asks for less is welcome."""
    champion = [Column("a", "double"), Column("c", "double", False)]
    found = find_break(candidate, champion)

    assert breaks in found
    assert bool(found) == bool(breaks)


def test_a_champion_without_a_signature_breaks_with_nobody():
    """Nothing is known of what its callers send."""
    assert find_break([Column("a", "double")], []) == ""


def test_a_decision_is_strict_json():
    """It becomes a tag and a file that other programs read."""
    decision = judge(
        rival(math.inf),
        CHAMPION,
        Gate(),
        Findings(slices=(LOST,)),
        compared(low=-math.inf),
    )

    read = json.loads(json.dumps(decision.to_dict(), allow_nan=False))
    assert read["numbers"]["comparison"]["low"] is None
    assert read["numbers"]["limits"]["worst_slice"]["value"] == "a"
    assert read["promote"] is False
