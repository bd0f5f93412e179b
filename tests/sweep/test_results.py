"""Programs that read Hydra's `optimization_results.yaml` can read this one."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from sweepkit.errors import DiskError
from sweepkit.sweep.outcome import Outcome, State, SweepPlan, SweepResult
from sweepkit.sweep.results import write_optimization_results


def make(*outcomes, best=None, objectives=("cv_rmse",), front=()):
    plan = SweepPlan(
        name="housing",
        storage="sqlite://",
        space={},
        directions=("minimize",) * len(objectives),
        objectives=objectives,
        n_trials=5,
        n_workers=1,
        folder=Path("x"),
    )
    return SweepResult(
        plan=plan, outcomes=outcomes, best=best, front=front, reason="interrupted"
    )


def trial(number, *values, state=State.COMPLETE, **fields):
    return Outcome(
        number=number, state=state, values=values, **({"params": {}} | fields)
    )


def load(result, tmp_path):
    path = tmp_path / "new" / "optimization_results.yaml"
    write_optimization_results(result, path)
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_one_objective_has_the_official_keys_and_ours(tmp_path):
    params = {"model": "größer", "model.estimator.rate": 1e-5, "flag": True, "x": None}
    best = trial(3, 40_000.5, params=params, run_id="abc")
    failed = trial(4, state=State.FAILED)
    written = load(make(best, failed, best=best), tmp_path)
    assert written == {
        "name": "optuna",
        "best_params": params,
        "best_value": 40_000.5,
        "best_trial": 3,
        "best_run_id": "abc",
        "n_trials": {"complete": 1, "pruned": 0, "failed": 1},
        "study": "housing",
        "reason": "interrupted",
    }
    assert list(written)[:3] == ["name", "best_params", "best_value"]


def test_several_objectives_have_solutions(tmp_path):
    one, two = trial(0, 1.0, 2.0, params={"a": 1}), trial(1, 2.0, 1.0)
    result = make(one, two, best=one, objectives=("a", "b"), front=(0,))
    written = load(result, tmp_path)
    solution = {"params": {"a": 1}, "values": [1.0, 2.0], "trial": 0, "run_id": None}
    assert written["solutions"] == [solution]
    assert "best_value" not in written and written["best_trial"] == 0


def test_values_are_built_in_types(tmp_path):
    """`yaml.safe_load` refuses anything else."""
    params = {
        "a": np.float64(0.5),
        "b": np.int64(3),
        "c": np.bool_(True),
        "d": (1, "x"),
        "e": Path("y"),
    }
    best = trial(0, np.float64(1.5), params=params)
    written = load(make(best, best=best), tmp_path)
    assert written["best_params"] == {
        "a": 0.5,
        "b": 3,
        "c": True,
        "d": [1, "x"],
        "e": "y",
    }
    assert written["best_value"] == 1.5


def test_a_sweep_without_success_is_written_too(tmp_path):
    written = load(make(trial(0, state=State.FAILED)), tmp_path)
    assert written["best_params"] == {} and written["best_value"] is None


def test_a_folder_that_cannot_be_made_is_a_disk_error(tmp_path):
    (tmp_path / "new").write_text("a file")
    with pytest.raises(DiskError, match=r"optimization_results\.yaml"):
        load(make(), tmp_path)
