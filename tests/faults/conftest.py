"""A small sweep as a process that tests kill, type again, and read the traces of."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path

import numpy as np
import optuna
import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

ROOT = Path(__file__).parents[2]
END_S = 180.0
STUDIES = "outputs/studies.db"
RUN = (
    "import runpy, sys; sys.argv = sys.argv[1:];"
    "runpy.run_path(sys.argv[0], run_name='__main__')"
)
TABLE = ("data=csv", "data.path=table.csv", "data.target=y", "evaluation.n_splits=3")


@dataclass
class Sweep:
    """`python train.py -m hparams_search=...` in a folder of its own."""

    folder: Path
    environment: dict[str, str]
    processes: list["subprocess.Popen[str]"] = field(default_factory=list)

    def start(self, *words: str, before: str = "") -> "subprocess.Popen[str]":
        """Begin the command, `before` being Python that its process runs first."""
        code = f"{before}\n{RUN}" if before else ""
        process = subprocess.Popen(
            [
                *(sys.executable, "-u"),
                *(("-c", code) if code else ()),
                *(str(ROOT / "train.py"), "-m", *TABLE, *words),
            ],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # by which its processes are known
        )
        self.processes.append(process)
        return process

    def run(self, *words: str, before: str = "") -> tuple[int, str]:
        """Run the command to its end; return exit code and what it said."""
        process = self.start(*words, before=before)
        output, _ = process.communicate(timeout=END_S)
        return process.returncode, output

    def study(self) -> optuna.Study:
        url = f"sqlite:///{self.folder / STUDIES}"
        (name,) = optuna.get_all_study_names(url)
        return optuna.load_study(study_name=name, storage=url)

    def query(self, words: str, file: str = STUDIES) -> list[tuple]:
        """Ask a database, whoever writes to it; nothing if it is not there yet."""
        url = f"file:{self.folder / file}?mode=ro"
        # Until file and tables are there, sqlite says it is not operational.
        with (
            suppress(sqlite3.OperationalError),
            closing(sqlite3.connect(url, uri=True)) as database,
        ):
            return database.execute(words).fetchall()
        return []

    def told(self) -> dict[int, float]:
        """Return the values of complete trials, as they are on the disk now."""
        return dict(
            self.query(
                "SELECT number, value FROM trials JOIN trial_values USING (trial_id) "
                "WHERE state = 'COMPLETE'"
            )
        )

    def wait_for_rows(
        self,
        process: "subprocess.Popen[str]",
        words: str,
        count: int = 1,
        file: str = STUDIES,
    ) -> None:
        """Poll a database for so many rows; the process's end is the time-out."""
        while process.poll() is None:
            if len(self.query(words, file)) >= count:
                return
            # Another core's worth of asking would slow down what is waited for.
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.005)
        raise AssertionError(process.communicate()[0])

    def runs(self, role: str) -> list[Run]:
        client = self._client()
        ids = [one.experiment_id for one in client.search_experiments()]
        found = client.search_runs(ids, f"tags.role = '{role}'")
        return list(found)

    def versions(self) -> list:
        return list(self._client().search_model_versions())

    def _client(self) -> MlflowClient:
        return MlflowClient(*[f"sqlite:///{self.folder / 'mlflow.db'}"] * 2)


class Processes:
    """The processes of a session, in the kernel's sense of the word."""

    def living(self, session: int) -> dict[int, int]:
        """Return the group of each by its id; a zombie is gone."""
        found = {}
        for file in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                state, _, group, its = file.read_text().rpartition(")")[2].split()[:4]
                if int(its) == session and state != "Z":
                    found[int(file.parent.name)] = int(group)
        return found

    def workers(self, session: int) -> list[int]:
        """Return those that lead a group of their own, as workers do."""
        each = self.living(session).items()
        return sorted(pid for pid, group in each if pid == group != session)

    def wait_for_end(self, session: int, seconds: float) -> dict[int, int]:
        """Wait until all are gone, and return those that are still there."""
        deadline = time.monotonic() + seconds
        for pid in self.living(session):
            with suppress(ProcessLookupError):
                # Not select(), which takes no number above 1023.
                watch = os.pidfd_open(pid)
                wait([watch], max(0.0, deadline - time.monotonic()))
                os.close(watch)
        return self.living(session)


@pytest.fixture
def processes() -> Processes:
    return Processes()


@pytest.fixture
def sweep(
    tmp_path: Path, mlflow_template: Path, processes: Processes
) -> Iterator[Sweep]:
    """A sweep over a small table; whatever the test does, its processes end."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(80, 2)), columns=["a", "b"])
    table["y"] = 3 * table["a"] + rng.normal(size=80)
    table.to_csv(tmp_path / "table.csv", index=False)
    shutil.copy(mlflow_template, tmp_path / "mlflow.db")
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
    sweep = Sweep(tmp_path, kept)
    yield sweep
    for process in sweep.processes:
        for pid in processes.living(process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()
