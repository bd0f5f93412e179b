"""What becomes of a sweep's best trial when the sweep is done."""

import pickle

import pytest
from hydra.core.utils import JobReturn, JobStatus
from omegaconf import read_write

from sweepkit.errors import ConfigError, Departure
from sweepkit.evaluation.objective import Objective
from sweepkit.registry.aliases import champion_version
from sweepkit.registry.versions import find_version

NAME = "houses_predictor"


def winner_of(bench, number):
    (trial,) = (
        t for t in bench.runs("trial") if t.data.tags["sweep.trial"] == str(number)
    )
    return trial


def test_the_best_trial_becomes_a_version(bench, outcome, capsys):
    """Its own run holds the model, its verdict and its figures."""
    bench.sweep(outcome(0, 4.0), outcome(1, 3.0), words=())

    trial = winner_of(bench, 1)
    assert bench.versions() == [trial.info.run_id]
    assert champion_version(bench.store.client, NAME) == "1"
    assert "holdout_rmse" in trial.data.metrics
    assert trial.data.metrics["cv_rmse"] == 3.0
    assert trial.outputs.model_outputs
    assert len(trial.data.params) == 1
    assert trial.data.tags["config.hash"] and trial.data.tags["data.fingerprint"]
    files = bench.store.client.list_artifacts(trial.info.run_id)
    assert {"report.html", "figures", "config.yaml"} <= {file.path for file in files}
    assert (bench.folder / "sweep" / "best" / "report.html").exists()
    assert f"{NAME} version 1" in bench.parent().data.tags["registered"]
    printed = capsys.readouterr().out
    assert f"{NAME} version 1" in printed
    assert "is the champion now" in printed
    assert "mean of 2 folds" in printed


def test_the_model_has_the_best_trials_parameters(bench, outcome):
    """And no others: the config on its run is that of the model."""
    bench.sweep(outcome(0, 4.0), outcome(1, 3.0), words=())

    run_id = winner_of(bench, 1).info.run_id
    file = bench.store.client.download_artifacts(run_id, "config.yaml")
    assert "alpha: 1.5" in open(file).read()  # noqa: PTH123, SIM115


def test_the_winners_run_stays_as_long_as_it_was(bench, outcome):
    """A trial of four seconds must not seem to have taken the whole night."""
    bench.sweep(outcome(0), words=())

    info = winner_of(bench, 0).info
    assert (info.status, info.end_time - info.start_time) == ("FINISHED", 4000)


def test_only_the_best_trial_sees_the_holdout(bench, outcome):
    """Otherwise the holdout would choose."""
    bench.sweep(outcome(0, 4.0), outcome(1, 3.0), words=())

    assert not any(
        name.startswith("holdout") for name in winner_of(bench, 0).data.metrics
    )


def test_the_same_best_is_registered_once(bench, outcome, capsys):
    """A sweep that is resumed and finds nothing better has nothing to register."""
    first = [outcome(0, 4.0), outcome(1, 3.0)]
    bench.sweep(*first, words=())
    metrics = winner_of(bench, 1).data.metrics
    capsys.readouterr()

    bench.sweep(outcome(2, 5.0), words=(), plan=bench.plan(*first))

    trial = winner_of(bench, 1)
    assert bench.versions() == [trial.info.run_id]
    assert trial.data.metrics == metrics
    assert len(trial.outputs.model_outputs) == 1
    assert "version 1, as before" in capsys.readouterr().out


def test_a_better_best_is_a_further_version(bench, outcome):
    """The resumed sweep went on and found it."""
    bench.sweep(outcome(0, 4.0), words=())
    bench.sweep(outcome(1, 3.0), words=(), plan=bench.plan(outcome(0, 4.0)))

    ids = {winner_of(bench, 0).info.run_id, winner_of(bench, 1).info.run_id}
    assert set(bench.versions()) == ids


def test_a_publication_cut_off_is_completed(bench, outcome):
    """Killed between the version and the gate's decision."""
    bench.sweep(outcome(0), words=())
    client, run_id = bench.store.client, winner_of(bench, 0).info.run_id
    client.delete_model_version_tag(NAME, "1", "promoted")

    bench.sweep(words=(), plan=bench.plan(outcome(0)))

    assert bench.versions() == [run_id]
    version = find_version(client, NAME, run_id)
    assert version is not None and "promoted" in version.tags


def test_publish_false_leaves_the_registry_alone(bench, outcome, capsys):
    """As for a single run."""
    bench.sweep(outcome(0), words=("registry.publish=false",))

    assert bench.versions() == []
    assert "no: registry.publish=false" in capsys.readouterr().out


