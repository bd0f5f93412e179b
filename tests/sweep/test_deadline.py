"""What becomes of running trials when the time budget is used."""

from types import SimpleNamespace

import optuna
import pytest
from hydra._internal.callbacks import Callbacks
from hydra.core.utils import JobReturn, JobStatus
from hydra.types import HydraContext

from sweepkit.errors import ConfigError
from sweepkit.sweep.agenda import Agenda
from sweepkit.sweep.budget import read_budget
from sweepkit.sweep.clock import Clock
from sweepkit.sweep.costs import Costs
from sweepkit.sweep.launching import run_with
from sweepkit.sweep.listening import Listeners
from sweepkit.sweep.messages import Finished
from sweepkit.sweep.reading import read_space
from sweepkit.sweep.resume import open_memory, owed_trials
from sweepkit.sweep.settings import Objectives
from sweepkit.sweep.stopping import Stopping
from sweepkit.sweep.storage import open_storage
from sweepkit.sweep.trials import SessionTrials


@pytest.fixture
def make_trials(tmp_path):
    """Trials whose time is over when `is_late` says so."""

    def make(is_late):
        memory = open_memory(
            open_storage(f"sqlite:///{tmp_path / 'studies.db'}"),
            "s",
            directions=["minimize"],
            contract={},
            make_sampler=lambda n: optuna.samplers.RandomSampler(seed=n),
            pruner=optuna.pruners.NopPruner(),
        )
        trials = None
        space = read_space({"x": "choice(1,2)"}, [])
        costs = Costs(tmp_path / "costs.json", "s", 6.0, {"s": [0.0]})
        clock = Clock(
            60.0,
            costs,
            began_at=0.0,
            now=lambda: 100.0 if is_late(trials) else 0.0,
        )
        agenda = Agenda(clock, memory, space, "rmse", ("minimize",))
        objectives = Objectives(
            metrics=("rmse",), names=("rmse",), directions=("minimize",)
        )
        listeners = Listeners(HydraContext(None, Callbacks(), ()))
        trials = SessionTrials(
            memory, space, objectives, Stopping(n_trials=9), [], listeners, agenda
        )
        return trials

    return make


def until_one_is_complete(trials):
    return trials is not None and (trials.n_behind or trials.outcomes)


def test_what_runs_at_the_deadline_is_ended_and_owed(make_trials, make_pool):
    """Nobody waits for it; the same command repeats it with another budget."""

    def task(cfg):
        import threading

        if cfg.x == 2:
            threading.Event().wait(60)
            raise RuntimeError("nobody has ended this trial")
        return 0.5

    trials = make_trials(until_one_is_complete)
    for x in (2, 1):
        trials.memory.enqueue({"x": x})
    pool = make_pool(task, n_workers=2)

    run_with(pool, trials, 2)
    trials.memory.give_back()

    assert [outcome.number for outcome in trials.outcomes] == [1]
    assert pool.pids == (), "cores belong to the ending"
    assert trials.agenda.clock.search_ended_at is not None
    again = make_trials(until_one_is_complete)
    assert [trial.params for trial in owed_trials(again.memory)] == [{"x": 2}]


def test_the_first_trial_is_waited_for(make_trials, make_pool):
    """Late is better than nothing, and it is said."""
    trials = make_trials(
        lambda trials: trials is not None and trials.memory.study.trials
    )

    run_with(make_pool(lambda cfg: cfg.y), trials, 1)

    assert [outcome.values for outcome in trials.outcomes] == [(0.5,)]
    assert trials.agenda.is_late


def test_the_ending_is_prepared_while_the_last_trials_run(make_trials):
    """Imports of seconds must not wait until every core is idle."""
    trials = make_trials(lambda _: False)
    heard = []
    trials.listeners._others.append(SimpleNamespace(get_ready=lambda: heard.append(1)))
    job = trials.begin()
    assert trials._left_s() is None, "the first trial is waited for"
    returned = JobReturn(status=JobStatus.COMPLETED)
    returned.return_value = 0.5
    trials.end(job.number, Finished(job.number, returned, 1, 0.0, 1.0))

    assert trials._left_s() == pytest.approx(60 - 1 - 8.0)
    assert heard == []
    trials.agenda.clock.budget_s = 8.5
    assert trials._left_s() == pytest.approx(7.5)
    assert trials._left_s() == pytest.approx(7.5)

    assert heard == [1], "once"


SPACE = {"x": "interval(0,1)"}


@pytest.mark.parametrize("seconds", [0, -3, 4.9, float("inf"), float("nan")])
def test_a_budget_nobody_can_keep_is_refused(seconds):
    """The message says how little is too little."""
    with pytest.raises(ConfigError, match=r"time_budget=.*at least 5 seconds"):
        read_budget({"time_budget": seconds}, read_space(SPACE, []))


def test_several_budgets_are_refused():
    """It is no setting to search."""
    space = read_space(SPACE, ["time_budget=10,20"])

    with pytest.raises(ConfigError, match="several budgets"):
        read_budget({"time_budget": 10.0}, space)


def test_no_budget_is_none():
    """Sweeps without one are as they were."""
    assert read_budget({"time_budget": None}, read_space(SPACE, [])) is None
