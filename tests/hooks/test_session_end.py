"""How a session ends when its storage fails, with a real record in MLflow."""

from dataclasses import dataclass

import optuna
import pytest
from hydra._internal.callbacks import Callbacks
from hydra.types import HydraContext

from sweepkit.errors import DiskError
from sweepkit.sweep.listening import Listeners
from sweepkit.sweep.reading import read_space
from sweepkit.sweep.resume import open_memory
from sweepkit.sweep.session import Session
from sweepkit.sweep.settings import Objectives
from sweepkit.sweep.storage import open_storage

SETTINGS = {"timeout": None, "patience": None, "max_failure_rate": 0.5}


@dataclass
class FullDisk:
    """A launcher in whose trials the storage's disk is full."""

    def launch(self, job_overrides, initial_job_idx):
        raise DiskError("studies.db cannot grow")


@pytest.fixture
def session(bench, tmp_path):
    url = f"sqlite:///{tmp_path / 'studies.db'}"
    memory = open_memory(
        open_storage(url),
        "s",
        directions=["minimize"],
        contract={},
        make_sampler=lambda n: optuna.samplers.RandomSampler(seed=n),
        pruner=optuna.pruners.NopPruner(),
    )
    callbacks = Callbacks()
    callbacks.callbacks = [bench.listen("registry.publish=false")]
    return Session(
        {**SETTINGS, "storage": url},
        bench.plan(name="s"),
        read_space({"x": "interval(0,1)"}, []),
        Objectives(metrics=("rmse",), names=("cv_rmse",), directions=("minimize",)),
        memory,
        Listeners(HydraContext(None, callbacks, ())),
    )


def test_a_storage_that_fails_leaves_no_run_open(bench, session):
    """The first error is the one a person sees; the sweep's run says that it failed."""
    with pytest.raises(DiskError, match="cannot grow"):
        session.run(FullDisk())

    parent = bench.parent()
    assert parent.info.status == "FAILED"
    assert "cannot grow" in parent.data.tags["sweep.reason"]
    assert bench.versions() == []
    states = [trial.state.name for trial in session.memory.study.trials]
    assert states == ["FAIL", "FAIL"], "what ran is owed"


def test_a_record_that_fails_too_does_not_hide_the_first_error(
    bench, session, monkeypatch, caplog
):
    """Both disks are full: the message names the one that ended the sweep."""
    (callback,) = session.listeners._others

    def fail(result):
        raise DiskError("mlflow.db cannot grow")

    monkeypatch.setattr(callback, "on_sweep_end", fail)

    with pytest.raises(DiskError, match=r"studies\.db"):
        session.run(FullDisk())

    assert "mlflow.db cannot grow" in caplog.text
