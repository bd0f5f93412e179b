"""Commands on a registered classifier of three labels."""

import csv
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sweepkit.cli import reproducing
from sweepkit.cli.commands import app
from sweepkit.cli.composing import composed
from sweepkit.cli.rebuilt import Outcome
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.predicted import Predicted
from sweepkit.exits import run_command
from sweepkit.training import train

CONF = Path(__file__).parents[2] / "conf"
WORDS = ("data=csv", "data.path=flowers.csv", "data.target=kind")
LABELS = ["rose", "weed", "öl"]


def write_table(path: Path, n: int = 240) -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(n, 3)).round(3), columns=["a", "b", "c"])
    codes = np.argmax(table.to_numpy() + 0.3 * rng.normal(size=(n, 3)), axis=1)
    table["town"] = rng.choice(["x", "y"], n)
    table["kind"] = np.array(LABELS)[codes]
    table.to_csv(path, index=False)


@pytest.fixture(scope="module")
def flowers(tmp_path_factory, mlflow_template):
    """A project whose first version knows little and whose second is the champion."""
    folder = tmp_path_factory.mktemp("flowers")
    shutil.copy(mlflow_template, folder / "mlflow.db")
    write_table(folder / "flowers.csv")
    before = Path.cwd()
    os.chdir(folder)
    try:
        for alpha in (1000, 1):
            words = [*WORDS, "model=linear", f"model.estimator.alpha={alpha}"]
            with composed([*words, "evaluation.n_splits=2"], CONF) as cfg:
                train(cfg)
        yield folder
    finally:
        os.chdir(before)


@pytest.fixture
def type_words(flowers, monkeypatch, capsys):
    """Type a command in the project's folder; its exit code and what it printed."""
    monkeypatch.chdir(flowers)

    def type_them(command, *words):
        arguments = [command, "--conf", str(CONF), *words, *WORDS]
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            run_command(lambda: app(arguments), arguments)
        printed = capsys.readouterr()
        return stop.value.code, printed.out, printed.err

    return type_them


def test_a_version_shows_its_task_and_labels(type_words):
    """Whoever calls it must know what it answers."""
    code, out, _ = type_words("show", "champion", "--json")

    assert code == 0
    shown = json.loads(out)
    assert (shown["task"], shown["classes"]) == ("multiclass", LABELS)
    assert {"holdout_log_loss", "cv_f1"} <= shown["metrics"].keys()
    assert "rose, weed, öl" in type_words("show", "champion")[1]


def test_two_classifiers_are_compared_by_the_score_of_their_task(type_words):
    """Chance explains much on 48 rows, and is asked."""
    code, out, _ = type_words("compare", "1", "2", "--json")

    assert code == 0
    test = json.loads(out)["test"]
    assert test["metric"] == "log_loss"
    assert test["gain"] > 0
    assert test["low"] < test["gain"] < test["high"]


def test_a_classifier_is_made_again_to_the_last_digit(type_words):
    """Its probabilities, not only its labels."""
    code, out, err = type_words("reproduce", "champion", "--json")

    assert code == 0, err
    made = json.loads(out)
    assert made["equal"] and made["largest_difference"] == 0
    assert "holdout_calibration_error" in made["metrics"]


def test_the_gate_is_asked_again_before_a_promotion(type_words):
    """By the same score as after training."""
    code, _, err = type_words("promote", "1")

    assert code == 2
    assert "holdout_log_loss is worse than the champion's" in err


def test_stages_tell_of_labels(type_words, flowers):
    """DVC draws a confusion matrix of them."""
    code, out, err = type_words("prepare", "--output", "prepared", "--json")
    assert code == 0, err
    assert json.loads(out)["classes"] == LABELS
    profile = json.loads((flowers / "prepared" / "profile.json").read_text())
    assert profile["classes"] == LABELS
    assert sum(profile["class_shares"]) == pytest.approx(1)

    run = "outputs/sweepkit/run.json"
    code, _, err = type_words("evaluate", "--run", run, "--output", "evaluated")
    assert code == 0, err
    with (flowers / "evaluated" / "predictions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) == {"row", "actual", "predicted"} | {
        f"probability_{label}" for label in LABELS
    }
    assert {row["actual"] for row in rows} == set(LABELS)
    shares = [float(rows[0][f"probability_{label}"]) for label in LABELS]
    assert sum(shares) == pytest.approx(1)


@pytest.mark.parametrize(
    ("shares", "codes", "same"),
    [
        pytest.param([[0.4, 0.6]], [1.0], True, id="equal"),
        pytest.param([[0.4, 0.6 + 2e-16]], [1.0], False, id="last digit"),
        pytest.param([[0.4, 0.6]], [0.0], False, id="another threshold"),
        pytest.param([[0.2, 0.6, 0.2]], [1.0], False, id="another label"),
    ],
)
def test_a_classifier_differs_by_its_probabilities_or_decisions(shares, codes, same):
    """Equal labels may hide other probabilities, and the other way round."""
    now = Judgement(
        model="linear",
        table="flowers",
        target="kind",
        target_unit="",
        metric="log_loss",
        folds=(),
        holdout={},
        floor={},
        actual=np.ones(1),
        predicted=np.ones(1),
        probabilities=np.array([[0.4, 0.6]]),
        n_train=1,
    )
    then = Predicted(np.array(codes), np.array(shares))
    outcome = Outcome("1", same_table=True, metrics={"cv_f1": (1.0, 1.0)})
    outcome.largest_difference = reproducing._find_difference(then, now)

    assert outcome.equal is same
