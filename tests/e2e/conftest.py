"""Whole commands, as a person types them, in a folder of their own."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_S = 300
Command = Callable[..., "subprocess.CompletedProcess[str]"]
# Commands import for seconds, each of them the same. Here one process has imported,
# and each command is a child of its own: it has its own folder, environment, files
# and end. Imports start no threads, so that forking is safe.
PREPARED = """
import json, os, runpy, sys
import lightgbm, matplotlib.pyplot, mlflow.sklearn, optuna, skops.io
import mlflow.store.tracking.sqlalchemy_store
import sklearn.ensemble, sklearn.linear_model
import sweepkit.hooks.register_best, sweepkit.hooks.sweep_run
import sweepkit.registry.publish, sweepkit.training

for line in sys.stdin:
    job = json.loads(line)
    child = os.fork()
    if child == 0:
        break
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
else:
    sys.exit()

os.setpgid(0, 0)
for number, name in enumerate((os.devnull, *job["files"])):
    file = os.open(name, os.O_RDWR if number == 0 else os.O_WRONLY)
    os.dup2(file, number)
os.chdir(job["folder"])
os.environ.clear()
os.environ.update(job["environment"])
sys.argv = job["words"]
sys.path[0] = os.path.dirname(sys.argv[0])
runpy.run_path(sys.argv[0], run_name="__main__")
"""


class Prepared:
    """Runs scripts in children of a process that has imported what they need."""

    def __init__(self, folder: Path) -> None:
        self._files = [folder / "stdout", folder / "stderr"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", PREPARED],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, words: list[str], folder: Path, environment: dict[str, str]
    ) -> "subprocess.CompletedProcess[str]":
        """Run a script with words to its end, in a folder."""
        for file in self._files:
            file.write_bytes(b"")
        job = {"words": words, "folder": str(folder), "environment": environment}
        job["files"] = [str(file) for file in self._files]
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        limit = threading.Timer(PATIENCE_S, self._process.kill)
        limit.start()
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        limit.cancel()
        said = [file.read_text() for file in self._files]
        assert answer, f"{words} took over {PATIENCE_S} s: {said}"
        return subprocess.CompletedProcess(words, int(answer), *said)

    def end(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """Where the guarantee is what a command does, and not what it imports."""
    process = Prepared(tmp_path_factory.mktemp("prepared"))
    yield process
    process.end()


@pytest.fixture(scope="session")
def make_workplace(mlflow_template: Path) -> Callable[[Path], Path]:
    """Puts a small table and a store whose tables exist already into a folder."""

    def make(folder: Path) -> Path:
        rng = np.random.default_rng(0)
        table = pd.DataFrame(rng.normal(size=(80, 2)), columns=["a", "b"])
        table["y"] = 3 * table["a"] + rng.normal(size=80)
        table.to_csv(folder / "table.csv", index=False)
        shutil.copy(mlflow_template, folder / "mlflow.db")
        return folder

    return make


@pytest.fixture
def workplace(tmp_path: Path, make_workplace: Callable[[Path], Path]) -> Path:
    """A folder with a small table and a store whose tables exist already."""
    return make_workplace(tmp_path)


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """The environment of a shell whose MLflow points nowhere in particular."""
    return {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}


@pytest.fixture
def train_py(
    workplace: Path, environment: dict[str, str], prepared: Prepared
) -> Command:
    """Run `python train.py` with words to its end."""

    def run(*words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        command = [str(ROOT / "train.py"), *words]
        return prepared.run(command, workplace, environment | variables)

    return run
