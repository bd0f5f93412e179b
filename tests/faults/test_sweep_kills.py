"""Kill -9 at random moments of real sweeps, and the same command typed again."""

import os
import random
import re
import signal
import subprocess
from contextlib import suppress

import pytest
from filelock import FileLock

from sweepkit.sweep.wording import write_value

pytestmark = pytest.mark.slow

N_TRIALS = 9
# No process may outlive the command by more.
OUTLIVE_S = 2.0
WORDS = (
    "hparams_search=optuna",
    f"hydra.sweeper.n_trials={N_TRIALS}",
    "hydra.sweeper.n_jobs=2",
)
LINEAR = (*WORDS, "model=linear")
# Longer trials, so that a kill rather hits one than what lies between two.
FOREST = (
    *WORDS,
    "model=random_forest",
    "model.estimator.n_estimators=int(interval(20,60))",
)
STATES = {"COMPLETE": "complete", "PRUNED": "pruned", "FAIL": "failed"}
STATUS = {"COMPLETE": "FINISHED", "PRUNED": "FINISHED", "FAIL": "FAILED"}
PRINTED = re.compile(r"^trial (\d+)  complete  cv_rmse (\S+)", re.MULTILINE)
BEGUN = "SELECT number FROM trials"
# What the end of a sweep leaves in MLflow, one after the other.
CLOSED = """
SELECT * FROM runs JOIN tags USING (run_uuid)
WHERE key = 'role' AND value = 'sweep' AND status = 'FINISHED'
"""
LOGGED = "SELECT * FROM logged_models"
PUBLISHED = "SELECT * FROM model_versions"
FAST = range(1)
SEEDS = [
    pytest.param(seed, marks=[] if seed in FAST else pytest.mark.exhaustive)
    for seed in range(20)
]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_kill_at_any_moment_loses_nothing_that_was_told(sweep, processes, seed):
    """Odd seeds kill a worker, even ones the command itself; then it is typed again."""
    chance = random.Random(seed)
    words = LINEAR if chance.random() < 0.3 else FOREST
    process = sweep.start(*words)

    if seed % 2:
        told = kill_a_worker(sweep, processes, process, chance)
    else:
        told = kill_the_command(sweep, processes, process, chance)
    printed = process.communicate()[0]
    assert process.returncode == (0 if seed % 2 else -signal.SIGKILL), printed
    check_nothing_holds_on(sweep, processes, process.pid)
    code, output = sweep.run(*words)

    assert code == 0, output
    check_what_was_told(sweep, told, printed)
    check_the_budget(sweep)
    check_agreement(sweep)
    assert len(sweep.versions()) == 1
    check_nothing_holds_on(sweep, processes, sweep.processes[-1].pid)


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(CLOSED, marks=pytest.mark.exhaustive),
        pytest.param(LOGGED, marks=pytest.mark.exhaustive),
        PUBLISHED,
    ],
    ids=["the sweep's run has ended", "a model is logged", "a version is there"],
)
def test_a_kill_while_the_best_is_registered_leaves_one_version(
    sweep, processes, event
):
    """The command typed again completes what was begun and does nothing twice."""
    process = sweep.start(*LINEAR)
    sweep.wait_for_rows(process, event, file="mlflow.db")
    process.kill()
    check_nothing_holds_on(sweep, processes, process.pid)
    told = sweep.told()

    code, output = sweep.run(*LINEAR)

    assert code == 0, output
    check_what_was_told(sweep, told, process.communicate()[0])
    check_the_budget(sweep)
    check_agreement(sweep)
    (version,) = sweep.versions()
    assert version.tags["promoted"] == "True"


def kill_the_command(sweep, processes, process, chance) -> dict[int, float]:
    """Kill it between its first trial and, at the latest, its registration."""
    sweep.wait_for_rows(process, BEGUN, chance.randint(1, N_TRIALS))
    pass_some_time(process, chance.uniform(0, 0.4))
    told = sweep.told()
    process.kill()
    left = processes.wait_for_end(process.pid, OUTLIVE_S)
    assert not left, "no process outlives a killed command"
    return told | sweep.told()


def kill_a_worker(sweep, processes, process, chance) -> dict[int, float]:
    """Kill one while the last trials have not begun yet."""
    sweep.wait_for_rows(process, BEGUN, chance.randint(1, N_TRIALS - 3))
    pass_some_time(process, chance.uniform(0, 0.1))
    while not (workers := processes.workers(process.pid)):
        # The first trials have begun before the workers are there.
        assert process.poll() is None, process.communicate()[0]
    told = sweep.told()
    os.kill(chance.choice(workers), signal.SIGKILL)
    return told


def pass_some_time(process, seconds: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=seconds)


def check_nothing_holds_on(sweep, processes, pid: int) -> None:
    assert not processes.wait_for_end(pid, OUTLIVE_S)
    locks = list((sweep.folder / "outputs").glob("*-rmse.lock"))
    assert locks, "the study has a lock"
    for file in locks:
        FileLock(file).acquire(timeout=0).lock.release()


def check_what_was_told(sweep, told: dict[int, float], printed: str) -> None:
    now = {trial.number: trial for trial in sweep.study().trials}
    for number, value in told.items():
        assert (now[number].state.name, now[number].value) == ("COMPLETE", value)
    for number, value in PRINTED.findall(printed):
        assert now[int(number)].state.name == "COMPLETE", "it was printed"
        assert write_value(now[int(number)].value) == value


def check_the_budget(sweep) -> None:
    """Each begun trial ended, and what died was repeated, exactly once."""
    trials = sweep.study().trials
    assert {trial.state.name for trial in trials} <= set(STATES)
    counted = [t for t in trials if not t.user_attrs.get("sweepkit:owed")]
    assert len(counted) == N_TRIALS
    owed = [t for t in trials if t.user_attrs.get("sweepkit:owed")]
    repeated = {t.user_attrs.get("sweepkit:retry_of"): t.params for t in trials}
    assert {t.number: t.params for t in owed}.items() <= repeated.items()


def check_agreement(sweep) -> None:
    """Optuna and MLflow tell the same of every trial."""
    (parent,) = sweep.runs("sweep")
    assert parent.info.status == "FINISHED"
    children: dict[int, list] = {}
    for run in sweep.runs("trial"):
        assert run.data.tags["mlflow.parentRunId"] == parent.info.run_id
        children.setdefault(int(run.data.tags["sweep.trial"]), []).append(run)
    for trial in sweep.study().trials:
        runs = children.pop(trial.number, [])
        if trial.user_attrs.get("sweepkit:owed"):
            assert {run.info.status for run in runs} <= {"KILLED"}
            continue
        (run,) = runs
        assert run.data.tags["sweep.state"] == STATES[trial.state.name]
        assert run.info.status == STATUS[trial.state.name]
        if trial.state.name == "COMPLETE":
            assert run.data.metrics["cv_rmse"] == trial.value
    assert not children, "runs of trials that nobody knows"
