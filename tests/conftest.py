"""What several rooms' tests need: a local store without its seconds of set-up."""

import resource
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sweepkit.tracking import Store

MakeStore = Callable[..., Store]

# MLflow keeps the engine of every store a process has opened: hundreds of tests come to
# more files than the 1,024 many systems allow until asked.
_FILES = 8192


def pytest_configure() -> None:
    """Ask for as many open files as the tests need and the system grants."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < _FILES:
        most = _FILES if hard < 0 else min(_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


@pytest.fixture(scope="session")
def mlflow_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty MLflow database, made once: MLflow takes seconds for its tables."""
    from sweepkit.tracking.sqlite import prepare_file

    folder = tmp_path_factory.mktemp("mlflow-template")
    prepare_file(folder / "mlflow.db", (folder / "artifacts").as_uri())
    return folder / "mlflow.db"


@pytest.fixture
def make_store(tmp_path: Path, mlflow_template: Path) -> MakeStore:
    """A factory of settings for a local store in `tmp_path`, its file in place."""

    def make(experiment: str = "tests", folder: str = "") -> Store:
        home = tmp_path / folder
        home.mkdir(parents=True, exist_ok=True)
        if not (home / "mlflow.db").exists():
            shutil.copy(mlflow_template, home / "mlflow.db")
        return Store(
            uri=f"sqlite:///{home / 'mlflow.db'}",
            experiment=experiment,
            artifact_location=str(home / "artifacts"),
        )

    return make


# Files that take longest, first: none of them is left for one worker at the end, while
# the other has nothing to do.
FIRST = ("e2e", "faults", "training", "hooks", "registry", "cli", "models")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order files by what they take; within a file tests stay as they are."""
    tests = Path(__file__).parent

    def rank(item: pytest.Item) -> int:
        rooms = (n for n, name in enumerate(FIRST) if tests / name in item.path.parents)
        return next(rooms, len(FIRST))

    items.sort(key=rank)