def test_a_refit_that_fails_fails_the_sweep(bench, outcome):
    """A sweep whose model was not registered must not look like a success."""
    broken = outcome(
        0, overrides=("model=linear", "model.estimator._target_=sklearn.X")
    )

    with pytest.raises(ConfigError, match="cannot be built"):
        bench.sweep(broken, words=())

    parent = bench.parent()
    assert parent.info.status == "FAILED"
    assert "cannot be built" in parent.data.tags["error"]
    assert bench.versions() == []


@pytest.fixture
def end_job(bench):
    """Tell a callback that a job of a plain sweep has ended."""

    def end(callback, number, value, *words):
        config = bench.compose(*words)
        with read_write(config.hydra.job):
            config.hydra.job.num = number
        if isinstance(value, BaseException):
            told = JobReturn(status=JobStatus.FAILED, _return_value=value)
        else:
            folds = ({"rmse": value - 1}, {"rmse": value + 1})
            told = JobReturn(status=JobStatus.COMPLETED)
            told.return_value = Objective(value, folds)
        callback.on_job_start(config, task_function=float)
        callback.on_job_end(config, job_return=told)

    return end


def test_jobs_in_other_processes_make_one_sweep(bench, end_job):
    """Hydra's joblib launcher pickles callbacks anew for every batch of jobs."""
    callback = bench.listen("model=linear,dummy")
    for number, model in enumerate(["linear", "dummy"]):
        copy = pickle.loads(pickle.dumps(callback))
        end_job(copy, number, 2.0 - number, f"model={model}")

    callback.on_multirun_end(bench.compose("model=linear,dummy"))

    parent = bench.parent()
    assert parent.info.status == "FINISHED"
    assert bench.curve(parent, "best_cv_rmse") == [(0, 2.0), (1, 1.0)]
    trials = bench.runs("trial")
    assert [t.data.params for t in trials] == [{"model": "linear"}, {"model": "dummy"}]
    assert bench.versions() == [trials[1].info.run_id]


def test_a_failed_job_is_kept_with_its_cause(bench, end_job):
    """Hydra runs the others and fails the command in the end."""
    callback = bench.listen("model=linear,dummy")
    end_job(callback, 0, ValueError("singular matrix"), "model=linear")
    end_job(callback, 1, 2.0, "model=dummy")

    try:
        raise ValueError("singular matrix")
    except ValueError:
        callback.on_multirun_end(bench.compose("model=linear,dummy"))

    assert [t.info.status for t in bench.runs("trial")] == ["FAILED", "FINISHED"]
    assert bench.runs("trial")[0].data.tags["error"] == "ValueError: singular matrix"
    assert bench.parent().info.status == "FAILED"
    assert bench.versions() == []


def test_a_signal_while_a_job_is_recorded_leaves_nothing_open(bench, end_job):
    """The run exists by then, and has no scores yet."""
    callback = bench.listen("model=linear,dummy")
    end_job(callback, 0, 2.0, "model=linear")
    bench.store.client.create_run(
        bench.store.experiment_id,
        tags={
            "role": "trial",
            "sweep.trial": "1",
            "sweep.state": "complete",
            "mlflow.parentRunId": bench.parent().info.run_id,
        },
    )

    try:
        raise SystemExit(143)
    except SystemExit:
        callback.on_multirun_end(bench.compose("model=linear,dummy"))

    assert [t.info.status for t in bench.runs("trial")] == ["FINISHED", "KILLED"]
    assert bench.parent().info.status == "KILLED"
    assert bench.versions() == []


def test_jobs_on_different_questions_are_not_compared(bench, end_job, capsys):
    """The best of two tables would be the easier table."""
    words = "evaluation.n_splits=2,3"
    callback = bench.listen(words)
    end_job(callback, 0, 1.0, "evaluation.n_splits=2")
    end_job(callback, 1, 2.0, "evaluation.n_splits=3")

    callback.on_multirun_end(bench.compose(words))

    assert bench.parent().info.status == "FINISHED"
    assert bench.versions() == []
    assert "differ in evaluation.n_splits" in capsys.readouterr().out


def test_a_plain_sweep_that_ran_nothing_leaves_nothing(bench):
    """Hydra tells of the end even when no job could be composed."""
    callback = bench.listen("model=linear,dummy")

    callback.on_multirun_end(bench.compose("model=linear,dummy"))

    assert bench.runs("sweep") == []


def test_a_failure_in_a_hydra_event_leaves_with_its_exit_code(bench, end_job):
    """Hydra turns exceptions of callbacks into warnings and exits with 0."""
    callback = bench.listen("model=linear,dummy")

    address = bench.folder / "houses.csv" / "mlflow.db"  # no folder, but a file

    with pytest.raises(Departure) as caught:
        end_job(callback, 0, 1.0, f"tracking.uri=sqlite:///{address}")

    assert caught.value.code == 5
