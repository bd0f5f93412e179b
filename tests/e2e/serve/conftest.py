"""`python serve.py` as a process that tests ask, signal and kill."""

import http.client
import json
import os
import queue
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMRegressor
from mlflow import MlflowClient
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline

from sweepkit.registry.gate import Gate, Scorecard
from sweepkit.registry.publish import publish
from sweepkit.tracking import Store, open_store, start_run
from sweepkit.tracking.model import ModelCard

ROOT = Path(__file__).parents[3]
NAME = "prices"
# Start and end take seconds of a busy machine's time; nothing here measures them.
PATIENCE_S = 90.0
ROWS = {"dataframe_split": {"columns": ["a", "b"], "data": [[0.5, 1.0], [-1.0, 2.0]]}}


@dataclass(frozen=True)
class Shop:
    """A store with three versions of a model: two good ones and one that was changed.

    Attributes:
        folder: Where it is; its files are shared by all tests and stay as they are.
        expected: What each good version predicts for `ROWS`.
    """

    folder: Path
    expected: dict[str, list[float]]


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory, mlflow_template: Path) -> Shop:
    """Models that cost nothing to train; one version's predictions tell it apart."""
    folder = tmp_path_factory.mktemp("shop")
    shutil.copy(mlflow_template, folder / "mlflow.db")
    settings = Store(
        uri=f"sqlite:///{folder / 'mlflow.db'}",
        experiment="shop",
        artifact_location=str(folder / "artifacts"),
    )
    store = open_store(settings)
    expected = {}
    for version in ("1", "2", "3"):
        pipeline, table = _fit(float(version))
        rows = pd.DataFrame(ROWS["dataframe_split"]["data"], columns=["a", "b"])
        expected[version] = pipeline.predict(rows).tolist()
        card = ModelCard(
            name="boosting", inputs=table, target="y", requirements=["lightgbm"]
        )
        with start_run(settings, "run") as run:
            model = run.log_model(pipeline, card)
        _publish(store, run.run_id, model.model_id)
    # Somebody changed this one after it was published.
    store.client.set_model_version_tag(NAME, "3", "mlflow.sweepkit.manifest", "{}")
    store.client.set_registered_model_alias(NAME, "champion", "1")
    return Shop(folder, expected)


def _publish(store, run_id, model_id):
    publish(
        store,
        run_id=run_id,
        model_id=model_id,
        model_name=NAME,
        scorecard=Scorecard(
            metric="rmse", value=1.0, direction="minimize", holdout="rows"
        ),
        gate=Gate(),
    )


def _fit(level: float):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(60, 2)), columns=["a", "b"])
    columns = ColumnTransformer([("numbers", "passthrough", ["a", "b"])])
    trees = LGBMRegressor(n_estimators=3, min_child_samples=2, verbosity=-1)
    target = table["a"] + 1000 * level
    return make_pipeline(columns, trees).fit(table, target), table


