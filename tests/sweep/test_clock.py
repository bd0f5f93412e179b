"""How much of a time budget is left, foreseen from what was seen."""

import json
import logging
import subprocess
import sys
import time

import pytest

from sweepkit.sweep.clock import Clock
from sweepkit.sweep.costs import FILE_NAME, Costs, usual_rest_s
from sweepkit.sweep.outcome import Outcome, State


class Hands:
    """A clock that a test moves."""

    def __init__(self):
        self.time = 100.0

    def __call__(self):
        return self.time


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def make_clock(tmp_path, hands):
    def make(budget_s=60.0, **settings):
        costs = Costs.read(tmp_path, "study", 60.0)
        return Clock(budget_s, costs, began_at=100.0, now=hands, **settings)

    return make


def complete(number, value, seconds, n_folds=5):
    return Outcome(
        number=number,
        state=State.COMPLETE,
        params={},
        values=(value,),
        seconds=seconds,
        folds=({"rmse": value},) * n_folds,
    )


def test_time_counts_from_the_start_of_the_process():
    """Seconds of imports belong to what a person waits for."""
    script = (
        "import time; first = time.monotonic()\n"
        "from sweepkit.sweep.clock import process_start\n"
        "print(process_start(), first)"
    )
    before = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    began, first = map(float, done.stdout.split())

    tick_s = 0.02  # the system counts in hundredths
    assert before - tick_s <= began <= first + tick_s


def test_the_search_leaves_time_for_the_ending(make_clock, hands):
    """Refit and registering belong to the budget."""
    clock = make_clock(has_ensemble=False)
    clock.expect([complete(0, 1.0, seconds=8.0)])
    hands.time += 10

    assert clock.left_s() == pytest.approx(50.0)
    assert clock.refit_s == pytest.approx(2.0), "five folds are four whole fits"
    assert clock.search_left_s() == pytest.approx(50.0 - 2.0 - usual_rest_s(60))


def test_the_refit_of_the_best_trial_is_what_counts(make_clock):
    """A slow trial that lost costs nothing; `maximize` ranks the other way round."""
    outcomes = [complete(0, 1.0, seconds=8.0), complete(1, 2.0, seconds=80.0)]

    least, most = make_clock(has_ensemble=False), make_clock(has_ensemble=False)
    most.directions = ("maximize",)
    least.expect(outcomes)
    most.expect(outcomes)

    assert (least.refit_s, most.refit_s) == pytest.approx((2.0, 20.0))


def test_members_of_an_ensemble_are_foreseen_within_a_share(make_clock):
    """Many members must not eat the search; one costly best must be fitted anyhow."""
    few = make_clock()
    few.expect([complete(n, float(n), seconds=4.0) for n in range(3)])
    many = make_clock()
    many.expect([complete(n, float(n), seconds=40.0) for n in range(6)])

    assert few.refit_s == pytest.approx(3.0)
    assert many.refit_s == pytest.approx(10.0), "the best alone"


def test_nothing_is_over_before_a_trial_is_complete(make_clock, hands):
    """A best so far is what a person gets, however short the time was."""
    clock = make_clock()
    hands.time += 100

    assert not clock.is_over([])
    assert clock.is_over([complete(0, 1.0, seconds=9.0)])


def test_what_an_ending_cost_is_foreseen_the_next_time(make_clock, hands, tmp_path):
    """The first sweep on a machine teaches all later ones."""
    clock = make_clock()
    hands.time += 40
    clock.end_search()
    hands.time += 12
    clock.end_search()  # the first time counts
    clock.learn(refitted_s=3.0)

    assert "52.0 s in all" in clock.describe()
    assert Costs.read(tmp_path, "study", 60.0).rest_s == pytest.approx(10.2, rel=1e-3)
    assert Costs.read(tmp_path, "another", 60.0).rest_s == pytest.approx(10.2, rel=1e-3)


def test_one_slow_ending_is_not_the_rule(tmp_path):
    """A busy minute must not shorten the searches of a week."""
    costs = Costs.read(tmp_path, "study", 60.0)
    for seconds in (4.0, 90.0, 5.0, 4.5):
        costs.add(seconds)

    assert Costs.read(tmp_path, "study", 60.0).rest_s == pytest.approx(4.75, rel=1e-3)


def test_time_for_the_refit_does_not_shrink_while_a_report_is_drawn(make_clock, hands):
    """What the rest takes has its own share."""
    clock = make_clock()
    hands.time += 45
    clock.end_search()
    before = clock.for_refit_s()
    hands.time += 3

    assert clock.for_refit_s() == before == pytest.approx(15.0 - usual_rest_s(60))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"rest": 3}', '{"rest": {"a": [-1]}}', '{"rest": {"a": 1}}'],
    ids=["empty", "half", "list", "no mapping", "negative", "no list"],
)
def test_a_file_that_makes_no_sense_is_ignored_and_that_said(tmp_path, caplog, text):
    """It only foretells; no sweep may fail of it."""
    (tmp_path / FILE_NAME).write_text(text)

    with caplog.at_level(logging.WARNING):
        costs = Costs.read(tmp_path, "study", 60.0)

    assert costs.rest_s == usual_rest_s(60)
    assert FILE_NAME in caplog.text
    costs.add(5.0)
    assert json.loads((tmp_path / FILE_NAME).read_text()) == {
        "rest": {"study": [pytest.approx(5.0 / usual_rest_s(60), rel=1e-3)]}
    }


def test_a_process_that_has_lived_on_has_its_whole_budget(make_clock, hands):
    """In a notebook the start of the process is no start of the command."""
    hands.time += 1000

    assert make_clock().left_s() == 60.0
