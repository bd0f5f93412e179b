"""`sweepkit` after `train.py`, as a person types both."""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pandas as pd
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SWEEPKIT = Path(sys.executable).with_name("sweepkit")
TABLE = ("data=csv", "data.path=table.csv", "data.target=y")
RUNNING = "SELECT run_uuid FROM runs WHERE status = 'RUNNING'"


@pytest.fixture
def sweepkit(workplace, environment, prepared):
    """Run `sweepkit` with words, in a folder that has a `conf` of its own."""
    shutil.copytree(ROOT / "conf", workplace / "conf")

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        return prepared.run([str(SWEEPKIT), *words, *TABLE], workplace, environment)

    return run


def test_the_champion_of_a_sweep_is_made_again_to_the_last_digit(
    train_py, sweepkit, workplace
):
    """Trials share prepared folds and run on fewer threads; a rerun does neither."""
    trained = train_py(
        *("-m", *TABLE, "hparams_search=optuna", "model=gradient_boosting"),
        *(
            "evaluation.n_splits=3",
            "hydra.sweeper.n_trials=3",
            "hydra.sweeper.n_jobs=2",
        ),
    )
    assert trained.returncode == 0, trained.stderr

    made = sweepkit("reproduce", "champion", "--json")
    assert made.returncode == 0, made.stderr
    found = json.loads(made.stdout)
    assert found["equal"] and found["largest_difference"] == 0
    assert {"cv_rmse", "holdout_rmse"} <= found["metrics"].keys()

    (version,) = json.loads(sweepkit("models", "--json").stdout)
    assert version["sweep_run_id"] and version["aliases"] == ["champion", "production"]
    assert sweepkit("doctor").returncode == 0

    scored = sweepkit("predict", "--input", "table.csv", "--output", "scored.parquet")
    assert scored.returncode == 0, scored.stderr
    assert scored.stdout.startswith("80 rows scored by table_predictor version 1")
    assert len(pd.read_parquet(workplace / "scored.parquet")) == 80


def test_a_training_that_was_killed_is_found_and_ended(
    sweepkit, workplace, environment
):
    """Its run would be shown as RUNNING for ever."""
    run_id = kill_while_running(workplace, environment)

    found = sweepkit("doctor", "--json")
    assert found.returncode == 2, found.stderr
    (fault,) = json.loads(found.stdout)["left"]
    assert (fault["kind"], fault["repairable"]) == ("open run", True)
    assert run_id in fault["message"]

    fixed = sweepkit("doctor", "--fix", "--json")
    assert fixed.returncode == 0, fixed.stderr
    assert len(json.loads(fixed.stdout)["repaired"]) == 1
    assert query(workplace, "SELECT status FROM runs") == [("KILLED",)]


def kill_while_running(folder: Path, environment: dict[str, str]) -> str:
    """Kill -9 a training as soon as its run is on record; return the run's id."""
    long = ("model=random_forest", "model.estimator.n_estimators=100000")
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "train.py"), *TABLE, *long],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        while not query(folder, RUNNING):
            # Its end is the time-out: it would take hours.
            with suppress(subprocess.TimeoutExpired):
                raise AssertionError(process.communicate(timeout=0.05)[1])
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    return query(folder, RUNNING)[0][0]


def query(folder: Path, words: str) -> list[tuple]:
    """Ask the store's database, whoever writes to it."""
    with closing(sqlite3.connect(folder / "mlflow.db", timeout=60)) as database:
        return database.execute(words).fetchall()
