"""One trial in this process: compose, hand to `train`, look at what it left."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.utils import execution_whitelist
from mlflow import MlflowClient
from mlflow.entities import Run
from omegaconf import open_dict

from sweepkit.config import register
from sweepkit.training import train

ROOT = Path(__file__).parents[2]


@dataclass
class Bench:
    """Runs trials on one table and one store.

    Attributes:
        folder: Where the table, the store and all output lie.
        client: MLflow's client of that store.
    """

    folder: Path
    client: MlflowClient
    defaults: tuple[str, ...]
    runs: int = 0

    def compose(self, *overrides: str):
        cfg = compose(
            "train", overrides=[*self.defaults, *overrides], return_hydra_config=True
        )
        self.runs += 1
        with open_dict(cfg.hydra):
            cfg.hydra.runtime.output_dir = str(self.folder / f"out{self.runs}")
            cfg.hydra.runtime.cwd = str(self.folder)
        HydraConfig.instance().set_config(cfg)
        with open_dict(cfg):
            del cfg["hydra"]
        return cfg

    def train(self, *overrides: str, **settings) -> float:
        return train(self.compose(*overrides), **settings)

    @property
    def output(self) -> Path:
        return self.folder / f"out{self.runs}"

    def last_run(self) -> Run:
        experiments = [e.experiment_id for e in self.client.search_experiments()]
        return self.client.search_runs(experiments, max_results=1)[0]

    def artifacts(self) -> set[str]:
        run_id = self.last_run().info.run_id
        return {entry.path for entry in self.client.list_artifacts(run_id)}


def write_table(path: Path, **changes) -> Path:
    """A small table with every role; the target depends on `size` and `town`."""
    rng = np.random.default_rng(0)
    n = 120
    size, town = rng.normal(100, 20, n).round(1), rng.choice(["a", "b"], n)
    table = pd.DataFrame(
        {
            "house_id": np.arange(n),
            "size": size,
            "town": town,
            "garden": rng.random(n) > 0.5,
            "sold_on": pd.date_range("2020-01-01", periods=n, freq="7D").astype("str"),
            "price": 3 * size + 50 * (town == "a") + rng.normal(0, 5, n).round(1),
        }
    )
    table.loc[[3, 50], "size"] = np.nan
    for column, value in changes.items():
        table[column] = value
    table.to_csv(path, index=False)
    return path


@pytest.fixture
def bench(tmp_path, make_store, monkeypatch):
    register()
    store = make_store()
    monkeypatch.chdir(tmp_path)
    table = write_table(tmp_path / "houses.csv")
    defaults = (
        "data=csv",
        f"data.path={table}",
        "data.target=price",
        "model=linear",
        "evaluation.n_splits=3",
    )
    trusted = execution_whitelist(["sweepkit.*", "sklearn.*", "lightgbm.*"])
    with trusted, initialize_config_dir(str(ROOT / "conf")):
        yield Bench(tmp_path, MlflowClient(store.uri, store.uri), defaults)
    GlobalHydra.instance().clear()


Rewrite = Callable[..., Path]


@pytest.fixture
def rewrite_table(tmp_path) -> Rewrite:
    """Write the table again with other values in some columns."""
    return lambda **changes: write_table(tmp_path / "houses.csv", **changes)
