import math

import pytest
from hydra.core.utils import JobReturn, JobStatus

from sweepkit.evaluation.objective import Objective
from sweepkit.sweep.judging import judge_job, own_scores
from sweepkit.sweep.outcome import State
from sweepkit.sweep.pruning import Pruned


def job(value, status=JobStatus.COMPLETED) -> JobReturn:
    made = JobReturn(status=status)
    made.return_value = value
    return made


def judged(job_return, n_objectives=1, reports=None):
    return judge_job(
        job_return,
        number=7,
        n_objectives=n_objectives,
        metric="rmse",
        reports=reports or {},
        params={"x": 1},
    )


def test_a_number_is_a_result():
    """Any task function may be swept, not only ours."""
    outcome = judged(job(3))

    assert (outcome.state, outcome.values) == (State.COMPLETE, (3.0,))


def test_an_objective_brings_its_folds_along():
    """The record of a trial shows every fold."""
    folds = ({"rmse": 1.0}, {"rmse": 3.0})

    assert judged(job(Objective(2.0, folds))).folds == folds


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -math.inf, None, "much", [1.0, 2.0]],
    ids=["NaN", "infinity", "minus infinity", "nothing", "text", "too many"],
)
def test_what_is_no_finite_number_is_a_failure(value):
    """Infinity would win a maximization, and NaN poison the sampler."""
    outcome = judged(job(value))

    assert outcome.state is State.FAILED
    assert outcome.values == ()
    assert outcome.error


def test_several_objectives_are_counted():
    """A task that returns one of two objectives must not pass for half a success."""
    assert judged(job([1.0, 2.0]), n_objectives=2).values == (1.0, 2.0)
    assert judged(job(1.0), n_objectives=2).state is State.FAILED
    assert judged(job(Objective(1.0, (), (2.0,))), n_objectives=2).values == (1.0, 2.0)


def test_a_failure_keeps_its_cause_in_one_line():
    """Type and message, as a person would say them."""
    outcome = judged(job(ValueError("singular\n  matrix"), JobStatus.FAILED))

    assert outcome.state is State.FAILED
    assert outcome.error == "ValueError: singular matrix"


def test_a_pruned_trial_is_no_failure_and_keeps_its_folds():
    """Half a cross-validation is still worth a look."""
    outcome = judged(job(Pruned(), JobStatus.FAILED), reports={0: 10.0, 1: 15.0})

    assert outcome.state is State.PRUNED
    assert outcome.folds == ({"rmse": 10.0}, {"rmse": 20.0})
    assert outcome.error == ""


def test_own_scores_undo_the_running_mean():
    """What is reported are means; what is recorded are folds."""
    assert own_scores("r2", {0: 1.0, 1: 1.5, 2: 2.0}) == (
        {"r2": 1.0},
        {"r2": 2.0},
        {"r2": 3.0},
    )
