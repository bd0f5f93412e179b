"""The same commands on real tables of every task: train, sweep, serve, score."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from mlflow import MlflowClient
from sklearn import datasets

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PATIENCE_S = 120
SWEEPKIT = Path(sys.executable).with_name("sweepkit")


@dataclass(frozen=True)
class Case:
    """A table that scikit-learn ships.

    Attributes:
        load: Returns it.
        labels: Names of its classes, in the order of its target; None for a number.
        task: What must be found out by looking at the target.
        metric: What the sweep must optimize.
        at_least: What the tuned model must reach on the holdout, beyond all doubt.
    """

    load: Callable[..., Any]
    labels: tuple[str, ...] | None
    task: str
    metric: str
    at_least: tuple[str, float]

    def write(self, path: Path) -> pd.DataFrame:
        """Write it as CSV, its labels as words and its names fit for the YAML."""
        table = self.load(as_frame=True).frame
        table.columns = [name.replace("/", "_per_") for name in table.columns]
        if self.labels is not None:
            table["target"] = table["target"].map(dict(enumerate(self.labels)))
        table.to_csv(path, index=False)
        return table


CASES = {
    "regression": Case(
        datasets.load_diabetes, None, "regression", "rmse", ("holdout_r2", 0.35)
    ),
    "binary": Case(
        datasets.load_breast_cancer,
        ("malignant", "benign"),
        "binary",
        "roc_auc",
        ("holdout_roc_auc", 0.97),
    ),
    "multiclass": Case(
        datasets.load_wine,
        ("Barolo", "Grignolino", "Barbera d'Asti"),
        "multiclass",
        "log_loss",
        ("holdout_accuracy", 0.9),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_from_a_table_to_served_and_scored_predictions(
    case, train_py, workplace, environment, prepared
):
    """Whoever has a table of any task types the same words."""
    table = case.write(workplace / "own.csv")
    words = ("data=csv", "data.path=own.csv", "data.target=target")

    trained = train_py(*words, "model=linear")
    assert trained.returncode == 0, trained.stderr
    assert f"{case.task}" in trained.stdout
    assert "inferred from the target's values" in trained.stdout

    swept = train_py(
        *("-m", *words, "model=hist_gradient_boosting", "hparams_search=random"),
        *("model.estimator.max_iter=30", "hydra.sweeper.n_trials=4"),
        *("evaluation.n_splits=3", "registry.gate='off'"),
    )
    assert swept.returncode == 0, swept.stderr
    assert f"cv_{case.metric}" in swept.stdout
    assert "4 complete of 4" in swept.stdout
    assert "own_predictor version 2" in swept.stdout
    name, least = case.at_least
    assert champion_scores(workplace)[name] >= least

    rows = table.drop(columns="target")
    wants = ("--probabilities",) if case.labels else ()
    rows.to_csv(workplace / "rows.csv", index=False)
    command = [str(SWEEPKIT), "predict", "--input", "rows.csv"]
    command += ["--output", "out.parquet", "--conf", str(ROOT / "conf")]
    done = prepared.run([*command, *wants, *words], workplace, environment)
    assert done.returncode == 0, done.stderr
    scored = pd.read_parquet(workplace / "out.parquet")
    with served(workplace, environment, words) as ask:
        assert ask(rows) == scored["predicted_target"].tolist()
        if case.labels is not None:
            check_classes(case, table, scored, ask(rows, {"return": "probabilities"}))


def check_classes(case, table, scored, probabilities):
    """Labels are words, most of them right; a probability stands for each."""
    said = scored["predicted_target"]
    assert set(said) <= set(case.labels)
    assert (said == table["target"]).mean() > 0.9
    for row, label in zip(probabilities, said, strict=True):
        assert set(row) == set(case.labels)
        assert sum(row.values()) == pytest.approx(1)
        assert max(row, key=row.get) == label
    columns = [f"probability_{label}" for label in sorted(case.labels)]
    kept = scored[columns].to_dict("records")
    for row, written in zip(probabilities, kept, strict=True):
        assert [*row.values()] == pytest.approx([written[c] for c in columns], abs=0)


def champion_scores(workplace: Path) -> dict[str, float]:
    """Return the metrics of the champion's run."""
    client = MlflowClient(*[f"sqlite:///{workplace / 'mlflow.db'}"] * 2)
    champion = client.get_model_version_by_alias("own_predictor", "champion")
    return client.get_run(champion.run_id).data.metrics


@contextmanager
def served(
    workplace: Path, environment: dict[str, str], words: Any
) -> Iterator[Callable[..., list[Any]]]:
    """Serve the champion for a block; lend a function that asks it."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "serve.py"), "serving.port=0", *words],
        cwd=workplace,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split("//")[-1].strip()

        def ask(rows: pd.DataFrame, params: Any = None) -> list[Any]:
            body: dict[str, Any] = {"dataframe_split": rows.to_dict("split")}
            del body["dataframe_split"]["index"]
            if params:
                body["params"] = params
            request = urllib.request.Request(
                f"http://{address}/invocations",
                json.dumps(body).encode(),
                {"Content-Type": "application/json"},
            )
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                found: list[Any] = json.load(answer)["predictions"]
                return found

        yield ask
    finally:
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
