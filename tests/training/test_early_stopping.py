"""Trees are as many as the folds agree on, in single runs and in sweeps alike."""

import mlflow
import pytest

from sweepkit.errors import ConfigError
from sweepkit.training.sweep_trial import run_sweep_trial

NAME = "houses_predictor"
BOOSTED = (
    "model=gradient_boosting",
    "model.estimator.n_estimators=150",
    "model.estimator.learning_rate=0.3",
    "model.estimator.min_child_samples=5",
    "model.early_stopping=10",
)


def test_the_last_fit_has_as_many_trees_as_the_folds_agreed_on(bench):
    """On 96 rows 150 trees are far too many; the folds show it."""
    objective = run_sweep_trial(bench.compose(*BOOSTED), None)
    single = bench.train(*BOOSTED)

    model = mlflow.sklearn.load_model(f"models:/{NAME}/1")
    assert 0 < objective.rounds < 150
    assert model[-1].estimator_.booster_.num_trees() == objective.rounds
    assert objective == single


def test_without_it_all_trees_are_fitted(bench):
    """A number of trees that was typed can be insisted on."""
    words = ("model.early_stopping=null", "model.estimator.n_estimators=12")
    objective = run_sweep_trial(bench.compose(*BOOSTED, *words), None)
    bench.train(*BOOSTED, *words)

    model = mlflow.sklearn.load_model(f"models:/{NAME}/1")
    assert objective.rounds is None
    assert model[-1].estimator_.booster_.num_trees() == 12


@pytest.mark.parametrize("model", ["linear", "random_forest"])
def test_a_model_that_cannot_stop_is_refused_before_anything_is_fitted(bench, model):
    """The key must not seem to work."""
    with pytest.raises(ConfigError, match=r"model\.early_stopping=null"):
        bench.train(f"model={model}", "model.early_stopping=10")


def test_classes_stop_early_too(bench):
    """Their loss is watched, whatever metric judges them."""
    words = ("data.target=garden", "task=binary", "+data.roles.price=ignored")
    objective = run_sweep_trial(bench.compose(*BOOSTED, *words), None)

    assert 0 < objective.rounds < 150
