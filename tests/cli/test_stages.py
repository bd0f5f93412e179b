"""The stages of `dvc.yaml` beside train.py, in this process and without DVC."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient

from sweepkit.cli.composing import composed
from sweepkit.cli.stages import evaluate_run, prepare_table, register_run
from sweepkit.errors import ConfigError, DataError, RegistryError
from sweepkit.registry.manifest import MANIFEST
from sweepkit.training import train
from sweepkit.training.run_file import RunFile

CONF = Path(__file__).parents[2] / "conf"
N_ROWS, N_FOLDS = 120, 3
NAME = "houses_predictor"
WORDS = [
    *("data=csv", "data.path=houses.csv", "data.target=price"),
    *("model=linear", f"evaluation.n_splits={N_FOLDS}"),
]


class Folder:
    """A folder with a table and a store, in which stages run."""

    run = Path("outputs", "sweepkit", "run.json")

    def __init__(self, path: Path, uri: str) -> None:
        self.path = path
        self.client = MlflowClient(uri, uri)

    def write_table(self, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        size = rng.normal(100, 20, N_ROWS).round(1)
        town = rng.choice(["a", "b"], N_ROWS)
        price = 3 * size + 50 * (town == "a") + rng.normal(0, 5, N_ROWS).round(1)
        table = pd.DataFrame({"size": size, "town": town, "price": price})
        table.to_csv(self.path / "houses.csv", index=False)

    def train(self, *words: str) -> RunFile:
        with composed([*WORDS, *words], CONF) as cfg:
            train(cfg)
        return RunFile.load(self.run)

    def register(self, name: str = "registered.json") -> dict:
        path = self.path / name
        register_run(self.run, WORDS, CONF, path, as_json=False)
        return json.loads(path.read_text())

    def tags(self, version: str) -> dict:
        return dict(self.client.get_model_version(NAME, version).tags)


@pytest.fixture
def folder(tmp_path, make_store, monkeypatch) -> Folder:
    monkeypatch.chdir(tmp_path)
    made = Folder(tmp_path, make_store().uri)
    made.write_table()
    return made


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_preparing_says_what_training_will_use(folder):
    """Training depends on these files: they must change with table and split only."""
    prepare_table(WORDS, CONF, Path("one"), as_json=False)
    prepare_table([*WORDS, "model=dummy"], CONF, Path("two"), as_json=False)
    run = folder.train("registry.publish=false")

    for name in ("table.json", "schema.json", "profile.json"):
        assert Path("one", name).read_bytes() == Path("two", name).read_bytes()
    table = json.loads(Path("one", "table.json").read_text())
    tags = folder.client.get_run(run.run_id).data.tags
    assert table["table_fingerprint"] == tags["data.fingerprint"]
    assert table["holdout_fingerprint"] == tags["holdout.fingerprint"]
    assert table["n_train"] + table["n_holdout"] == table["n_rows"] == N_ROWS
    assert table["n_folds"] == N_FOLDS

    folder.write_table(seed=1)
    prepare_table(WORDS, CONF, Path("three"), as_json=False)
    changed = json.loads(Path("three", "table.json").read_text())
    assert changed["table_fingerprint"] != table["table_fingerprint"]


def test_metrics_and_tables_are_those_on_record(folder):
    """`dvc metrics diff` compares these numbers, and MLflow shows the same run's."""
    run = folder.train("registry.publish=false")

    evaluate_run(folder.run, WORDS, CONF, Path("out"), as_json=False)

    recorded = folder.client.get_run(run.run_id).data.metrics
    metrics = json.loads(Path("out", "metrics.json").read_text())
    counts = {"n_train": metrics.pop("n_train"), "n_holdout": metrics.pop("n_holdout")}
    assert counts == {"n_train": 96, "n_holdout": 24}
    assert metrics == {name: recorded[name] for name in metrics}
    assert {"cv_rmse", "holdout_rmse", "floor_rmse"} <= metrics.keys()

    rows = read_csv(Path("out", "predictions.csv"))
    errors = [float(row["predicted"]) - float(row["actual"]) for row in rows]
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(metrics["holdout_rmse"])
    folds = [float(row["rmse"]) for row in read_csv(Path("out", "folds.csv"))]
    assert np.mean(folds) == pytest.approx(metrics["cv_rmse"])
    importance = read_csv(Path("out", "importance.csv"))
    assert {row["column"] for row in importance} == {"size", "town"}


def test_registering_later_is_registering_at_once(folder):
    """The stage must not be a second, poorer way into the registry."""
    folder.train("registry.gate=off")
    run = folder.train("registry.publish=false")

    registered = folder.register()

    assert (registered["run_id"], registered["model_id"]) == (run.run_id, run.model_id)
    assert registered["version"] == "2"
    assert not registered["promoted"], "an equal model changes nothing"
    own = {"run_id", MANIFEST, "challenger", "decision", "promoted", "lifecycle"}
    at_once, later = folder.tags("1"), folder.tags("2")
    assert at_once.keys() - own <= later.keys()
    same = ("model", "config.hash", "data.fingerprint", "cv_rmse", "holdout_rmse")
    assert {k: later[k] for k in same} == {k: at_once[k] for k in same}
    first, second = (folder.client.get_model_version(NAME, v) for v in "12")
    assert second.description == first.description


def test_a_run_is_registered_once(folder):
    """`dvc repro --force` must not fill the registry with copies."""
    folder.train("registry.publish=false")

    first, second = folder.register("one.json"), folder.register("two.json")

    assert first["promoted"], "there was no champion"
    assert second == first
    assert len(folder.client.search_model_versions(f"name = '{NAME}'")) == 1


def test_a_model_of_another_table_is_not_registered(folder):
    """The gate would judge it on rows that are not those it was held out from."""
    folder.train("registry.publish=false")
    folder.write_table(seed=1)

    with pytest.raises(DataError, match="not the one that run"):
        folder.register()

    assert folder.client.search_registered_models() == []


def test_no_record_leaves_no_run_file(folder):
    """A file that names a run nobody can open would break the stages after it."""
    with composed([*WORDS, "tracking=off"], CONF) as cfg:
        train(cfg)

    assert not folder.run.exists()
    with pytest.raises(ConfigError, match="--run"):
        folder.register()


@pytest.mark.parametrize("text", ["{}", "[]", "no JSON"])
def test_a_file_that_is_no_run_file_is_refused(folder, text):
    """It may have been cut off, or be another program's."""
    folder.run.parent.mkdir(parents=True)
    folder.run.write_text(text)

    with pytest.raises(ConfigError, match="not what train"):
        folder.register()


def test_a_run_that_the_store_lost_is_named(folder):
    """Files of an output folder may outlive the store, as DVC's cache does."""
    lost = RunFile(run_id="0" * 32, model_id="m-0", url="")
    lost.save(folder.run.parent)

    for stage in (evaluate_run, register_run):
        with pytest.raises(RegistryError, match=lost.run_id):
            stage(folder.run, WORDS, CONF, Path("out.json"), as_json=False)
