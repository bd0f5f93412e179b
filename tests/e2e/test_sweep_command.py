"""`python train.py -m hparams_search=...` as a person meets it."""

import os
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import optuna
import pytest
from mlflow import MlflowClient
from omegaconf import OmegaConf

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SMALL = ("data=csv", "data.path=table.csv", "data.target=y", "evaluation.n_splits=3")
LINEAR = ("-m", *SMALL, "model=linear", "hparams_search=optuna")


def study_of(folder: Path) -> optuna.Study:
    url = f"sqlite:///{folder / 'outputs' / 'studies.db'}"
    (name,) = optuna.get_all_study_names(url)
    return optuna.load_study(study_name=name, storage=url)


def states_of(folder: Path) -> list[str]:
    return [trial.state.name for trial in study_of(folder).trials]


def runs_of(folder: Path) -> dict[str, list]:
    client = MlflowClient(*[f"sqlite:///{folder / 'mlflow.db'}"] * 2)
    ids = [experiment.experiment_id for experiment in client.search_experiments()]
    runs = client.search_runs(ids)
    return {
        role: [run for run in runs if run.data.tags.get("role") == role]
        for role in ("sweep", "trial")
    }


def versions_of(folder: Path) -> list:
    client = MlflowClient(*[f"sqlite:///{folder / 'mlflow.db'}"] * 2)
    return list(client.search_model_versions())


def numbers_in_mlflow(folder: Path) -> list[int]:
    return sorted(int(r.data.tags["sweep.trial"]) for r in runs_of(folder)["trial"])


@pytest.fixture(scope="module")
def finished(tmp_path_factory, make_workplace, prepared, environment):
    """A sweep of four trials that has ended, and what it said; nobody changes it."""
    folder = make_workplace(tmp_path_factory.mktemp("finished"))
    command = [str(ROOT / "train.py"), *LINEAR, "hydra.sweeper.n_trials=4"]
    return folder, prepared.run(command, folder, environment)


@pytest.fixture
def searched(workplace, finished):
    """A copy of its folder, in which `train_py` goes on; return what it said."""
    folder, done = finished
    assert done.returncode == 0, done.stderr
    shutil.copytree(folder, workplace, dirs_exist_ok=True)
    return done


def test_a_sweep_ends_with_its_best_trial_registered(searched, workplace):
    """One command: searched, recorded, refitted, published, and told."""
    study = study_of(workplace)
    assert len(study.trials) == 4
    assert numbers_in_mlflow(workplace) == list(range(4))
    (parent,) = runs_of(workplace)["sweep"]
    assert parent.info.status == "FINISHED"
    assert parent.data.metrics["best_cv_rmse"] == study.best_value
    (version,) = versions_of(workplace)
    winner = next(
        run
        for run in runs_of(workplace)["trial"]
        if int(run.data.tags["sweep.trial"]) == study.best_trial.number
    )
    assert version.run_id == winner.info.run_id
    assert winner.data.metrics["holdout_rmse"] > 0
    assert "tuned against defaults" in searched.stdout
    (folder,) = workplace.glob("outputs/sweep/*/*")
    assert (folder / "sweep_report.html").exists()
    results = OmegaConf.load(folder / "optimization_results.yaml")
    assert results.best_value == study.best_value


def test_trial_0_is_the_models_own_defaults(searched, train_py, workplace):
    """The objective of trial 0 is that of a plain run: did tuning help?"""
    single = train_py(*SMALL, "model=linear", "registry.publish=false")

    assert single.returncode == 0, single.stderr
    client = MlflowClient(f"sqlite:///{workplace / 'mlflow.db'}")
    ids = [e.experiment_id for e in client.search_experiments()]
    newest = client.search_runs(ids, max_results=1)[0]
    assert newest.data.metrics["cv_rmse"] == study_of(workplace).trials[0].value


