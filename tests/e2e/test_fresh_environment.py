"""A saved model in an environment built from nothing but its own requirements."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path

import mlflow
import numpy as np
import pytest

from sweepkit.data.example import load_california_housing

ROOT = Path(__file__).parents[2]
WANTED = "SWEEPKIT_TEST_FRESH_ENVIRONMENT"
UV = shutil.which("uv", path=str(Path(sys.executable).parent))
PREDICT = """
import json, sys
import mlflow, pandas as pd
rows = pd.read_parquet(sys.argv[2])
print(json.dumps(mlflow.pyfunc.load_model(sys.argv[1]).predict(rows).tolist()))
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        WANTED not in os.environ,
        reason=f"installs packages from the index; set {WANTED}=1",
    ),
]


@pytest.fixture
def model(train_py, workplace) -> Path:
    """A model with every kind of feature step, as the registry hands it out."""
    done = train_py("evaluation=single_split", "model.estimator.n_estimators=40")
    assert done.returncode == 0, done.stderr
    store = f"sqlite:///{workplace / 'mlflow.db'}"
    mlflow.set_tracking_uri(store)
    mlflow.set_registry_uri(store)
    source = "models:/housing_price_predictor@champion"
    return Path(mlflow.artifacts.download_artifacts(artifact_uri=source))


@pytest.fixture
def fresh(tmp_path, model) -> Path:
    """The folder of programs of an environment that has the requirements only."""
    python = sys.executable
    wheel = [python, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*wheel, "-w", str(tmp_path / "dist"), str(ROOT)], check=True)
    folder = tmp_path / "fresh"
    subprocess.run([UV, "venv", "-q", "-p", python, str(folder)], check=True)
    subprocess.run(
        [
            *(UV, "pip", "install", "-q", "-p", str(folder)),
            *("--find-links", str(tmp_path / "dist")),
            *("-r", str(model / "requirements.txt")),
        ],
        check=True,
    )
    return folder / "bin"


def test_predictions_are_equal_loaded_and_served(model, fresh, tmp_path, environment):
    """The champion must not depend on the machine that trained it."""
    rows = load_california_housing().drop(columns="median_house_value").iloc[::500]
    rows.to_parquet(tmp_path / "rows.parquet")
    expected = mlflow.sklearn.load_model(str(model)).predict(rows)

    loaded = subprocess.run(
        [fresh / "python", "-c", PREDICT, str(model), str(tmp_path / "rows.parquet")],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=environment,
    )
    np.testing.assert_array_equal(json.loads(loaded.stdout), expected)

    served = ask_server(fresh, model, rows, environment)
    np.testing.assert_array_equal(served, expected)


def ask_server(fresh: Path, model: Path, rows, environment) -> list[float]:
    """Score rows by `mlflow models serve`, then end every process of it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [fresh / "mlflow", "models", "serve", "-m", str(model), "-p", str(port)]
    server = subprocess.Popen(
        [*command, "--env-manager", "local", "-h", "127.0.0.1"],
        env=environment | {"PATH": f"{fresh}:{environment['PATH']}"},
        start_new_session=True,
    )
    try:
        wait_until_open(port, server)
        split = rows.to_dict(orient="split", index=False)
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/invocations",
            json.dumps({"dataframe_split": split}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["predictions"]
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def wait_until_open(port: int, server: "subprocess.Popen[bytes]") -> None:
    """Poll the port; the server's own end is the time-out."""
    while True:
        with suppress(subprocess.TimeoutExpired):
            server.wait(timeout=0.2)
            raise AssertionError("the server ended before it listened")
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
