import math
from pathlib import Path

import pytest

from sweepkit.errors import DiskError, StoreError
from sweepkit.tracking import open_store, start_run
from sweepkit.tracking.columns import Column
from sweepkit.tracking.dataset import Table
from sweepkit.tracking.recording import judge_ending


@pytest.fixture
def opened(make_store):
    return open_store(make_store())


@pytest.fixture
def read(opened, tmp_path):
    """Read a run back as MLflow stored it."""

    def read_run(run):
        return opened.client.get_run(run.run_id)

    return read_run


def artifact(opened, run, name):
    return Path(opened.client.download_artifacts(run.run_id, name)).read_text()


def test_a_run_holds_what_was_logged(make_store, read):
    """The thin face must reach MLflow whole."""
    with start_run(make_store(), "first", tags={"kind": "single"}) as run:
        run.log_params({"model": {"depth": 3}})
        run.log_metrics({"cv_rmse": [3.0, 2.0], "holdout_rmse": 1.0})
        run.set_tags({"seed": 42})

    stored = read(run)
    assert stored.info.status == "FINISHED"
    assert stored.info.run_name == "first"
    assert stored.data.params == {"model.depth": "3"}
    assert stored.data.metrics == {"cv_rmse": 2.0, "holdout_rmse": 1.0}
    assert stored.data.tags["kind"] == "single"
    assert stored.data.tags["seed"] == "42"
    assert stored.data.tags["mlflow.source.type"] == "LOCAL"
    assert run.url.endswith(f"runs/{run.run_id}?workflowType=machine_learning")


def test_folds_are_steps_of_one_metric(make_store, opened):
    """MLflow then draws a curve over the folds."""
    with start_run(make_store(), "folds") as run:
        run.log_metrics({"cv_rmse": [3.0, 2.0]})
        run.log_metrics({"cv_rmse": 1.0}, step=2)

    history = opened.client.get_metric_history(run.run_id, "cv_rmse")
    assert [(m.step, m.value) for m in history] == [(0, 3.0), (1, 2.0), (2, 1.0)]


def test_more_than_one_request_holds_is_logged_whole(make_store, read):
    """A config of 250 keys and 1,500 points passes MLflow's limits."""
    with start_run(make_store(), "large") as run:
        run.log_params({f"p{i}": i for i in range(250)})
        run.log_metrics({f"m{i}": 1.0 for i in range(1500)})

    stored = read(run)
    assert len(stored.data.params) == 250
    assert len(stored.data.metrics) == 1500


def test_values_that_cannot_be_drawn_are_named_in_a_tag(make_store, read):
    """They must neither spoil the chart nor vanish."""
    with start_run(make_store(), "nan") as run:
        run.log_metrics({"cv_rmse": [1.0, math.nan]})
        run.log_metrics({"loss": math.inf})

    stored = read(run)
    assert stored.data.metrics == {"cv_rmse": 1.0}
    assert stored.data.tags["metrics.not_finite"] == (
        "cv_rmse=nan (step 1), loss=inf (step 0)"
    )


def test_a_trial_knows_its_sweep(make_store, read):
    """MLflow nests runs by this tag."""
    with (
        start_run(make_store(), "sweep") as parent,
        start_run(make_store(), "trial", parent=parent.run_id) as trial,
    ):
        pass

    assert read(trial).data.tags["mlflow.parentRunId"] == parent.run_id


def test_files_and_folders_are_copied(make_store, opened, tmp_path):
    """Figures and reports belong to the run, not to a folder that gets deleted."""
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "a.png").write_bytes(b"png")
    (tmp_path / "report.html").write_text("<p>")

    with start_run(make_store(), "files") as run:
        run.log_artifact(tmp_path / "report.html")
        run.log_artifacts(tmp_path / "figures", into="figures")
        run.log_text("password=hunter2", "notes.txt")

    paths = {a.path for a in opened.client.list_artifacts(run.run_id)}
    assert paths == {"report.html", "figures", "notes.txt"}
    figures = opened.client.list_artifacts(run.run_id, "figures")
    assert [a.path for a in figures] == ["figures/a.png"]
    assert artifact(opened, run, "notes.txt") == "password=***"


