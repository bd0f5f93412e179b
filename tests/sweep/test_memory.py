"""The study survives its process: asked, told, closed, opened again."""

import os

import optuna
import pytest
from optuna.trial import TrialState

from sweepkit.errors import ConfigError, StudyLocked
from sweepkit.sweep.outcome import Outcome, State
from sweepkit.sweep.queue import queue_defaults, queue_grid, queue_owed
from sweepkit.sweep.reading import read_space
from sweepkit.sweep.resume import (
    difference,
    earlier_outcomes,
    lock_study,
    open_memory,
    owed_trials,
)
from sweepkit.sweep.storage import open_storage

CONTRACT = {"space": {"x": "interval(0,1)"}, "table": "abc"}


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'deep' / 'studies.db'}"


def opened(url, contract=CONTRACT, directions=("minimize",), pruner=None):
    return open_memory(
        open_storage(url),
        "s",
        directions=directions,
        contract=contract,
        make_sampler=lambda n: optuna.samplers.RandomSampler(seed=n),
        pruner=pruner or optuna.pruners.NopPruner(),
    )


def suggest(trial):
    return {"x": trial.suggest_float("x", 0, 1)}


def begin(memory) -> int:
    trial, _ = memory.ask(suggest)
    memory.keep(trial.number)
    return trial.number


def begin_params(memory):
    number = begin(memory)
    return memory.study.trials[number].params


def outcome(number, state=State.COMPLETE, value=1.0, **known):
    values = (value,) if state is State.COMPLETE else ()
    return Outcome(
        number=number, state=state, params={"x": 0.5}, values=values, **known
    )


def states(url):
    study = optuna.load_study(study_name="s", storage=url)
    return [trial.state for trial in study.trials]


def test_every_ended_trial_is_in_the_database(url):
    """What was told may be read by the dashboard, and by the next session."""
    memory = opened(url)
    for state in (State.COMPLETE, State.PRUNED, State.FAILED):
        number = begin(memory)
        memory.report(number, 0, 2.0)
        memory.tell(outcome(number, state))

    assert states(url) == [TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL]
    study = optuna.load_study(study_name="s", storage=url)
    assert study.trials[1].intermediate_values == {0: 2.0}


def test_outcomes_come_back_whole(url):
    """Folds, times and words of a trial are needed for the record in the end."""
    memory = opened(url)
    told = outcome(
        begin(memory),
        folds=({"rmse": 1.0},),
        overrides=("x=0.5",),
        seconds=1.5,
        worker=42,
        is_default=True,
    )
    memory.tell(told)

    assert earlier_outcomes(opened(url)) == (told,)


def test_a_session_that_died_owes_its_running_trials(url):
    """Their parameters are repeated by the next one, exactly once."""
    first = opened(url)
    first.tell(outcome(begin(first)))
    begin(first)
    x = first.study.trials[1].params["x"]

    second = opened(url)  # as after kill -9: nothing was told
    assert [trial.number for trial in owed_trials(second)] == [1]
    assert queue_owed(second) == 1
    number = begin(second)
    assert second.study.trials[number].params["x"] == x
    second.tell(outcome(number))

    assert owed_trials(opened(url)) == []
    assert len(earlier_outcomes(opened(url))) == 2


def test_an_interrupted_session_gives_its_trials_back(url):
    """Ctrl-C is no result: what ran is owed, and nothing stays RUNNING."""
    memory = opened(url)
    begin(memory)
    memory.give_back()

    assert states(url) == [TrialState.FAIL]
    assert len(owed_trials(opened(url))) == 1


def test_numbers_stay_equal_in_both_memories(url):
    """The number is the folder's and the run's name."""
    first = opened(url)
    numbers = [begin(first) for _ in range(3)]
    for number in reversed(numbers):
        first.tell(outcome(number, value=float(number)))

    second = opened(url)
    assert begin(second) == 3
    assert [t.value for t in second.study.trials[:3]] == [0.0, 1.0, 2.0]


