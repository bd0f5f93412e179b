"""A trial of a sweep: the same numbers as a whole run, without the run."""

import pickle

import pytest

from sweepkit.errors import ConfigError
from sweepkit.evaluation.objective import Objective
from sweepkit.training.sweep_trial import run_sweep_trial

SMALL = {
    "linear": [],
    "random_forest": ["model.estimator.n_estimators=5"],
    "gradient_boosting": ["model.estimator.n_estimators=5"],
    "hist_gradient_boosting": ["model.estimator.max_iter=5"],
}


@pytest.mark.parametrize("model", SMALL)
def test_folds_score_to_the_last_digit_as_in_a_single_run(bench, model):
    """Prepared folds are a short cut, not another evaluation."""
    words = [f"model={model}", *SMALL[model]]
    single = bench.train(*words, "registry.publish=false")

    objective = run_sweep_trial(bench.compose(*words), None)

    assert objective == single
    assert len(objective.folds) == 3


def test_prepared_folds_do_not_outlive_their_settings(bench):
    """Other features, inputs or folds must not be served from the shelf."""
    first = run_sweep_trial(bench.compose(), None)
    other = [
        run_sweep_trial(bench.compose(*words), None)
        for words in (
            ["evaluation.n_splits=4"],
            ["seed=7"],
            ["+data.roles.size=ignored"],
            ["model.inputs.scale=false", "model.estimator.alpha=50"],
        )
    ]

    assert len({float(first), *map(float, other)}) == 5
    assert run_sweep_trial(bench.compose(), None) == first


def test_nothing_is_recorded(bench):
    """The sweep's own process keeps the record; folds' predictions stay in a file."""
    objective = run_sweep_trial(bench.compose(), None)

    ids = [e.experiment_id for e in bench.client.search_experiments()]
    assert bench.client.search_runs(ids) == []
    assert [str(path) for path in bench.output.iterdir()] == [objective.kept]


def test_a_second_objective_is_measured_on_one_row(bench):
    """Accuracy has a price in milliseconds, and a sweep may weigh both."""
    objective = run_sweep_trial(
        bench.compose("evaluation.objectives=[rmse,latency_ms]"), None
    )

    assert objective.values[0] == float(objective)
    assert 0 < objective.values[1] < 1000


def test_an_objective_survives_the_way_from_a_worker():
    """It is a float for Hydra, and more for the record."""
    sent = Objective(2.0, ({"rmse": 2.0},), (5.0,))

    got = pickle.loads(pickle.dumps(sent))

    assert (got, got.folds, got.values) == (2.0, sent.folds, (2.0, 5.0))


def test_a_wrong_setting_is_refused_as_in_a_single_run(bench):
    """One message, whichever way the trial was started."""
    with pytest.raises(ConfigError, match="known metrics"):
        run_sweep_trial(bench.compose("evaluation.metric=rsme"), None)
