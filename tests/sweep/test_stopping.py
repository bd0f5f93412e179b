import pytest

from sweepkit.errors import ConfigError, NoTrialSucceeded
from sweepkit.sweep.outcome import Outcome, State
from sweepkit.sweep.stopping import Stopping, trials_since_best


def outcomes(*values):
    """Numbers are complete trials, None a failed one, "pruned" a pruned one."""
    made = []
    for number, value in enumerate(values):
        state = {None: State.FAILED, "pruned": State.PRUNED}.get(value, State.COMPLETE)
        made.append(
            Outcome(
                number=number,
                state=state,
                params={},
                values=(value,) if state is State.COMPLETE else (),
                error="ValueError: singular" if state is State.FAILED else "",
            )
        )
    return made


def test_the_budget_counts_what_runs():
    """Otherwise the last free worker would begin one trial too many."""
    stopping = Stopping(n_trials=3)

    assert not stopping.find_reason(outcomes(1.0), n_running=1)
    assert "budget" in stopping.find_reason(outcomes(1.0), n_running=2)


def test_a_time_out_ends_the_beginning_of_trials():
    """What runs may end; nothing new begins."""
    assert "time-out" in Stopping(n_trials=9, timeout_s=0.0).find_reason([])


@pytest.mark.parametrize(
    ("values", "since"),
    [
        pytest.param([3.0, 1.0, 2.0, 2.0], 2, id="two after the best"),
        pytest.param([3.0, 2.0, 1.0], 0, id="still improving"),
        pytest.param([1.0, "pruned", None], 2, id="pruned and failed count"),
        pytest.param([None, "pruned"], 0, id="nothing to improve on yet"),
    ],
)
def test_patience_counts_from_the_best(values, since):
    """A long run of nothing better is what tells that the search is done."""
    assert trials_since_best(outcomes(*values), "minimize") == since


def test_patience_follows_the_direction():
    """For R2 the largest value is the best one."""
    assert trials_since_best(outcomes(3.0, 1.0), "maximize") == 1


def test_few_failures_are_no_verdict():
    """One broken trial of two is half, and proves nothing."""
    Stopping(n_trials=9, max_failure_rate=0.0).check_failures(outcomes(None, 1.0))


def test_too_many_failures_end_the_sweep_with_their_cause():
    """A night of failures should end in its first minute, and say of what."""
    with pytest.raises(ConfigError, match=r"3 of 5.*singular"):
        Stopping(n_trials=9).check_failures(outcomes(None, None, None, 1.0, 2.0))


def test_if_none_succeeds_the_exit_code_says_so():
    """A scheduler tells a hopeless sweep from a wrong setting."""
    with pytest.raises(NoTrialSucceeded, match="None of 5") as refusal:
        Stopping(n_trials=9).check_failures(outcomes(*[None] * 5))

    assert refusal.value.exit_code == 3


@pytest.mark.parametrize(
    "settings",
    [
        {"n_trials": 0},
        {"n_trials": 1, "patience": 0},
        {"n_trials": 1, "max_failure_rate": 1.5},
    ],
    ids=["no trials", "no patience", "more than all may fail"],
)
def test_impossible_limits_are_refused(settings):
    """The message names the key."""
    with pytest.raises(ConfigError, match=r"hydra\.sweeper\."):
        Stopping(**settings)
