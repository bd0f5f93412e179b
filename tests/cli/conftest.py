"""A project with three registered versions, made once; tests that change it copy it."""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sweepkit.cli.commands import app
from sweepkit.cli.composing import composed
from sweepkit.cli.place import Place, opened
from sweepkit.exits import run_command
from sweepkit.training import train

CONF = Path(__file__).parents[2] / "conf"
TABLE = ("data=csv", "data.path=houses.csv", "data.target=price")
# Versions in the order in which they are made: the first is refused, as it is no
# better than the median, and each of the others becomes the champion.
MODELS = (
    ("model=dummy",),
    ("model=linear", "model.estimator.alpha=1000"),
    ("model=linear",),
)


def write_table(path: Path, seed: int = 0) -> Path:
    """A table with a column of each kind, one of them with blanks."""
    rng = np.random.default_rng(seed)
    n = 150
    size, town = rng.normal(100, 20, n).round(1), rng.choice(["a", "b"], n)
    table = pd.DataFrame(
        {
            "house_id": np.arange(n),
            "size": size,
            "rooms": rng.integers(1, 9, n),
            "town": town,
            "garden": rng.random(n) > 0.5,
            "sold_on": pd.date_range("2020-01-01", periods=n, freq="7D").astype("str"),
            "price": 3 * size + 50 * (town == "a") + rng.normal(0, 5, n).round(1),
        }
    )
    table.loc[[3, 50], "size"] = np.nan
    table.to_csv(path, index=False)
    return path


@dataclass(frozen=True)
class Answer:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, all of it, as strict JSON."""
        return json.loads(self.out, parse_constant=_refuse)


def _refuse(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")


@dataclass(frozen=True)
class Project:
    """A folder in which `sweepkit` is typed.

    Attributes:
        folder: It holds the table and the store.
        capture: pytest's catcher of what is printed.
    """

    folder: Path
    capture: pytest.CaptureFixture[str]

    def type(self, *words: str) -> Answer:
        """Type a command in this process, to its end; TABLE is added to the words."""
        return self.bare(*words, *TABLE)

    def bare(self, *words: str) -> Answer:
        """The same without the table."""
        self.capture.readouterr()
        conf = ("--conf", str(CONF)) if words and not words[0].startswith("-") else ()
        arguments = [*words[:1], *conf, *words[1:]]
        with pytest.raises(SystemExit) as stop:
            run_command(lambda: app(arguments), arguments)
        printed = self.capture.readouterr()
        code = stop.value.code
        assert isinstance(code, int)
        return Answer(code, printed.out, printed.err)

    @contextmanager
    def opened(self, *words: str, name: str = "train") -> Iterator[Place]:
        """What commands work on, for tests of a function below them."""
        with opened([*TABLE, *words], CONF, name=name) as place:
            yield place


def train_here(*words: str) -> None:
    """Train as `train.py` would in this folder."""
    with composed([*TABLE, "evaluation.n_splits=2", *words], CONF) as cfg:
        train(cfg)


@pytest.fixture(scope="session")
def finished(
    tmp_path_factory: pytest.TempPathFactory, mlflow_template: Path
) -> Iterator[Path]:
    """The folder of a project whose third version is the champion.

    Tests use it in its place, since a store keeps absolute paths.
    """
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(mlflow_template, folder / "mlflow.db")
    write_table(folder / "houses.csv")
    before = Path.cwd()
    os.chdir(folder)
    try:
        for words in MODELS:
            train_here(*words)
    finally:
        os.chdir(before)
    yield folder


@pytest.fixture
def looked_at(
    finished: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Project:
    """The project, for commands that change nothing."""
    monkeypatch.chdir(finished)
    return Project(finished, capsys)


@pytest.fixture
def project(
    looked_at: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Project]:
    """The project, for commands that change it; it is put back afterwards."""
    kept = tmp_path / "kept"
    shutil.copytree(looked_at.folder, kept)
    yield looked_at
    _restore(kept, looked_at.folder)


def _restore(kept: Path, folder: Path) -> None:
    # In place: MLflow keeps connections to the file open.
    with (
        closing(sqlite3.connect(kept / "mlflow.db")) as before,
        closing(sqlite3.connect(folder / "mlflow.db")) as now,
    ):
        before.backup(now)
    shutil.copy(kept / "houses.csv", folder)
    shutil.rmtree(folder / "outputs")
    shutil.copytree(kept / "outputs", folder / "outputs")
