"""The folder of docs/extending.md, with its table and a store."""

import shutil
from pathlib import Path

import pytest
from sklearn.datasets import load_diabetes

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "own"


@pytest.fixture
def clinic(tmp_path: Path, mlflow_template: Path) -> Path:
    """What a reader has after the last file of the guide, but for the scripts."""
    folder = tmp_path / "clinic_work"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(EXAMPLE, folder, ignore=ignored)
    table = load_diabetes(as_frame=True, scaled=False).frame
    table.to_json(folder / "patients.jsonl", orient="records", lines=True)
    table.drop(columns="target").head(5).to_csv(folder / "new.csv", index=False)
    shutil.copy(mlflow_template, folder / "mlflow.db")
    return folder
