"""What a sweep leaves in MLflow: one run for it, one for each trial."""

import pickle
import subprocess
import sys
from dataclasses import replace

import pytest
from mlflow.exceptions import MlflowException

from sweepkit.errors import StoreError
from sweepkit.tracking.existing import reopen_run
from sweepkit.tracking.owner import OWNER, is_alive


def test_a_sweep_is_one_run_with_a_child_for_each_trial(bench, outcome):
    """The tree of runs in MLflow's table is the sweep."""
    bench.sweep(outcome(0, 3.0), outcome(1, 2.0))

    parent, trials = bench.parent(), bench.runs("trial")
    assert parent.info.status == "FINISHED"
    assert parent.data.tags["sweep.study"] == "linear on houses"
    assert parent.data.params == {"space.model.estimator.alpha": "interval(0.1,10)"}
    assert [t.info.run_name for t in trials] == ["trial 0", "trial 1"]
    for number, trial in enumerate(trials):
        assert trial.data.tags["mlflow.parentRunId"] == parent.info.run_id
        assert trial.data.tags["sweep.trial"] == str(number)
        assert trial.data.tags["sweep.state"] == "complete"
        assert trial.data.params == {"model.estimator.alpha": str(number + 0.5)}
        assert trial.info.end_time - trial.info.start_time == 4000


def test_folds_are_steps_and_their_mean_is_the_last(bench, outcome):
    """As in single runs, so that both stand in one table."""
    bench.sweep(outcome(0, 3.0))

    (trial,) = bench.runs("trial")
    assert bench.curve(trial, "cv_rmse") == [(0, 2.0), (1, 4.0), (2, 3.0)]
    assert trial.data.metrics["cv_r2"] == pytest.approx(0.6)
    assert trial.data.metrics["seconds"] == 4.0


def test_a_second_objective_is_a_metric_of_its_own(bench, outcome):
    """Latency is no mean over folds."""
    plan = bench.plan(
        objectives=("cv_rmse", "latency_ms"), directions=("minimize", "minimize")
    )
    bench.sweep(outcome(0, 3.0, values=(3.0, 1.5)), plan=plan)

    (trial,) = bench.runs("trial")
    assert trial.data.metrics["latency_ms"] == 1.5
    assert bench.parent().data.metrics["best_latency_ms"] == 1.5


@pytest.mark.parametrize(
    ("number", "name"), [(12, "trial 12 pruned"), (4321, "4321 pruned")]
)
def test_a_pruned_trial_is_finished_and_says_so(bench, outcome, pruned, number, name):
    """Pruning is no error, and its partial score no result."""
    bench.sweep(outcome(0), outcome(number, **pruned))

    trial = bench.runs("trial")[-1]
    assert trial.info.status == "FINISHED"
    assert trial.info.run_name == name
    assert len(name) <= 16
    assert trial.data.tags["sweep.state"] == "pruned"
    assert bench.curve(trial, "partial_cv_rmse") == [(0, 5.0), (1, 5.0)]
    assert "cv_rmse" not in trial.data.metrics, "it would head the list of trials"
    assert bench.parent().data.metrics["trials_pruned"] == 1


def test_a_failed_trial_keeps_its_cause(bench, outcome, failed):
    """Weeks later somebody asks why."""
    bench.sweep(outcome(0), outcome(1, **failed))

    trial = bench.runs("trial")[-1]
    assert trial.info.status == "FAILED"
    assert trial.data.tags["error"] == "FitError: no"
    assert bench.parent().info.status == "FINISHED"


def test_the_sweeps_run_draws_the_history(bench, outcome, pruned):
    """Each trial's value, and the best so far, which never gets worse."""
    ended = [outcome(1, 3.0), outcome(0, 4.0), outcome(2, **pruned), outcome(3, 2.0)]
    bench.sweep(*ended)

    parent = bench.parent()
    assert bench.curve(parent, "cv_rmse") == [(0, 4.0), (1, 3.0), (3, 2.0)]
    assert bench.curve(parent, "best_cv_rmse") == [(0, 3.0), (1, 3.0), (3, 2.0)]


