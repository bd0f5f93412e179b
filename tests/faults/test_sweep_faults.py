"""What goes wrong around a sweep's trials: a full disk, a hang, a crash."""

import os
import subprocess
import sys

import optuna
import pytest

pytestmark = pytest.mark.slow

FULL_DISK = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (250_000,) * 2)"


def test_a_full_disk_ends_with_exit_code_5_and_a_readable_study(sweep, processes):
    """The study's file may not grow: what was told is safe, and a resume goes on."""
    words = ("hparams_search=optuna", "model=linear", "tracking=off")
    many = "hydra.sweeper.n_trials=60"

    code, output = sweep.run(*words, many, before=FULL_DISK)

    assert code == 5, output
    assert "studies.db" in output
    assert "Traceback" not in output
    assert not processes.wait_for_end(sweep.processes[-1].pid, 2.0)
    told = sweep.told()
    assert 0 < len(told) < 60
    code, output = sweep.run(*words, f"hydra.sweeper.n_trials={len(told) + 2}")
    assert code == 0, output
    assert told.items() <= sweep.told().items()
    states = [t.state.name for t in sweep.study().trials]
    assert "RUNNING" not in states


def test_a_trial_that_takes_too_long_fails_alone(sweep):
    """The others end as ever, and the cause names the limit's key."""
    code, output = sweep.run(
        "hparams_search=grid",
        "model=random_forest",
        "model.estimator.n_estimators=choice(400000,5,10)",
        "hydra.launcher.timeout_s=5",
        "registry.publish=false",
    )

    assert code == 0, output
    states = {
        trial.params["model.estimator.n_estimators"]: trial.state.name
        for trial in sweep.study().trials
    }
    assert states == {400000: "FAIL", 5: "COMPLETE", 10: "COMPLETE"}
    (failed,) = [r for r in sweep.runs("trial") if r.info.status == "FAILED"]
    assert "hydra.launcher.timeout_s" in failed.data.tags["error"]


BRITTLE = """
import os, signal


class Brittle:
    def __init__(self, depth):
        self.depth = depth

    def score(self):
        if self.depth == 3:
            os.kill(os.getpid(), signal.SIGSEGV)
        return float(self.depth)
"""
APP = """
import hydra
from hydra.core.config_store import ConfigStore
from hydra.utils import instantiate

OURS = [{"override hydra/sweeper": "sweepkit"}, {"override hydra/launcher": "pool"}]
ESTIMATOR = {"_target_": "brittle.Brittle", "depth": 1}


@hydra.main(config_path=None, config_name="app", execution_whitelist=["brittle.*"])
def main(cfg):
    return instantiate(cfg.estimator).score()


if __name__ == "__main__":
    node = {"defaults": ["_self_", *OURS], "estimator": ESTIMATOR}
    ConfigStore.instance().store(name="app", node=node)
    main()
"""


def test_a_segfault_costs_one_trial(tmp_path):
    """Also in a program that is not `train.py`."""
    (tmp_path / "brittle.py").write_text(BRITTLE)
    (tmp_path / "app.py").write_text(APP)
    done = subprocess.run(
        [
            *(sys.executable, "app.py", "-m", "estimator.depth=choice(1,2,3,4,5)"),
            "hydra/sweeper/sampler=grid",
            "hydra.sweeper.n_jobs=2",
            "hydra.sweeper.study_name=brittle",
            "hydra.sweeper.storage=sqlite:///study.db",
            "hydra.launcher.preload=[]",
        ],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert "signal 11" in done.stderr
    trials = optuna.load_study(
        study_name="brittle", storage=f"sqlite:///{tmp_path / 'study.db'}"
    ).trials
    states = {t.params["estimator.depth"]: t.state.name for t in trials}
    complete = dict.fromkeys([1, 2, 4, 5], "COMPLETE")
    assert states == complete | {3: "FAIL"}
