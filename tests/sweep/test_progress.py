"""A sweep can be watched anywhere, and the terminal is given back whatever happens."""

import io
import logging
from pathlib import Path

import pytest
from rich.console import Console

from sweepkit.sweep.outcome import Outcome, State, SweepPlan, SweepResult
from sweepkit.sweep.progress import SweepDisplay
from sweepkit.sweep.progress_view import render
from sweepkit.sweep.progress_watch import Watch

KEY = "model.estimator.num_leaves"


def plan(**fields):
    given = {
        "name": "housing",
        "storage": "sqlite:///studies.db",
        "space": {KEY: "int(interval(8,64))"},
        "directions": ("minimize",),
        "objectives": ("cv_rmse",),
        "n_trials": 10,
        "n_workers": 2,
        "folder": Path("outputs/sweep"),
    }
    return SweepPlan(**(given | fields))


def trial(number, value=None, state=State.COMPLETE, **fields):
    values = () if value is None else (value,)
    given = {"params": {KEY: 8 + number}, "values": values, "seconds": 2.0}
    return Outcome(number=number, state=state, **(given | fields))


def folds(count):
    return ({"rmse": 1.0},) * count


def result_of(given, *outcomes):
    return SweepResult(plan=given, outcomes=outcomes, best=None, reason="interrupted")


def watch_plainly(given, *outcomes):
    console = Console(file=io.StringIO(), force_terminal=False)
    with SweepDisplay(console) as display:
        display.on_sweep_start(given)
        for outcome in outcomes:
            display.on_running([outcome.number])
            display.on_trial_end(outcome)
        display.on_sweep_end(result_of(given, *outcomes))
    return console.file.getvalue().splitlines()


def terminal(width=100):
    return Console(file=io.StringIO(), force_terminal=True, width=width)


def show(watch, width=100):
    console = Console(file=io.StringIO(), width=width)
    console.print(render(watch))
    return console.file.getvalue()


def test_without_a_terminal_each_trial_is_one_line():
    lines = watch_plainly(plan(), trial(0, 41_000.0), trial(1, 40_912.4))
    assert lines[1:3] == [
        "trial 0  complete  cv_rmse 41,000  best 41,000 (trial 0)  2.0 s  1/10",
        "trial 1  complete  cv_rmse 40,912  best 40,912 (trial 1)  2.0 s  2/10",
    ]
    assert len(lines) == 4


def test_a_pruned_trial_says_after_which_fold():
    lines = watch_plainly(plan(), trial(0, state=State.PRUNED, folds=folds(2)))
    assert "trial 0  pruned after fold 2" in lines[1]


def test_a_cause_of_failure_stays_in_its_line_and_commands_no_terminal():
    """A message may come from anywhere, even from a cell of the table."""
    error = "ValueError: \x1b[31mred\x1b[0m\nsecond line\r\x07"
    lines = watch_plainly(plan(), trial(0, state=State.FAILED, error=error))
    assert len(lines) == 3
    assert "failed: ValueError: [31mred [0m second line" in lines[1]
    assert not any("\x1b" in line or "\x07" in line for line in lines)


def test_the_best_follows_the_direction():
    given = plan(directions=("maximize",), objectives=("cv_r2",))
    lines = watch_plainly(given, trial(0, 0.81), trial(1, 0.80))
    assert "best 0.81000 (trial 0)" in lines[2]


def test_several_objectives_tell_the_size_of_the_front():
    given = plan(directions=("minimize",) * 2, objectives=("cv_rmse", "latency_ms"))
    outcomes = [
        trial(i, values=pair) for i, pair in enumerate([(3, 1), (1, 3), (4, 4)])
    ]
    lines = watch_plainly(given, *outcomes)
    assert "cv_rmse 4.0000, latency_ms 4.0000  front 2 trials" in lines[3]


def test_earlier_sessions_count():
    earlier = (trial(0, 40_000.0), trial(1, 41_000.0))
    lines = watch_plainly(plan(earlier=earlier), trial(2, 42_000.0))
    assert "2 done earlier" in lines[0]
    assert "best 40,000 (trial 0)" in lines[1] and lines[1].endswith("3/10")


