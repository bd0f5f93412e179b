"""`time_budget=...` as a person meets it; how well it is kept is measured elsewhere."""

from pathlib import Path

import optuna
import pytest
from mlflow import MlflowClient

pytestmark = pytest.mark.slow

SMALL = ("data=csv", "data.path=table.csv", "data.target=y", "evaluation.n_splits=3")
SEARCH = ("-m", *SMALL, "hparams_search=optuna_all", "model=linear,gradient_boosting")


def trials_of(folder: Path) -> list[optuna.trial.FrozenTrial]:
    url = f"sqlite:///{folder / 'outputs' / 'studies.db'}"
    (name,) = optuna.get_all_study_names(url)
    return optuna.load_study(study_name=name, storage=url).trials


def test_a_budget_ends_the_search_and_the_best_is_registered(train_py, workplace):
    """The time is the only limit; the same command again has it once more."""
    done = train_py(*SEARCH, "time_budget=12")

    assert done.returncode == 0, done.stderr
    assert "time budget of 12 s" in done.stdout
    trials = trials_of(workplace)
    attributes = [trial.user_attrs for trial in trials]
    assert attributes[0]["sweepkit:point"].startswith("quick")
    assert sum(trial.state.name == "RUNNING" for trial in trials) == 0
    client = MlflowClient(*[f"sqlite:///{workplace / 'mlflow.db'}"] * 2)
    assert len(list(client.search_model_versions())) == 1

    again = train_py(*SEARCH, "time_budget=6", "registry.publish=false")

    assert again.returncode == 0, again.stderr
    assert "done earlier" in again.stderr, "it is the same study"
    assert len(trials_of(workplace)) >= len(trials)


def test_a_budget_without_a_search_is_refused_with_the_hint(train_py):
    """One model would be trained, however long that takes."""
    done = train_py(*SMALL, "time_budget=60")

    assert done.returncode == 2
    assert "-m hparams_search=optuna_all time_budget=60" in done.stderr


def test_a_budget_nobody_can_keep_is_refused(train_py, workplace):
    """Before a worker or a study is made."""
    done = train_py(*SEARCH, "time_budget=-1")

    assert done.returncode == 2
    assert "at least 5 seconds" in done.stderr
    assert not (workplace / "outputs" / "studies.db").exists()
