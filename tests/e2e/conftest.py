"""Whole commands, as a person types them, in a folder of their own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def workplace(tmp_path: Path, mlflow_template: Path) -> Path:
    """A folder with a small table and a store whose tables exist already."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(80, 2)), columns=["a", "b"])
    table["y"] = 3 * table["a"] + rng.normal(size=80)
    table.to_csv(tmp_path / "table.csv", index=False)
    shutil.copy(mlflow_template, tmp_path / "mlflow.db")
    return tmp_path


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment of a shell whose MLflow points nowhere in particular."""
    return {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}


@pytest.fixture
def train_py(workplace: Path, environment: dict[str, str]) -> Command:
    """Run `python train.py` with words to its end."""

    def run(*words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, str(ROOT / "train.py"), *words],
            cwd=workplace,
            env=environment | variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return run