def test_a_reader_that_goes_away_does_not_end_the_sweep():
    """`train.py -m ... 2>&1 | head` must not cost the night's work."""

    refused = []

    class Closed(io.StringIO):
        def write(self, text):
            refused.append(text)
            raise BrokenPipeError

    with SweepDisplay(Console(file=Closed(), force_terminal=False)) as display:
        display.on_sweep_start(plan())
        display.on_trial_end(trial(0, 1.0))
        display.on_sweep_end(result_of(plan()))

    assert refused, "it did try to write"


def test_nothing_is_asked_of_a_display_that_was_never_started():
    console = terminal()
    with SweepDisplay(console) as display:
        display.on_running([1])
        display.on_trial_end(trial(0, 1.0))
        display.on_sweep_end(result_of(plan()))

    assert console.file.getvalue() == ""


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_the_terminal_is_given_back_after(error):
    console = terminal()
    with pytest.raises(error), SweepDisplay(console) as display:
        display.on_sweep_start(plan())
        display.on_trial_end(trial(0, 1.0))
        raise error
    assert console._live_stack == []
    shown = console.file.getvalue()
    assert shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l")


def test_the_cursor_is_visible_while_the_display_lives():
    """A process that is ended at once has no time to show it again."""
    console = terminal()
    with SweepDisplay(console) as display:
        display.on_sweep_start(plan())
        shown = console.file.getvalue()
        assert shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l")


def test_a_display_that_ended_leaves_nothing_behind():
    """The summary says the same and more; errors keep the last state on screen."""
    console = terminal()
    with SweepDisplay(console) as display:
        display.on_sweep_start(plan())
        display.on_sweep_end(result_of(plan()))
        assert console.file.getvalue().endswith("\x1b[2K")


def test_a_dumb_terminal_gets_lines(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    console = terminal()
    with SweepDisplay(console) as display:
        display.on_sweep_start(plan())
        display.on_trial_end(trial(0, 1.0))
    assert "\x1b" not in console.file.getvalue()


def test_a_forced_colour_does_not_make_a_file_a_terminal(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    with SweepDisplay() as display:
        display.on_sweep_start(plan())
    assert "\x1b" not in capsys.readouterr().err


def test_the_live_view_shows_all_that_matters():
    watch = Watch(plan(earlier=()), lambda: 0.0)
    watch.add(trial(0, 41_000.0, is_default=True, folds=folds(5)))
    watch.add(trial(1, 40_000.0, folds=folds(5)))
    watch.add(trial(2, state=State.PRUNED, folds=folds(1)))
    watch.add(trial(3, state=State.FAILED, error="ValueError: [bold]no[/bold]"))
    watch.run([4, 5])
    text = show(watch)
    for words in (
        "4/10",
        "cv_rmse 40,000  trial 1  2.4 % better than the defaults",
        "2 complete, 1 pruned, 1 failed",
        "pruning saved about 8.0 s",
        "trial 4, 5",
        "pruned after fold 1",
        "ValueError: [bold]no[/bold]",
        "num_leaves=9",
        "the model's own defaults",
    ):
        assert words in text


def test_the_live_view_fits_a_narrow_terminal():
    watch = Watch(plan(), lambda: 0.0)
    watch.add(trial(0, 41_000.0, params={KEY: "x" * 200}))
    assert max(map(len, show(watch, width=44).splitlines())) <= 44


def test_time_left_counts_workers_and_what_runs_already():
    now = [0.0]
    watch = Watch(plan(n_trials=5), lambda: now[0])
    assert watch.seconds_left() is None
    watch.add(trial(0, 1.0, seconds=10.0))
    assert watch.seconds_left() == 20.0
    watch.run([1, 2])
    now[0] = 4.0
    assert watch.seconds_left() == 16.0
    now[0] = 1_000.0
    assert watch.seconds_left() == 10.0


def test_time_left_is_zero_when_the_budget_is_spent():
    watch = Watch(plan(n_trials=1), lambda: 0.0)
    watch.add(trial(0, 1.0))
    assert watch.seconds_left() == 0.0
    assert "ending" in show(watch)


def test_log_handlers_get_their_stream_back():
    """Hydra's console handler lives on after the sweep."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger("sweepkit.test").addHandler(handler)
    with SweepDisplay(terminal()) as display:
        display.on_sweep_start(plan())
    logging.getLogger("sweepkit.test").removeHandler(handler)
    assert handler.stream is stream