def test_a_folder_keeps_its_shape_and_loses_its_empty_files(
    make_store, opened, tmp_path
):
    """An empty log on a run's page is a click for nothing."""
    folder = tmp_path / "out"
    (folder / "deep" / "er").mkdir(parents=True)
    for name in ("report.html", "deep/er/a.png"):
        (folder / name).write_text("something")
    for name in ("train.log", "deep/empty.txt"):
        (folder / name).touch()

    with start_run(make_store(), "files") as run:
        run.log_artifacts(folder)
        run.log_artifacts(folder / "deep", into="again")

    def below(path=None):
        entries = opened.client.list_artifacts(run.run_id, path)
        files = {e.path for e in entries if not e.is_dir}
        return files.union(*(below(e.path) for e in entries if e.is_dir))

    assert below() == {"report.html", "deep/er/a.png", "again/er/a.png"}


def test_the_table_is_named_and_not_copied(make_store, read):
    """The run says which rows it saw; where they lie may be a secret."""
    table = Table(
        name="houses",
        source="postgresql://u:hunter2@h/db",
        fingerprint="f" * 64,
        columns=[Column("rooms", "double"), Column("town", "string", False)],
        n_rows=3,
    )
    with start_run(make_store(), "data") as run:
        run.log_dataset(table)

    (entry,) = read(run).inputs.dataset_inputs
    assert (entry.dataset.name, entry.dataset.digest) == ("houses", "f" * 36)
    assert '"name": "town", "required": false' in entry.dataset.schema
    assert '"num_rows": 3' in entry.dataset.profile
    assert "hunter2" not in entry.dataset.source
    assert [(t.key, t.value) for t in entry.tags] == [
        ("mlflow.data.context", "training")
    ]


def test_a_failure_keeps_its_traceback_without_secrets(make_store, opened, read):
    """Overnight the terminal is gone; the run must tell what happened."""
    with (
        pytest.raises(ValueError, match="hunter2"),
        start_run(make_store(), "fails") as run,
    ):
        raise ValueError("no access to postgresql://u:hunter2@h/db")

    stored = read(run)
    assert stored.info.status == "FAILED"
    assert "no access to postgresql://***@h/db" in stored.data.tags["error"]
    text = artifact(opened, run, "traceback.txt")
    assert "ValueError: no access to postgresql://***@h/db" in text
    assert "hunter2" not in text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(None, "FINISHED", id="no error"),
        pytest.param(KeyboardInterrupt(), "KILLED", id="ctrl-c"),
        pytest.param(SystemExit(143), "KILLED", id="sigterm"),
        pytest.param(SystemExit(0), "FINISHED", id="exit 0"),
        pytest.param(SystemExit(2), "FAILED", id="exit 2"),
        pytest.param(SystemExit("text"), "FAILED", id="exit with a text"),
        pytest.param(ValueError(), "FAILED", id="error"),
    ],
)
def test_the_status_tells_how_the_block_was_left(error, status):
    """Who was stopped did not fail."""
    assert judge_ending(error) == status


def test_a_status_given_by_hand_stands(make_store, read):
    """A pruned trial leaves by an exception and yet did not fail."""
    with (
        pytest.raises(RuntimeError, match="pruned"),
        start_run(make_store(), "pruned") as run,
    ):
        run.end_run("KILLED")
        raise RuntimeError("pruned")

    assert read(run).info.status == "KILLED"
    assert "error" not in read(run).data.tags


def test_the_first_error_is_seen_even_if_the_store_fails_too(make_store, caplog):
    """Otherwise a person repairs the store and meets the real error a day later."""
    store = make_store()
    with (
        pytest.raises(ValueError, match="the real one"),
        start_run(store, "fails twice") as run,
    ):
        run.store.client.delete_run(run.run_id)
        raise ValueError("the real one")

    assert f"Run {run.run_id} could not be closed" in caplog.text


def test_a_store_that_fails_in_mid_run_is_a_store_error(make_store):
    """The message names the address, not MLflow's lines of code."""
    store = make_store()
    with (
        pytest.raises(StoreError, match=r"tracking\.uri=sqlite:///"),
        start_run(store, "gone") as run,
    ):
        run.store.client.delete_run(run.run_id)
        run.log_metrics({"a": 1.0})


def test_an_artifact_folder_that_cannot_be_made_is_a_disk_error(make_store, tmp_path):
    """The path in the message is the one to repair."""
    store = make_store()
    (tmp_path / "artifacts").write_text("a file in the folder's place")

    with (
        pytest.raises(DiskError, match="artifacts"),
        start_run(store, "no room") as run,
    ):
        run.log_text("text", "notes.txt")
