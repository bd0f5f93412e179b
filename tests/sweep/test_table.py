"""The end of a sweep tells what it brought, in lines that can be copied."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from sweepkit.sweep.outcome import Outcome, State, SweepPlan, SweepResult
from sweepkit.sweep.standing import Standing
from sweepkit.sweep.summary import describe_gain
from sweepkit.sweep.table import print_sweep_summary
from sweepkit.sweep.wording import (
    compare,
    shorten_names,
    write_command,
    write_difference,
    write_seconds,
    write_setting,
    write_value,
)

RATE, LEAVES = "model.estimator.learning_rate", "model.estimator.num_leaves"


def trial(number, *values, state=State.COMPLETE, **fields):
    given = {
        "params": {RATE: 0.0412345, LEAVES: 8 + number},
        "run_id": f"{number:032x}",
    }
    return Outcome(number=number, state=state, values=values, **(given | fields))


def make(*outcomes, ways=("minimize",), names=("cv_rmse",), **fields):
    standing = Standing(ways)
    for outcome in outcomes:
        standing.add(outcome)
    plan = SweepPlan(
        name="housing",
        storage="sqlite://",
        space={RATE: "interval(0, 1)"},
        directions=ways,
        objectives=names,
        n_trials=30,
        n_workers=2,
        folder=Path.cwd() / "outputs" / "sweep",
    )
    front = tuple(outcome.number for outcome in standing.front)
    given = {"best": standing.best, "front": front, "reason": "the budget is spent"}
    return SweepResult(plan=plan, outcomes=outcomes, **(given | fields))


def show(result, width=80, **notes):
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    print_sweep_summary(result, notes=notes, console=console)
    return console.file.getvalue()


def test_the_best_trials_stand_side_by_side():
    text = show(make(*(trial(i, 40_000.0 + i) for i in range(9)), trial(9, 39_600.0)))
    head = next(line for line in text.splitlines() if "trial" in line and "┃" in line)
    assert [word for word in head.split() if word.isdigit()] == [
        "9",
        "0",
        "1",
        "2",
        "3",
    ]
    assert "39,600" in text and "+1.0 %" in text and "0.04123" in text
    assert "outputs/sweep/<trial>" in text
    assert "\x1b" not in text


def test_the_defaults_are_always_compared():
    defaults = trial(0, 50_000.0, is_default=True)
    text = show(make(defaults, *(trial(i, 40_000.0 + i) for i in range(1, 9))))
    assert "0 defaults" in text


def test_a_narrow_terminal_shows_fewer_trials_rather_than_torn_ones():
    text = show(make(*(trial(i, 40_000.0 + i) for i in range(5))), width=50)
    table = [line for line in text.splitlines() if line[:1] in "┏┃┡│└"]
    assert len(set(map(len, table))) == 1 and len(table[0]) <= 50
    assert "…" not in text


def test_notes_and_the_command_stay_in_one_piece():
    overrides = ("model=x", "model.estimator.note='a b'", f"path={'y' * 120}")
    best = trial(0, 1.0, overrides=overrides)
    text = show(make(best), link="http://127.0.0.1:5000/#/" + "z" * 120)
    assert any(line.endswith("z" * 120) for line in text.splitlines())
    assert any(line.endswith(write_command(best)) for line in text.splitlines())


def test_words_that_a_shell_would_take_apart_are_quoted():
    command = write_command(trial(0, 1.0, overrides=("a=1", "b='x y'", "c=$HOME")))
    assert command == """python train.py a=1 'b='"'"'x y'"'"'' 'c=$HOME'"""


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (
            make(trial(0, 41_087.0, is_default=True), trial(1, 39_800.0)),
            "39,800 against 41,087 (3.1 % better)",
        ),
        (
            make(trial(0, 39_000.0, is_default=True), trial(1, 39_800.0)),
            "tuning did not help: nothing beat the defaults' 39,000",
        ),
        (
            make(trial(0, 39_000.0, is_default=True), trial(1, 39_000.0)),
            "tuning did not help: nothing beat the defaults' 39,000",
        ),
        (
            make(trial(0, state=State.FAILED, is_default=True), trial(1, 1.0)),
            "unknown, as no trial of the defaults is complete",
        ),
        (
            make(
                trial(0, 0.8, is_default=True),
                trial(1, 0.84),
                ways=("maximize",),
                names=("cv_r2",),
            ),
            "0.84000 against 0.80000 (5.0 % better)",
        ),
        (make(), "no trial is complete, so there is nothing to compare"),
    ],
    ids=["better", "worse", "tie", "defaults failed", "maximize", "nothing"],
)
def test_whether_tuning_helped_has_an_answer(result, words):
    assert describe_gain(result) == words


def test_the_front_shows_all_objectives_and_marks_the_chosen():
    pairs = [(3.0, 1.0), (1.0, 3.0), (4.0, 4.0)]
    outcomes = [trial(i, *pair) for i, pair in enumerate(pairs)]
    names = ("cv_rmse", "latency_ms")
    text = show(make(*outcomes, ways=("minimize",) * 2, names=names), width=120)
    assert "1 chosen" in text and "3.0000" in text and "4.0000" not in text
    assert "latency_ms" in text


def test_a_sweep_of_failures_names_the_cause():
    failed = [
        trial(i, state=State.FAILED, error="ValueError: bad\nrow") for i in (0, 1)
    ]
    text = show(make(*failed))
    assert "ValueError: bad row" in text and "2 failed of 30" in text


def test_trials_of_several_models_share_a_table():
    one = trial(0, 1.0, params={"model": "linear", "model.estimator.alpha": 2.0})
    text = show(make(one, trial(1, 2.0)))
    assert "alpha" in text and "num_leaves" in text


def test_names_are_shortened_as_far_as_they_stay_apart():
    names = ["model", "a.b.rate", "c.b.rate", "x.depth", "f:m.e.n", "g:m.e.n", "g:m.q"]
    assert list(shorten_names(names).values()) == [
        "model",
        "a.b.rate",
        "c.b.rate",
        "depth",
        "f:n",
        "g:n",
        "q",
    ]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (write_seconds(0.0), "0.0 s"),
        (write_seconds(9.97), "10 s"),
        (write_seconds(59.7), "1 min"),
        (write_seconds(200), "3 min 20 s"),
        (write_seconds(7_500), "2 h 5 min"),
        (write_value(1_234_567.8), "1,234,568"),
        (write_value(0.8123456), "0.81235"),
        (write_value(float("nan")), "n/a"),
        (write_difference(40_400, 40_000), "+1.0 %"),
        (write_difference(0.8, 1.0), "\N{MINUS SIGN}20 %"),
        (write_difference(0.5, 0.0), "+0.500"),
        (write_difference(1.0, 1.0), ""),
        (compare(1.0, 0.0, "minimize"), "1.0 worse"),
        (compare(2.0, 2.0, "minimize"), "the same"),
        (write_setting(None), "null"),
        (write_setting(True), "true"),
        (write_setting(1), "1"),
        (write_setting(0.00001234567), "1.235e-05"),
    ],
)
def test_numbers_are_written_for_people(shown, expected):
    assert shown == expected
