"""`python train.py` as a person meets it: what it prints, where it leaves what, how it
ends."""

import os
import pty
import re
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
SMALL = ("data=csv", "data.path=table.csv", "data.target=y", "model=linear")
# Fits for minutes, so that a signal certainly finds it at work.
ENDLESS = ("model=random_forest", "model.estimator.n_estimators=200000")


def runs_of(folder: Path):
    client = MlflowClient(f"sqlite:///{folder / 'mlflow.db'}")
    ids = [experiment.experiment_id for experiment in client.search_experiments()]
    return client.search_runs(ids)


def written_under(folder: Path) -> str:
    files = [p for p in folder.rglob("*") if p.is_file() and p.suffix != ".png"]
    return "".join(path.read_bytes().decode(errors="ignore") for path in files)


def test_the_default_command_reaches_what_is_promised(workplace, environment):
    """The README shows these figures; the embedded table needs no file."""
    # A process of its own from the first import on, as a person starts it.
    done = subprocess.run(
        [sys.executable, str(ROOT / "train.py")],
        cwd=workplace,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr
    (run,) = runs_of(workplace)
    assert run.data.metrics["holdout_rmse"] <= 42_500
    assert "housing_price_predictor version 1" in done.stdout
    assert "is the champion now" in done.stdout
    assert len(list(workplace.glob("outputs/train/*/*/report.html"))) == 1


def test_the_guides_forest_scores_as_the_guide_says(train_py, workplace):
    """150 trees of depth 20 on the plain columns: 48,900 dollars within 1.5 %."""
    done = train_py(
        "model=random_forest",
        "features=none",
        "evaluation=single_split",  # the holdout's score is the same
        "evaluation.importance.repeats=1",
        "model.estimator.n_estimators=150",
        "model.estimator.max_depth=20",
        "registry.publish=false",
    )

    assert done.returncode == 0, done.stderr
    (run,) = runs_of(workplace)
    assert run.data.metrics["holdout_rmse"] == pytest.approx(48_900, rel=0.015)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["modle=linear"], "Did you mean: 'model'", id="key"),
        pytest.param(["model=linaer"], "gradient_boosting", id="choice"),
        pytest.param(["seed=abc"], "could not be converted to Integer", id="type"),
        pytest.param(["data=csv"], "data.path must be given", id="missing value"),
        pytest.param(
            ["data=csv", "data.path=tabel.csv", "data.target=y"],
            "Did you mean 'table.csv'",
            id="missing file",
        ),
        pytest.param(
            [*SMALL, "model.estimator.alpha=abc"],
            "Ridge cannot be fitted",
            id="setting",
        ),
    ],
)
def test_a_mistake_costs_one_message_and_exit_code_2(train_py, words, said):
    """No traceback: it is not the program that is wrong."""
    done = train_py(*words)

    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_a_server_that_is_down_ends_with_exit_code_4(train_py):
    """A scheduler tells a missing server from a wrong table by the code."""
    done = train_py(*SMALL, "tracking=server", MLFLOW_TRACKING_URI="http://127.0.0.1:9")

    assert done.returncode == 4, done.stderr
    assert "tracking=local" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_password_typed_is_refused_and_written_nowhere(train_py, workplace):
    """Hydra saves the command line with every run."""
    done = train_py(*SMALL, "tracking.uri=http://me:hunter2@127.0.0.1:9")

    assert done.returncode == 2
    assert "oc.env" in done.stderr
    assert "hunter2" not in done.stdout + done.stderr + written_under(workplace)


def test_a_password_in_the_environment_is_written_nowhere(train_py, workplace):
    """The address with its password reaches MLflow and nobody else."""
    done = train_py(
        *SMALL, "tracking=server", MLFLOW_TRACKING_URI="http://me:hunter2@127.0.0.1:9"
    )

    assert done.returncode == 4
    assert "hunter2" not in done.stdout + done.stderr + written_under(workplace)


@pytest.mark.parametrize(
    ("sign", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143)],
    ids=["Ctrl-C", "SIGTERM"],
)
def test_a_signal_ends_the_run_killed_and_the_command_at_once(
    workplace, environment, sign, code
):
    """Even in the middle of a fit, which no thread can be called back from."""
    words = [*SMALL, *ENDLESS, "threads=2"]
    process = subprocess.Popen(
        [sys.executable, "-u", str(ROOT / "train.py"), *words],
        cwd=workplace,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    wait_for_run(workplace, process)

    process.send_signal(sign)

    assert process.wait(timeout=20) == code
    (run,) = runs_of(workplace)
    assert run.info.status == "KILLED"
    assert run.info.end_time is not None


def wait_for_run(folder: Path, process: "subprocess.Popen[bytes]") -> None:
    """Poll until a run is on record; the process's own end is the time-out."""
    running = "SELECT run_uuid FROM runs WHERE status = 'RUNNING'"
    with closing(sqlite3.connect(folder / "mlflow.db", timeout=60)) as database:
        while not database.execute(running).fetchall():
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.02)
                raise AssertionError(process.communicate()[0])


def test_a_full_disk_ends_with_exit_code_5(workplace, environment):
    """Space for the first files only: the message says so, and nothing hangs."""
    limited = (
        "import resource, runpy, sys;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000));"
        "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited, str(ROOT / "train.py"), *SMALL, "tracking=off"],
        cwd=workplace,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 5, done.stderr
    assert "Traceback" not in done.stderr


def test_help_explains_every_group_and_loads_nothing_heavy(workplace, environment):
    """The first thing a person types must answer at once."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", str(ROOT / "train.py"), "--help"],
        cwd=workplace,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    for group in ("data", "features", "model", "evaluation", "tracking", "registry"):
        assert re.search(rf"^  {group} ", done.stdout, re.MULTILINE), group
        assert f"{group}=" in done.stdout or f"{group}." in done.stdout
    modules = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not modules & {"pandas", "sklearn", "mlflow", "optuna", "lightgbm", "numpy"}


def test_a_terminal_shows_progress_and_a_pipe_does_not(workplace, environment):
    """The same command, once watched by a person and once by a file."""
    command = [sys.executable, str(ROOT / "train.py"), *SMALL, "tracking=off"]
    watched, terminal = pty.openpty()

    done = subprocess.run(
        command,
        cwd=workplace,
        env=environment | {"TERM": "xterm", "COLUMNS": "120"},
        stdout=subprocess.PIPE,
        stderr=terminal,
        check=True,
    )
    os.close(terminal)
    seen = read_all(watched)

    assert "folds" in seen
    assert "\x1b" not in done.stdout.decode()


def read_all(descriptor: int) -> str:
    chunks = []
    try:
        while chunk := os.read(descriptor, 65536):
            chunks.append(chunk)
    except OSError:  # Linux says so when the other end is closed
        pass
    return b"".join(chunks).decode()
