"""When a trial is known to whom: sampler, storage, listeners, in this order."""

import time
from dataclasses import dataclass, field

import optuna
import pytest
from hydra._internal.callbacks import Callbacks
from hydra.core.utils import JobReturn, JobStatus
from hydra.types import HydraContext

from sweepkit.errors import NoTrialSucceeded, StoreError
from sweepkit.sweep.listening import Listeners
from sweepkit.sweep.messages import Finished
from sweepkit.sweep.reading import read_space
from sweepkit.sweep.resume import earlier_outcomes, open_memory
from sweepkit.sweep.settings import Objectives
from sweepkit.sweep.stopping import Stopping
from sweepkit.sweep.storage import open_storage
from sweepkit.sweep.trials import SessionTrials


@dataclass
class Recorder:
    """A listener that opens its record when it is told to."""

    is_open: bool = True
    failure: Exception | None = None
    heard: list = field(default_factory=list)

    @property
    def is_ready(self):
        if self.failure is not None:
            raise self.failure
        return self.is_open

    def on_sweep_start(self, plan):
        pass

    def on_trial_end(self, outcome):
        self.heard.append(outcome.number)

    def on_sweep_end(self, result):
        pass


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'studies.db'}"


def opened(url):
    return open_memory(
        open_storage(url),
        "s",
        directions=["minimize"],
        contract={},
        make_sampler=lambda n: optuna.samplers.RandomSampler(seed=n),
        pruner=optuna.pruners.NopPruner(),
    )


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def trials(url, recorder):
    callbacks = Callbacks()
    callbacks.callbacks = [recorder]
    return SessionTrials(
        opened(url),
        read_space({"x": "interval(0,1)"}, []),
        Objectives(metrics=("rmse",), names=("rmse",), directions=("minimize",)),
        Stopping(n_trials=30),
        [],
        Listeners(HydraContext(None, callbacks, ())),
    )


def finished(number, value=1.0):
    job = JobReturn(status=JobStatus.COMPLETED)
    if isinstance(value, Exception):
        job.status = JobStatus.FAILED
    job.return_value = value
    return Finished(number, job, pid=1, started_at=0.0, seconds=1.0)


def run_one(trials, value=1.0):
    job = trials.begin()
    trials.end(job.number, finished(job.number, value))


def durable(url):
    return optuna.load_study(study_name="s", storage=url).trials


def test_the_sampler_knows_a_trial_before_it_is_written(trials, url):
    """The next proposal needs it; the disk can wait until no worker does."""
    run_one(trials)

    assert trials.memory.study.best_value == 1.0
    assert durable(url) == []
    time.sleep(trials.rest_s())  # the moment that the next trial needs its core for
    assert trials.rest_s() == 0.0, "there is something to do"


def test_a_trial_is_told_only_when_it_is_safe(trials, url, recorder):
    """What a listener has heard of is never lost."""
    run_one(trials)

    trials.catch_up()
    assert len(durable(url)) == 1
    trials.catch_up()
    assert [trial.value for trial in durable(url)] == [1.0]
    assert recorder.heard == []
    trials.catch_up()

    assert recorder.heard == [0]
    assert trials.rest_s() is None


def test_who_is_behind_saves_all_at_once(trials, url, recorder):
    """Quick trials leave no quiet moment, and what is not written can be lost."""
    for _ in range(4):
        run_one(trials)

    trials.hurry()

    assert [trial.value for trial in durable(url)] == [1.0] * 4
    assert recorder.heard == [0]


def test_trials_begun_together_are_written_in_order(trials, url):
    """Their numbers are those of the database, whichever ends first."""
    jobs = [trials.begin() for _ in range(3)]
    for job in reversed(jobs):
        trials.end(job.number, finished(job.number, float(job.number)))
    trials.begin()

    trials.finish()

    assert [trial.value for trial in durable(url)] == [0.0, 1.0, 2.0, None]


def test_one_written_whole_comes_back_whole(trials, url):
    """A quick trial may begin and end before its first line."""
    run_one(trials)
    trials.finish()

    assert earlier_outcomes(opened(url)) == tuple(trials.outcomes)


def test_a_record_that_is_not_open_yet_keeps_nobody_waiting(trials, recorder):
    """MLflow takes seconds to import; trials are kept for it."""
    recorder.is_open = False
    for _ in range(5):
        run_one(trials)
        trials.hurry()
    assert recorder.heard == []
    assert 0 < trials.rest_s() < 1, "it is asked again soon"

    recorder.is_open = True
    for _ in range(5):
        trials.catch_up()

    assert recorder.heard == [0, 1, 2, 3, 4]


def test_a_record_that_cannot_be_opened_ends_the_sweep(trials, recorder):
    """Also while nothing ends: the loop looks again and again."""
    recorder.failure = StoreError("nobody listens there")
    trials.begin()
    trials.catch_up()

    with pytest.raises(StoreError, match="nobody listens there"):
        trials.rest_s()


def test_a_stop_repeats_what_was_not_written(trials, url):
    """Ended a moment before Ctrl-C: its number is owed, so nothing is counted twice."""
    trials.begin()
    trials.catch_up()
    trials.end(0, finished(0))

    trials.memory.give_back()

    (trial,) = durable(url)
    assert trial.state.name == "FAIL"
    assert trial.user_attrs["sweepkit:owed"]
    assert trials.outcomes == []


def test_failures_end_the_sweep_without_a_record_too(trials, recorder):
    """A hundred must not fail while MLflow is imported."""
    recorder.is_open = False

    with pytest.raises(NoTrialSucceeded, match="None of 5 trials"):
        for _ in range(10):
            run_one(trials, ValueError("singular"))
            trials.hurry()