def test_the_sweeps_run_sums_up(bench, outcome, pruned):
    """Who opens it must not need to open thirty others."""
    folder = bench.folder / "sweep"
    folder.mkdir()
    (folder / "sweep_report.html").write_text("report")
    ended = [outcome(0, 4.0, is_default=True), outcome(1, 2.0), outcome(2, **pruned)]
    bench.sweep(*ended, saved_seconds=7.5)

    parent, trials = bench.parent(), bench.runs("trial")
    tags, note = parent.data.tags, parent.data.tags["mlflow.note.content"]
    assert parent.data.metrics["trials_complete"] == 2
    assert parent.data.metrics["saved_seconds"] == 7.5
    assert tags["best.run_id"] == trials[1].info.run_id
    assert tags["best.model.estimator.alpha"] == "1.5"
    assert float(tags["best.cv_rmse"]) == 2.0
    assert "50" in tags["tuned_against_defaults"]
    assert "[trial 1](http://127.0.0.1:5000/#/experiments/" in note
    assert trials[1].info.run_id in note
    assert "the budget is spent" in note
    files = bench.store.client.list_artifacts(parent.info.run_id)
    assert {file.path for file in files} == {"config.yaml", "sweep_report.html"}


def test_the_link_lists_the_trials_flat_and_best_first(bench, outcome, capsys):
    """MLflow's own table shows one collapsed row."""
    bench.sweep(outcome(0))

    printed = capsys.readouterr().out
    assert "orderByKey=metrics.%60cv_rmse%60&orderByAsc=true" in printed
    assert bench.parent().info.run_id in printed


def test_a_resumed_sweep_goes_on_in_the_same_run(bench, outcome):
    """One study is one record, however often it was interrupted."""
    first = [outcome(0, 4.0), outcome(1, 3.0)]
    bench.sweep(*first, interrupted=True)
    started = bench.parent().info.start_time

    bench.sweep(outcome(2, 5.0), plan=bench.plan(*first, n_trials=3))

    parent = bench.parent()
    assert parent.info.status == "FINISHED"
    assert parent.info.start_time == started
    assert parent.data.tags["sweep.n_trials"] == "3"
    assert len(bench.runs("trial")) == 3
    assert bench.curve(parent, "best_cv_rmse") == [(0, 4.0), (1, 3.0), (2, 3.0)]


def test_a_resumed_sweep_belongs_to_the_process_that_goes_on(bench, outcome):
    """The doctor ends runs whose process is gone."""
    bench.sweep(outcome(0), interrupted=True)
    dead = (bench.store.client, bench.parent().info.run_id, OWNER, "gone 1 2")
    dead[0].set_tag(*dead[1:])

    bench.sweep(plan=bench.plan(outcome(0)))

    assert is_alive(bench.parent().data.tags[OWNER])


def test_a_killed_session_is_reconciled_with_the_study(bench, outcome, failed):
    """The study knows more than MLflow does, and MLflow has what nobody ended."""
    callback = bench.listen()
    callback.on_sweep_start(bench.plan())
    callback.on_trial_end(outcome(0, 4.0))
    callback.on_trial_end(outcome(1, 3.0))
    callback.on_trial_end(outcome(9, 1.0))
    _, half_written, stray = bench.runs("trial")
    reopen_run(bench.store, half_written.info.run_id)
    reopen_run(bench.store, stray.info.run_id)

    known = [outcome(0, 4.0), outcome(1, 3.0), outcome(2, **failed)]
    bench.listen().on_sweep_start(bench.plan(*known))

    runs = {run.data.tags["sweep.trial"]: run for run in bench.runs("trial")}
    assert len(bench.runs("trial")) == len(runs) == 4
    assert runs["1"].info.run_id == half_written.info.run_id
    statuses = {number: run.info.status for number, run in runs.items()}
    assert statuses == {"0": "FINISHED", "1": "FINISHED", "2": "FAILED", "9": "KILLED"}
    assert bench.parent().info.status == "RUNNING"