@dataclass
class Server:
    """`serve.py` in a folder of its own, with a store of its own."""

    folder: Path
    shop: Shop
    environment: dict[str, str]
    tls: ssl.SSLContext | None = None
    lines: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def command(self, *words: str) -> list[str]:
        given = (f"registry.model_name={NAME}", "serving.port=0", *words)
        place = "tracking.artifact_location=null"
        return [sys.executable, str(ROOT / "serve.py"), place, *given]

    def run(self, *words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run the command to its end."""
        return subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env=self.environment | variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )

    def start(self, *words: str) -> "Server":
        """Start it and wait until it says that it answers."""
        self.process = subprocess.Popen(
            self.command(*words),
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.lines, self.errors = [], []
        greeted: queue.Queue[str] = queue.Queue()
        for stream, kept in ((0, self.lines), (1, self.errors)):
            self._gather(
                (self.process.stdout, self.process.stderr)[stream], kept, greeted
            )
        said = ""
        while "stop" not in said:
            said = greeted.get(timeout=PATIENCE_S)
            assert said != "", f"it ended: {self.errors}"
        self.address = self.lines[0].split("//")[1].strip()
        return self

    def start_quietly(self, *words: str) -> "Server":
        """Start it so that it looks when asked only, and waits for bodies."""
        patience = ("serving.reload_every_s=3600", "serving.body_timeout_s=60")
        return self.start(*patience, *words)

    def _gather(self, stream, kept, greeted):
        def read():
            for line in stream:
                kept.append(line)
                if kept is self.lines:
                    greeted.put(line)
            greeted.put("")

        threading.Thread(target=read, daemon=True).start()

    @property
    def lives(self) -> bool:
        return hasattr(self, "process") and self.process.poll() is None

    def connect(self, timeout: float = PATIENCE_S) -> http.client.HTTPConnection:
        if self.tls is not None:
            return http.client.HTTPSConnection(
                self.address, timeout=timeout, context=self.tls
            )
        return http.client.HTTPConnection(self.address, timeout=timeout)

    def open_socket(self) -> socket.socket:
        """Return a connection that speaks no HTTP by itself."""
        host, _, port = self.address.partition(":")
        return socket.create_connection((host, int(port)), timeout=PATIENCE_S)

    def is_closed(self) -> bool:
        """Whether nobody lets connections in any more."""
        try:
            self.open_socket().close()
        except ConnectionRefusedError:
            return True
        return False

    def ask(self, path: str, body: object = None) -> tuple[int, dict, str]:
        """Return status, headers in lower case and body of one request."""
        connection = self.connect()
        method = "GET" if body is None else "POST"
        data = None if body is None else json.dumps(body)
        connection.request(method, path, data, {"content-type": "application/json"})
        answer = connection.getresponse()
        headers = {key.lower(): value for key, value in answer.getheaders()}
        text = answer.read().decode()
        connection.close()
        return answer.status, headers, text

    def predict(self) -> tuple[str, list[float]]:
        """Return the version that answers, and its predictions for `ROWS`."""
        status, headers, text = self.ask("/invocations", ROWS)
        assert status == 200, text
        return headers["x-model-version"], json.loads(text)["predictions"]

    def ready(self) -> dict:
        return json.loads(self.ask("/ready")[2])

    def wait_for(self, is_so: Callable[[], bool], what: str) -> None:
        """Ask again and again until it is so."""
        limit = time.monotonic() + PATIENCE_S
        while not is_so():
            assert time.monotonic() < limit, f"{what}: {self.told()}"
            time.sleep(0.02)

    def told(self) -> str:
        """Return the last lines on stderr that are not of the access log."""
        return "".join([line for line in self.errors if "ms rows=" not in line][-20:])

    def wait_for_version(self, version: str) -> None:
        """Wait until every worker answers with it: ten times in a row."""
        self.wait_for(
            lambda: all(self.predict()[0] == version for _ in range(10)),
            f"version {version}",
        )

    def point_to(self, version: str, alias: str = "champion") -> None:
        """Move the alias in this server's own store."""
        client = MlflowClient(*[f"sqlite:///{self.folder / 'mlflow.db'}"] * 2)
        client.set_registered_model_alias(NAME, alias, version)

    def workers(self) -> list[int]:
        """Process ids of the children."""
        task = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        return [int(pid) for pid in Path(task).read_text().split()]

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)

    def destroy(self) -> None:
        """Leave nothing behind, whatever a test found."""
        if self.lives:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE_S)


@pytest.fixture
def make_server(
    tmp_path_factory: pytest.TempPathFactory, shop: Shop
) -> Iterator[Callable[[], Server]]:
    """A factory of servers, each with a copy of the store; all are ended."""
    made: list[Server] = []

    def make() -> Server:
        server = new_server(tmp_path_factory.mktemp("server"), shop)
        made.append(server)
        return server

    yield make
    for server in made:
        server.destroy()


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory, shop: Shop) -> Iterator[Server]:
    server = new_server(tmp_path_factory.mktemp("pair"), shop)
    yield server
    server.destroy()


@pytest.fixture
def serving(pair: Server) -> Server:
    """A server with two workers and version 1; started again if a test ended it."""
    if not pair.lives:
        pair.start("serving.workers=2", "serving.reload_every_s=0.2")
    pair.point_to("1")
    pair.wait_for_version("1")
    return pair


@pytest.fixture(scope="session")
def single(tmp_path_factory: pytest.TempPathFactory, shop: Shop) -> Iterator[Server]:
    server = new_server(tmp_path_factory.mktemp("single"), shop)
    yield server
    server.destroy()


@pytest.fixture
def quiet(single: Server) -> Server:
    """A server with one worker that looks when asked only, and waits for bodies."""
    if not single.lives:
        single.start_quietly()
    return single


def new_server(folder: Path, shop: Shop) -> Server:
    with (
        closing(sqlite3.connect(shop.folder / "mlflow.db")) as original,
        closing(sqlite3.connect(folder / "mlflow.db")) as own,
    ):
        original.backup(own)  # what it wrote last may still be in a file beside it
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
    # What a server that is killed leaves behind goes with the test's folder.
    return Server(folder, shop, environment | {"TMPDIR": str(folder)})
