"""A sweep's record without a sweep: compose, then tell the callback what happened."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from hydra.utils import execution_whitelist
from mlflow.entities import Run
from omegaconf import DictConfig, open_dict

from sweepkit.config import register
from sweepkit.hooks.sweep_run import SweepRun
from sweepkit.sweep.outcome import Outcome, State, SweepPlan, SweepResult
from sweepkit.tracking import OpenStore, open_store

ROOT = Path(__file__).parents[2]
STARTED_AT = 1_700_000_000.0


def make_outcome(
    words: tuple[str, ...], number: int, value: float = 1.0, **changes
) -> Outcome:
    """A complete trial with two folds around `value`; ten seconds after the last."""
    alpha = 0.5 + number
    fields = {
        "number": number,
        "state": State.COMPLETE,
        "params": {"model.estimator.alpha": alpha},
        "overrides": (*words, f"model.estimator.alpha={alpha}"),
        "values": (value,),
        "folds": ({"rmse": value - 1, "r2": 0.5}, {"rmse": value + 1, "r2": 0.7}),
        "started_at": STARTED_AT + 10 * number,
        "seconds": 4.0,
    }
    return Outcome(**(fields | changes))


PRUNED = {"state": State.PRUNED, "values": (), "folds": ({"rmse": 5.0},)}
FAILED = {"state": State.FAILED, "values": (), "folds": (), "error": "FitError: no"}


@dataclass
class Bench:
    """Where sweeps are recorded, and what is there.

    Attributes:
        folder: Holds the table, the store and all output.
        store: The store, opened.
    """

    folder: Path
    store: OpenStore
    words: tuple[str, ...]

    def compose(self, *words: str) -> DictConfig:
        """The configuration of a whole sweep, as Hydra hands it to callbacks."""
        config = (
            GlobalHydra.instance()
            .config_loader()
            .load_configuration("train", [*self.words, *words], RunMode.MULTIRUN)
        )
        with open_dict(config.hydra):
            config.hydra.runtime.cwd = str(self.folder)
            config.hydra.sweep.dir = str(self.folder / "sweep")
        HydraConfig.instance().set_config(config)
        return config

    def listen(self, *words: str) -> SweepRun:
        """A callback that knows which sweep it is for."""
        callback = SweepRun()
        callback.on_multirun_start(self.compose(*words))
        return callback

    def plan(self, *earlier: Outcome, **changes) -> SweepPlan:
        fields = {
            "name": "linear on houses",
            "storage": "sqlite:///studies.db",
            "space": {"model.estimator.alpha": "interval(0.1,10)"},
            "directions": ("minimize",),
            "objectives": ("cv_rmse",),
            "n_trials": 5,
            "n_workers": 2,
            "folder": self.folder / "sweep",
            "earlier": earlier,
        }
        return SweepPlan(**(fields | changes))

    def sweep(
        self, *outcomes: Outcome, words=("registry.publish=false",), plan=None, **ending
    ) -> SweepRun:
        """One whole session: start, the outcomes, end."""
        plan = plan or self.plan()
        callback = self.listen(*words)
        callback.on_sweep_start(plan)
        for outcome in outcomes:
            callback.on_trial_end(outcome)
        callback.on_sweep_end(self.result(plan, *plan.earlier, *outcomes, **ending))
        return callback

    def result(self, plan: SweepPlan, *outcomes: Outcome, **ending) -> SweepResult:
        complete = [o for o in outcomes if o.state is State.COMPLETE]
        best = min(complete, key=lambda o: o.values[0], default=None)
        fields = {"best": best, "reason": "the budget is spent"} | ending
        return SweepResult(plan=plan, outcomes=outcomes, **fields)

    def runs(self, role: str) -> list[Run]:
        return self.store.client.search_runs(
            [self.store.experiment_id], f"tags.role = '{role}'", order_by=["start_time"]
        )

    def parent(self) -> Run:
        (parent,) = self.runs("sweep")
        return parent

    def curve(self, run: Run, metric: str) -> list[tuple[int, float]]:
        points = self.store.client.get_metric_history(run.info.run_id, metric)
        return sorted((point.step, point.value) for point in points)

    def versions(self) -> list[str]:
        found = self.store.client.search_model_versions("")
        return [version.run_id for version in found]


def write_table(path: Path) -> Path:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(80, 2)), columns=["a", "b"])
    table["y"] = 3 * table["a"] + rng.normal(size=80)
    table.to_csv(path, index=False)
    return path


@pytest.fixture
def bench(tmp_path, make_store, monkeypatch):
    register()
    monkeypatch.chdir(tmp_path)
    words = (
        "data=csv",
        f"data.path={write_table(tmp_path / 'houses.csv')}",
        "data.target=y",
        "model=linear",
        "evaluation.n_splits=2",
    )
    store = open_store(make_store("houses"))
    trusted = execution_whitelist(["sweepkit.*", "sklearn.*", "lightgbm.*"])
    with trusted, initialize_config_dir(str(ROOT / "conf")):
        yield Bench(tmp_path, store, words)
    HydraConfig.instance().cfg = None
    GlobalHydra.instance().clear()


MakeOutcome = Callable[..., Outcome]


@pytest.fixture
def outcome(bench: Bench) -> MakeOutcome:
    return partial(make_outcome, bench.words)


@pytest.fixture
def pruned() -> dict:
    """What makes an outcome that of a pruned trial."""
    return PRUNED


@pytest.fixture
def failed() -> dict:
    """What makes an outcome that of a failed trial."""
    return FAILED