def test_a_trial_recorded_twice_is_kept_once(bench, outcome):
    """An answer that got lost makes a client write again."""
    callback = bench.listen()
    callback.on_sweep_start(bench.plan())
    callback.on_trial_end(outcome(0))
    callback._record.write(outcome(0))
    assert len(bench.runs("trial")) == 2

    bench.listen().on_sweep_start(bench.plan(outcome(0)))

    assert len(bench.runs("trial")) == 1


def test_a_trial_told_twice_is_written_once(bench, outcome):
    """A resumed sweep may tell of what it finds in the study."""
    bench.sweep(outcome(0), outcome(0))

    assert len(bench.runs("trial")) == 1


def test_a_study_begun_anew_under_its_old_name_is_another_record(bench, outcome):
    """Whoever deletes `outputs/` starts from nothing; MLflow keeps what was."""
    bench.sweep(outcome(0), outcome(1))

    bench.sweep(outcome(0))

    first, second = bench.runs("sweep")
    assert first.data.metrics["trials_complete"] == 2
    assert second.data.metrics["trials_complete"] == 1
    assert len(bench.runs("trial")) == 3


def test_studies_do_not_share_a_record(bench, outcome):
    """Two searches in one experiment."""
    bench.sweep(outcome(0))
    bench.sweep(outcome(0), plan=bench.plan(name="it's another"))

    names = {run.data.tags["sweep.study"] for run in bench.runs("sweep")}
    assert names == {"linear on houses", "it's another"}


def test_an_interrupted_sweep_is_killed_and_registers_nothing(bench, outcome, capsys):
    """Ctrl-C is no wish for a champion."""
    bench.sweep(outcome(0), words=(), interrupted=True, reason="interrupted")

    assert bench.parent().info.status == "KILLED"
    assert bench.versions() == []
    assert "no: the sweep was interrupted" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "status"),
    [(StoreError("down"), "FAILED"), (KeyboardInterrupt(), "KILLED")],
    ids=["error", "Ctrl-C"],
)
def test_what_ended_the_sweep_is_its_status(bench, outcome, error, status):
    """The sweeper tells of the end while its exception is on the way out."""
    callback = bench.listen()
    callback.on_sweep_start(bench.plan())
    result = bench.result(bench.plan(), outcome(0), interrupted=True)
    try:
        raise error
    except (StoreError, KeyboardInterrupt):
        callback.on_sweep_end(result)

    assert bench.parent().info.status == status
    assert bench.versions() == []


def test_a_sweep_without_a_complete_trial_has_failed(bench, outcome, failed, capsys):
    """A green tick on nothing misleads."""
    bench.sweep(outcome(0, **failed), words=())

    assert bench.parent().info.status == "FAILED"
    assert "no: no trial is complete" in capsys.readouterr().out


class Outage:
    """A client whose server refuses certain requests for a while."""

    def __init__(self, client, request, times):
        self._client, self._request, self._left = client, request, times

    def __getattr__(self, name):
        if name == self._request and self._left:
            self._left -= 1
            raise MlflowException("nobody listens there")
        return getattr(self._client, name)


def break_store(callback, request, times):
    record = callback._record
    client = Outage(record.store.client, request, times)
    record.store = replace(record.store, client=client)


@pytest.mark.parametrize("request_", ["create_run", "log_batch", "set_terminated"])
def test_an_outage_loses_nothing_and_stops_nothing(bench, outcome, caplog, request_):
    """Whatever request fails, each trial is on record once in the end."""
    callback = bench.listen("registry.publish=false")
    callback.on_sweep_start(bench.plan())
    break_store(callback, request_, 1)
    ended = [outcome(0, 4.0), outcome(1, 3.0), outcome(2, 5.0)]

    for one in ended:
        callback.on_trial_end(one)
    callback.on_sweep_end(bench.result(bench.plan(), *ended))

    warnings = [r for r in caplog.records if "not recorded for now" in r.message]
    assert len(warnings) == 1
    trials = bench.runs("trial")
    assert [t.data.tags["sweep.trial"] for t in trials] == ["0", "1", "2"]
    assert {t.info.status for t in trials} == {"FINISHED"}
    assert bench.curve(bench.parent(), "cv_rmse") == [(0, 4.0), (1, 3.0), (2, 5.0)]


