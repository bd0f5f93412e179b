import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import mlflow
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sweepkit.errors import StoreError
from sweepkit.registry.gate import Gate, Scorecard
from sweepkit.registry.invariants import find_faults
from sweepkit.registry.loading import fetch_version, find_facts
from sweepkit.registry.publish import publish
from sweepkit.tracking import Store, open_store, start_run
from sweepkit.tracking.model import ModelCard
from sweepkit.tracking.model_files import load_folder

PATIENCE_S = 90


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def server(tmp_path_factory, mlflow_template):
    """The address of a real `mlflow server` process."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "mlflow.db").write_bytes(mlflow_template.read_bytes())
    address = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "mlflow", "server", "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"]
    command += ["--artifacts-destination", str(folder / "artifacts")]
    command += ["--host", "127.0.0.1", "--port", address.rpartition(":")[2]]
    environment = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command, env=inherit(environment), stdout=log, stderr=log, cwd=folder
        )
        try:
            wait_until_up(address, process, folder / "log")
            yield address
        finally:
            process.terminate()
            process.wait(timeout=30)


def inherit(extra):
    import os

    # The process must not take the store of another test for its own.
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
    return kept | extra


def wait_until_up(address, process, log):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)  # a process that starts has no event to wait for
    pytest.fail(f"mlflow server did not start: {log.read_text()[-2000:]}")


@pytest.fixture
def table():
    return pd.DataFrame({"a": np.arange(20.0), "b": np.arange(20.0) ** 2})


@pytest.mark.slow
def test_a_server_takes_a_run_its_model_and_its_version(server, table, tmp_path):
    """The whole way over HTTP, artifacts included."""
    pipeline = make_pipeline(StandardScaler(), LinearRegression()).fit(
        table, table["a"] * 2
    )
    store = Store(uri=server, experiment="over http")
    with start_run(store, "run") as run:
        run.log_params({"a": {"b": 1}})
        run.log_metrics({"holdout_rmse": 1.0, "cv_rmse": [1.0, 2.0]})
        run.log_text("text", "notes.txt")
        card = ModelCard(name="linear", inputs=table, target="y")
        model = run.log_model(pipeline, card)
    scorecard = Scorecard(
        metric="holdout_rmse", value=1.0, direction="minimize", holdout="h"
    )
    published = publish(
        open_store(store),
        run_id=run.run_id,
        model_id=model.model_id,
        model_name="over_http",
        scorecard=scorecard,
        gate=Gate(),
    )

    assert run.url.startswith(f"{server}/#/experiments/")
    assert open_store(store).client.get_run(run.run_id).info.status == "FINISHED"
    assert published.decision.promote
    champion = mlflow.pyfunc.load_model("models:/over_http@champion")
    assert np.array_equal(champion.predict(table), pipeline.predict(table))

    opened = open_store(store)
    facts = find_facts(opened, "over_http", "champion")
    fetched = load_folder(fetch_version(opened, facts, tmp_path / "served"))
    assert np.array_equal(fetched.predict(table), pipeline.predict(table))
    assert find_faults(opened, "over_http") == []


@pytest.mark.slow
def test_a_path_that_is_not_the_servers_is_refused(server):
    """The page of an experiment is easily copied in place of the address."""
    with pytest.raises(StoreError, match="answers 404"):
        open_store(Store(uri=f"{server}/experiments/1"))


@pytest.mark.slow
def test_the_next_port_is_refused(server):
    """The message names the wrong address, not the library's call."""
    with pytest.raises(StoreError, match="cannot be reached"):
        open_store(Store(uri=f"http://127.0.0.1:{free_port()}"))
