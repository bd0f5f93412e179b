"""`python train.py -m model=a,b`, which is Hydra's own, as a person meets it."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest
from mlflow import MlflowClient

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SMALL = ("data=csv", "data.path=table.csv", "data.target=y")
# The second fits for minutes, so that a signal certainly finds it at work.
ENDLESS = ("model=random_forest", "model.estimator.n_estimators=1,200000")


def client_of(folder: Path) -> MlflowClient:
    return MlflowClient(*[f"sqlite:///{folder / 'mlflow.db'}"] * 2)


def runs_of(folder: Path, role: str):
    client = client_of(folder)
    ids = [experiment.experiment_id for experiment in client.search_experiments()]
    return client.search_runs(ids, f"tags.role = '{role}'")


def versions_of(folder: Path):
    return list(client_of(folder).search_model_versions())


def test_several_models_are_one_sweep_with_one_version(train_py, workplace):
    """One parent, one child for each model, and the best of them registered."""
    done = train_py("-m", *SMALL, "model=dummy,linear")

    assert done.returncode == 0, done.stderr
    (parent,) = runs_of(workplace, "sweep")
    trials = runs_of(workplace, "trial")
    assert parent.info.status == "FINISHED"
    assert {trial.data.params["model"] for trial in trials} == {"dummy", "linear"}
    (version,) = versions_of(workplace)
    winner = next(t for t in trials if t.data.params["model"] == "linear")
    assert version.run_id == winner.info.run_id
    assert "table_predictor version 1" in done.stdout
    assert parent.info.run_id in done.stdout, "the link to the list of trials"


def test_what_is_swept_may_be_missing_otherwise(train_py, workplace):
    """Two files are two jobs, though the sweep itself names none."""
    (workplace / "other.csv").write_bytes((workplace / "table.csv").read_bytes())
    words = ("data=csv", "data.target=y", "data.path=table.csv,other.csv")

    done = train_py("-m", *words, "model=linear")

    assert done.returncode == 0, done.stderr
    assert len(runs_of(workplace, "trial")) == 2
    assert versions_of(workplace) == []
    assert "differ in data.path" in done.stdout


def test_a_failing_job_fails_the_command_and_keeps_its_cause(train_py, workplace):
    """The others run; what failed is on record, and nothing is registered."""
    done = train_py("-m", *SMALL, "model=linear", "model.estimator.alpha=abc,1")

    assert done.returncode != 0
    states = {t.data.tags["sweep.state"] for t in runs_of(workplace, "trial")}
    assert states == {"failed", "complete"}
    (failed,) = (t for t in runs_of(workplace, "trial") if t.info.status == "FAILED")
    assert "Ridge cannot be fitted" in failed.data.tags["error"]
    assert runs_of(workplace, "sweep")[0].info.status == "FAILED"
    assert versions_of(workplace) == []


def test_a_server_that_is_down_ends_with_exit_code_4(train_py):
    """Hydra would make a warning of it, and of the sweep a success."""
    done = train_py(
        *("-m", *SMALL, "model=linear,dummy", "tracking=server"),
        MLFLOW_TRACKING_URI="http://127.0.0.1:9",
    )

    assert done.returncode == 4, done.stderr
    assert "tracking=local" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_tracking_a_plain_sweep_runs_and_leaves_no_record(train_py, workplace):
    """tracking=off is for a quick look at several models too."""
    done = train_py("-m", *SMALL, "model=linear,dummy", "tracking=off")

    assert done.returncode == 0, done.stderr
    assert runs_of(workplace, "sweep") + runs_of(workplace, "trial") == []


@pytest.mark.parametrize(
    ("sign", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143)],
    ids=["Ctrl-C", "SIGTERM"],
)
def test_a_signal_ends_the_sweeps_run_killed(workplace, environment, sign, code):
    """The first job is on record, the second is at work."""
    process = subprocess.Popen(
        [sys.executable, "-u", str(ROOT / "train.py"), "-m", *SMALL, *ENDLESS],
        cwd=workplace,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    wait_for_trial(workplace, process)

    process.send_signal(sign)

    assert process.wait(timeout=20) == code
    (parent,) = runs_of(workplace, "sweep")
    assert parent.info.status == "KILLED"
    assert versions_of(workplace) == []


def wait_for_trial(folder: Path, process: "subprocess.Popen[bytes]") -> None:
    """Poll until a trial is on record; the process's own end is the time-out."""
    recorded = "SELECT run_uuid FROM tags WHERE key = 'role' AND value = 'trial'"
    with closing(sqlite3.connect(folder / "mlflow.db", timeout=60)) as database:
        while not database.execute(recorded).fetchall():
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.02)
                raise AssertionError(process.communicate()[0])