def test_a_resumed_sampler_does_not_repeat_itself(url):
    """A seed alone would propose the same points again."""
    first = opened(url)
    for _ in range(3):
        first.tell(outcome(begin(first)))
    second = opened(url)
    for _ in range(3):
        second.tell(outcome(begin(second)))

    xs = [trial.params["x"] for trial in second.study.trials]
    assert len(set(xs)) == 6


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"contract": {**CONTRACT, "table": "xyz"}}, "table was 'abc' and is 'xyz'"),
        ({"contract": {**CONTRACT, "space": {}}}, r"space\.x was"),
        ({"directions": ("maximize",)}, "directions was"),
    ],
    ids=["table", "space", "direction"],
)
def test_a_changed_sweep_is_refused_with_the_difference(url, changes, said):
    """Numbers from two tables do not compare, whatever the study is called."""
    opened(url)

    with pytest.raises(ConfigError, match=said) as refusal:
        opened(url, **changes)

    assert "hydra.sweeper.study_name" in str(refusal.value)


def test_a_study_has_one_process(tmp_path):
    """Two would write over each other's trials."""
    with (
        lock_study(tmp_path, "a/b"),
        pytest.raises(StudyLocked, match=r"Process \d+ works on study 'a/b'"),
        lock_study(tmp_path, "a/b"),
    ):
        raise AssertionError("the second must not get in")


def test_a_lock_is_gone_with_its_holder(tmp_path):
    """A crashed sweep must not lock its study for ever."""
    for _ in range(2):
        with lock_study(tmp_path, "s"):
            assert (tmp_path / "s.pid").read_text() == str(os.getpid())
        assert not (tmp_path / "s.pid").exists()


def test_the_defaults_are_trial_0_and_only_that(url):
    """A resumed study has compared with them already."""
    memory = opened(url)
    queue_defaults(memory, read_space({"x": "interval(0,1)"}, []), {"x": 0.25})
    number = begin(memory)
    assert memory.study.trials[number].params == {"x": 0.25}
    memory.tell(outcome(number))

    again = opened(url)
    queue_defaults(again, read_space({"x": "interval(0,1)"}, []), {"x": 0.25})
    assert begin_params(again) != {"x": 0.25}


def test_a_grid_is_covered_once_over_all_sessions(url):
    """Resuming goes on with the combinations that are missing."""
    grid = [{"x": 0.0}, {"x": 0.5}, {"x": 1.0}]
    first = opened(url)
    queue_grid(first, grid)
    first.tell(outcome(begin(first)))
    begin(first)

    second = opened(url)
    queue_owed(second)
    queue_grid(second, grid)
    seen = [begin_params(second)["x"] for _ in range(2)]
    assert seen == [0.5, 1.0]


@pytest.mark.parametrize(
    ("pruner", "prunes"),
    [
        (optuna.pruners.NopPruner(), False),
        (optuna.pruners.MedianPruner(n_startup_trials=2, n_warmup_steps=0), True),
        (optuna.pruners.WilcoxonPruner(p_threshold=0.3), True),
    ],
    ids=["none", "median", "wilcoxon"],
)
def test_a_hopeless_trial_is_pruned(url, pruner, prunes):
    """Three good trials, then one that is ten times worse in every fold."""
    memory = opened(url, pruner=pruner)
    for value in (1.0, 1.1, 1.2):
        number = begin(memory)
        for step in range(5):
            memory.report(number, step, value)
        memory.tell(outcome(number, value=value))

    number = begin(memory)
    verdicts = [memory.report(number, step, 10.0) for step in range(5)]

    assert any(verdicts) is prunes


def test_difference_names_the_path_and_both_values():
    """A person sees at once what to put back."""
    before, now = {"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}, "d": None}

    assert difference(before, now) == ["a.c was 2 and is 3"]


def test_an_address_that_is_none_is_refused():
    """The key is named, and no secret repeated."""
    with pytest.raises(ConfigError, match=r"hydra\.sweeper\.storage"):
        open_storage("studies.db")