def test_the_same_command_again_goes_on_and_registers_once(
    searched, train_py, workplace
):
    """`n_trials` is the total; what is done is not done again."""
    again = train_py(*LINEAR, "hydra.sweeper.n_trials=4")
    assert again.returncode == 0, again.stderr
    assert len(versions_of(workplace)) == 1

    more = train_py(*LINEAR, "hydra.sweeper.n_trials=7")

    assert more.returncode == 0, more.stderr
    assert len(study_of(workplace).trials) == 7
    assert numbers_in_mlflow(workplace) == list(range(7))
    assert len(runs_of(workplace)["sweep"]) == 1
    params = [tuple(trial.params.values()) for trial in study_of(workplace).trials]
    assert len(set(params)) == 7, "the sampler does not repeat itself"


def test_a_changed_sweep_is_refused_with_the_difference(searched, train_py):
    """Results under other conditions do not compare."""
    for change, said in {
        "model.estimator.alpha=interval(1,2)": "space",
        "evaluation.n_splits=4": "n_splits was 3 and is 4",
        "seed=7": "seed was 42 and is 7",
    }.items():
        done = train_py(*LINEAR, "hydra.sweeper.n_trials=5", change)
        assert done.returncode == 2, done.stderr
        assert said in done.stderr
        assert "hydra.sweeper.study_name" in done.stderr
        assert "Traceback" not in done.stderr


def test_without_m_a_search_is_refused(train_py):
    """Hydra alone would run one job and say nothing."""
    done = train_py(*SMALL, "hparams_search=optuna")

    assert done.returncode == 2
    assert "add -m" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        # The rest is held, without a process, by tests/sweep/test_space_checks.py.
        pytest.param(
            ["model.estimator.alfa=interval(1,2)"],
            "model.estimator.alpha",
            id="unknown key",
            marks=pytest.mark.exhaustive,
        ),
        pytest.param(
            ["model.clip_predictions=choice(true,maybe)"],
            "clip_predictions",
            id="wrong type",
            marks=pytest.mark.exhaustive,
        ),
        pytest.param(
            ["features=choice(none,goe)"], "geo", id="choice that does not compose"
        ),
    ],
)
def test_an_impossible_space_is_refused_before_trial_0(
    train_py, workplace, words, said
):
    """A typo must not cost a night of failing trials."""
    done = train_py(*LINEAR, *words)

    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert runs_of(workplace) == {"sweep": [], "trial": []}


def test_if_no_trial_succeeds_the_cause_is_told_with_exit_code_3(train_py, workplace):
    """The most frequent cause, in one sentence, and nothing registered."""
    done = train_py(
        *LINEAR,
        "model.estimator.alpha=-1",
        "model.inputs.scale=choice(true,false)",
        "hydra.sweeper.n_trials=3",
    )

    assert done.returncode == 3, done.stderr
    assert "alpha" in done.stderr
    assert states_of(workplace) == ["FAIL"] * 3
    assert "Traceback" not in done.stderr


def test_a_failing_trial_does_not_end_the_sweep(train_py, workplace):
    """One bad corner of the space is news, not the end."""
    done = train_py(
        *LINEAR,
        "model.estimator.alpha=choice(-1,0.1,1,10,20)",
        "hydra.sweeper.n_trials=8",
        "hydra.sweeper.max_failure_rate=1.0",
    )

    assert done.returncode == 0, done.stderr
    states = states_of(workplace)
    assert len(states) == 8
    assert "COMPLETE" in states
    assert {run.info.status for run in runs_of(workplace)["trial"]} <= {
        "FINISHED",
        "FAILED",
    }