def test_a_store_that_stays_away_ends_the_sweep_with_exit_code_4(bench, outcome):
    """Then, not before: the study has every result."""
    callback = bench.listen()
    callback.on_sweep_start(bench.plan())
    break_store(callback, "create_run", 1000)
    callback.on_trial_end(outcome(0))

    with pytest.raises(StoreError, match="1 trials are not recorded") as caught:
        callback.on_sweep_end(bench.result(bench.plan(), outcome(0)))

    assert caught.value.exit_code == 4


def test_beside_a_pool_the_record_opens_later(bench, outcome):
    """The first trials need not wait until MLflow is imported; nothing is lost."""
    callback = bench.listen("hydra/launcher=pool", "registry.publish=false")
    callback.on_sweep_start(bench.plan(outcome(0, 4.0)))
    assert callback.run_ids == {} or callback.is_ready

    callback.on_trial_end(outcome(1, 3.0))
    assert callback.is_ready
    callback.on_sweep_end(bench.result(bench.plan(), outcome(0, 4.0), outcome(1, 3.0)))

    trials = bench.runs("trial")
    assert [t.data.tags["sweep.trial"] for t in trials] == ["0", "1"]
    assert bench.parent().info.status == "FINISHED"


NOBODY = "tracking.uri=http://127.0.0.1:9"


@pytest.mark.filterwarnings("ignore")
def test_a_store_that_cannot_be_opened_later_is_told_once(bench, outcome, capsys):
    """The sweep ends with exit code 4, and its end does not fail a second time."""
    callback = bench.listen("hydra/launcher=pool", NOBODY)
    callback.on_sweep_start(bench.plan())

    with pytest.raises(StoreError, match=r"127\.0\.0\.1:9") as caught:
        callback.on_trial_end(outcome(0))
    with pytest.raises(StoreError):
        _ = callback.is_ready
    try:
        raise caught.value
    except StoreError:
        callback.on_sweep_end(bench.result(bench.plan(), interrupted=True))

    assert caught.value.exit_code == 4
    assert callback.run_ids == {}


def test_a_store_nobody_asked_for_until_the_end_still_fails_the_sweep(bench):
    """A sweep without a single trial to record must not look like a success."""
    callback = bench.listen("hydra/launcher=pool", NOBODY)
    callback.on_sweep_start(bench.plan())

    with pytest.raises(StoreError):
        callback.on_sweep_end(bench.result(bench.plan()))


def test_without_tracking_nothing_is_recorded(bench, outcome):
    """tracking=off is for a quick look."""
    bench.sweep(outcome(0), words=("tracking=off",))

    assert bench.runs("sweep") + bench.runs("trial") == []


def test_the_run_of_each_trial_can_be_asked_for(bench, outcome):
    """The sweep's own files name it."""
    callback = bench.sweep(outcome(0), outcome(3))

    ids = {int(t.data.tags["sweep.trial"]): t.info.run_id for t in bench.runs("trial")}
    assert callback.run_ids == ids


def test_a_single_run_is_none_of_its_business(bench):
    """Hydra tells callbacks of those too."""
    from hydra.core.utils import JobReturn

    from sweepkit.hooks.sweep_run import SweepRun

    config = bench.compose()
    callback = SweepRun()
    callback.on_run_start(config)
    callback.on_job_start(config, task_function=float)
    callback.on_job_end(config, job_return=JobReturn())
    callback.on_run_end(config, job_return=JobReturn())

    assert bench.runs("sweep") == []


def test_a_copy_travels_to_workers(bench, outcome):
    """Launchers pickle callbacks; an open store would not survive that."""
    callback = bench.listen()
    callback.on_sweep_start(bench.plan())

    copy = pickle.loads(pickle.dumps(callback))

    assert copy.sweep_id == callback.sweep_id
    assert copy.run_ids == {}


def test_loading_it_costs_a_single_run_nothing():
    """Hydra makes callbacks at every start."""
    code = (
        "import sys, sweepkit.hooks.sweep_run;"
        "heavy = {'mlflow', 'pandas', 'numpy', 'optuna', 'sklearn', 'rich'};"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
