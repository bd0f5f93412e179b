"""The guide's own model, metric, source and feature step, walked in this process."""

import sys

import mlflow
import numpy as np
import pandas as pd
import pytest

from sweepkit.cli.commands import app
from sweepkit.cli.composing import composed
from sweepkit.errors import ConfigError
from sweepkit.evaluation.metrics import METRICS
from sweepkit.exits import run_command
from sweepkit.training import train

TRUST = ("--trust", "clinic.*")
QUICK = (
    "experiment=clinic",
    "evaluation.n_splits=2",
    "evaluation.importance.repeats=1",
    "model.estimator.n_estimators=20",
)


@pytest.fixture
def here(clinic, monkeypatch):
    """In the example's folder, and nothing of it is left behind."""
    monkeypatch.chdir(clinic)
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = dict(METRICS)
    yield clinic
    METRICS.clear()
    METRICS.update(before)
    for name in [name for name in sys.modules if name.split(".")[0] == "clinic"]:
        del sys.modules[name]


def train_here(*words: str) -> float:
    with composed([*QUICK, *words], trust=["clinic.*"]) as cfg:
        return train(cfg)


def sweepkit(*words: str) -> int:
    with pytest.raises(SystemExit) as stop:
        run_command(lambda: app(list(words)), words)
    return int(stop.value.code or 0)


def test_all_four_are_trained_with_registered_and_used(here, capsys):
    """One walk: the score is one's own, and the saved model is the trained one."""
    score = train_here()
    assert 0 < score < 32.9  # that of the constant median

    assert sweepkit("show", "champion", "experiment=clinic") == 0
    assert "holdout_pinball" in capsys.readouterr().out
    assert sweepkit("reproduce", "champion", "experiment=clinic", *TRUST) == 0

    scored = ("--input", "new.csv", "--output", "scored.csv")
    assert sweepkit("predict", *scored, "data=patients", "serving=clinic") == 0
    rows = pd.read_csv(here / "new.csv", dtype="float64")
    mlflow.set_registry_uri(f"sqlite:///{here / 'mlflow.db'}")
    mlflow.set_tracking_uri(f"sqlite:///{here / 'mlflow.db'}")
    model = mlflow.sklearn.load_model("models:/patients_predictor@champion")
    np.testing.assert_array_equal(
        pd.read_csv(here / "scored.csv")["predicted_target"], model.predict(rows)
    )
    names = [str(name) for name in model[:-1].get_feature_names_out()]
    assert "bmi_from_typical" in names


def test_nothing_of_it_is_run_unless_it_is_trusted(here):
    """A conf/ that came from elsewhere must not import what it names."""
    for words in (["experiment=clinic"], ["data=patients", "task=auto"]):
        with (
            pytest.raises(ConfigError, match=r"--trust 'clinic\.\*'"),
            composed(words) as cfg,
        ):
            train(cfg)
    assert "clinic" not in sys.modules


def test_a_model_for_one_task_says_which_class_it_lacks(here):
    """Its file names no classifier, and the table has classes."""
    labels = "".join(f"{i},{'no' if i % 3 else 'yes'}\n" for i in range(60))
    (here / "labels.csv").write_text("x,y\n" + labels)

    words = ["data=csv", "data.path=labels.csv", "data.target=y"]
    with (
        pytest.raises(ConfigError, match=r"model=quantile_trees has no classifier"),
        composed([*words, "model=quantile_trees"], trust=["clinic.*"]) as cfg,
    ):
        train(cfg)


def test_a_model_file_with_a_class_that_is_not_listed_is_not_loaded(here, capsys):
    """To trust a package's code is not to trust a file that says it needs it."""
    train_here()

    scored = ("--input", "new.csv", "--output", "scored.csv")
    assert sweepkit("predict", *scored, "data=patients") == 2
    said = capsys.readouterr().err
    assert "clinic.models.QuantileTrees" in said
    assert not (here / "scored.csv").exists()