# test_tasks.py holds `random` to the same, for every task.
@pytest.mark.parametrize(
    "search",
    [
        pytest.param("random", marks=pytest.mark.exhaustive),
        *("grid", "optuna_all", "pareto"),
    ],
)
def test_every_kind_of_search_runs(train_py, workplace, search):
    """Each is one word; the grid needs values instead of ranges."""
    words = {
        "grid": ["model.estimator.alpha=choice(0.1,1,10)"],
        "optuna_all": [
            "model.estimator.n_estimators=choice(5,10)",
            "model.estimator.max_iter=choice(5,10)",
        ],
    }.get(search, [])
    model = [] if search == "optuna_all" else ["model=linear"]

    done = train_py(
        "-m",
        *SMALL,
        *model,
        f"hparams_search={search}",
        "hydra.sweeper.n_trials=5",
        *words,
    )

    assert done.returncode == 0, done.stderr
    assert len(states_of(workplace)) == (3 if search == "grid" else 5)
    assert len(versions_of(workplace)) == 1


@pytest.mark.parametrize("launcher", ["basic", "joblib"])
def test_other_launchers_keep_working(train_py, workplace, launcher):
    """In batches, without pruning, and with the very same record."""
    if launcher == "joblib":
        pytest.importorskip("hydra_plugins.hydra_joblib_launcher")

    done = train_py(
        *LINEAR,
        f"hydra/launcher={launcher}",
        "hydra.sweeper.n_trials=4",
    )

    assert done.returncode == 0, done.stderr
    assert states_of(workplace) == ["COMPLETE"] * 4
    assert numbers_in_mlflow(workplace) == [0, 1, 2, 3]


ENDLESS = (
    "model=random_forest",
    "hparams_search=random",
    "model.estimator.n_estimators=200000",
    "model.estimator.max_depth=4",
)


@pytest.fixture
def start(workplace, environment):
    """Start a sweep in the background; whatever the test does, it ends with it."""
    started = []

    def run(*words: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-u", str(ROOT / "train.py"), "-m", *SMALL, *words],
            cwd=workplace,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()


def wait_for_trials(workplace: Path, process, count: int) -> None:
    """Poll the study until so many trials began; the process's end is the time-out."""
    url = f"file:{workplace / 'outputs' / 'studies.db'}?mode=ro"
    while process.poll() is None:
        # Until file and tables are there, sqlite says it is not operational.
        with (
            suppress(sqlite3.OperationalError),
            closing(sqlite3.connect(url, uri=True)) as database,
        ):
            (begun,) = database.execute("SELECT COUNT(*) FROM trials").fetchone()
            if begun >= count:
                return
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.02)
    raise AssertionError(process.communicate()[0])


def workers_of(pid: int) -> set[int]:
    """Return all descendants of a process, as /proc tells them."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(status.parent.name)] = int(fields[1])
    found, frontier = set(), {pid}
    while frontier:
        frontier = {child for child, parent in parents.items() if parent in frontier}
        found |= frontier
    return found


@pytest.mark.parametrize(
    ("sign", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143)],
    ids=["Ctrl-C", "SIGTERM"],
)
def test_a_signal_stops_the_sweep_cleanly(workplace, start, sign, code):
    """What ran is owed, nothing stays running, nothing is registered."""
    process = start(*ENDLESS)
    wait_for_trials(workplace, process, 2)
    workers = workers_of(process.pid)
    assert workers
    alive = [os.pidfd_open(pid) for pid in workers]

    process.send_signal(sign)

    assert process.wait(timeout=20) == code, process.communicate()[0]
    assert set(states_of(workplace)) == {"FAIL"}
    assert {run.info.status for run in runs_of(workplace)["sweep"]} == {"KILLED"}
    assert versions_of(workplace) == []
    for worker in alive:
        gone = select.poll()
        gone.register(worker, select.POLLIN)
        assert gone.poll(2_000), "a worker outlived its parent by more than 2 s"
        os.close(worker)


def test_a_second_process_on_one_study_is_refused(workplace, start, train_py):
    """It names the first one's pid and exits with 6."""
    words = (*ENDLESS, "hydra.sweeper.study_name=one")
    first = start(*words)
    wait_for_trials(workplace, first, 1)

    second = train_py("-m", *SMALL, *words)
    first.terminate()
    first.wait(timeout=20)

    assert second.returncode == 6, second.stderr
    assert str(first.pid) in second.stderr
