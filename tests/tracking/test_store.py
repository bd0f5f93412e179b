import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pytest

from sweepkit.errors import ConfigError, DiskError, StoreError
from sweepkit.tracking import Store, open_store

# One import of MLflow, then eight processes that open the same fresh file at once.
RACE = """
import os, sys
from sweepkit.tracking import Store, opening, start_run  # noqa: F401

store = Store(uri=sys.argv[1], experiment="race", artifact_location=sys.argv[2])
gate, starter = os.pipe()
children = []
for number in range(8):
    child = os.fork()
    if child == 0:
        os.close(starter)
        os.read(gate, 1)  # returns when the parent closes its end
        with start_run(store, f"run {number}") as run:
            run.log_metrics({"number": number})
        os._exit(0)
    children.append(child)
os.close(starter)
codes = [os.waitpid(child, 0)[1] for child in children]
sys.exit(f"exit codes {codes}" if any(codes) else 0)
"""
# Writes may not make a file larger than the database is when the run begins.
FULL_DISK = """
import resource, sys
from pathlib import Path
from sweepkit.errors import DiskError
from sweepkit.tracking import Store, start_run

store = Store(uri=sys.argv[1])
try:
    with start_run(store, "full") as run:
        size = store.file.stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        for start in range(0, 4000, 100):
            run.log_params({f"p{start + i}": "x" * 5000 for i in range(100)})
except DiskError as error:
    print(error)
    sys.exit(error.exit_code)
"""


def run_script(script, *arguments):
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_eight_processes_may_open_a_fresh_store_at_once(tmp_path):
    """MLflow alone lets all of them make the tables, which once ruined the file."""
    uri = f"sqlite:///{tmp_path / 'deep' / 'mlflow.db'}"

    race = run_script(RACE, uri, tmp_path / "artifacts")

    assert race.returncode == 0, race.stderr
    opened = open_store(Store(uri=uri, experiment="race"))
    runs = opened.client.search_runs([opened.experiment_id])
    assert sorted(run.data.metrics["number"] for run in runs) == list(range(8))
    assert {run.info.status for run in runs} == {"FINISHED"}


def test_a_local_store_is_one_file_in_wal_mode(make_store):
    """Readers such as `mlflow ui` must not block a sweep's writers."""
    store = make_store()
    open_store(store)

    with closing(sqlite3.connect(store.file)) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_addresses_hold_in_any_folder(make_store, tmp_path, monkeypatch):
    """Hydra and the workers of a sweep change the working directory."""
    make_store()
    monkeypatch.chdir(tmp_path)
    relative = Store(uri="sqlite:///mlflow.db", artifact_location="art 100%#1")

    opened = open_store(relative)

    assert opened.uri == f"sqlite:///{tmp_path / 'mlflow.db'}"
    experiment = opened.client.get_experiment(opened.experiment_id)
    assert experiment.artifact_location == (tmp_path / "art 100%#1").as_uri()


def test_without_a_location_files_lie_beside_the_database(make_store, tmp_path):
    """MLflow would make `mlruns` in whatever folder the process runs."""
    opened = open_store(Store(uri=make_store().uri, experiment="no location"))

    experiment = opened.client.get_experiment(opened.experiment_id)
    assert experiment.artifact_location == (tmp_path / "mlartifacts").as_uri()


def test_opening_again_finds_the_same_experiment(make_store):
    """Every trial of a sweep opens the store."""
    store = make_store()

    assert open_store(store).experiment_id == open_store(store).experiment_id


def test_a_moved_artifact_folder_is_said(make_store, caplog):
    """MLflow keeps an experiment's first folder whatever the config says later."""
    store = make_store()
    open_store(store)

    open_store(replace(store, artifact_location="/somewhere/else"))

    assert "tracking.artifact_location=file:///somewhere/else" in caplog.text


def test_a_deleted_experiment_is_refused_with_the_way_back(make_store):
    """MLflow itself would fail at the first run, in other words."""
    store = make_store()
    opened = open_store(store)
    opened.client.delete_experiment(opened.experiment_id)

    with pytest.raises(ConfigError, match="mlflow experiments restore -x 1"):
        open_store(store)


def test_a_damaged_file_is_refused(tmp_path):
    """Else SQLAlchemy retries for a minute and shows a page of its own code."""
    (tmp_path / "mlflow.db").write_bytes(b"no database at all " * 100)

    with pytest.raises(StoreError, match="damaged or no database"):
        open_store(Store(uri=f"sqlite:///{tmp_path / 'mlflow.db'}"))


def test_another_programs_database_is_left_alone(tmp_path):
    """MLflow would add its hundred tables to an Optuna study."""
    path = tmp_path / "optuna.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE studies (id INTEGER)")

    with pytest.raises(StoreError, match="another program"):
        open_store(Store(uri=f"sqlite:///{path}"))

    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [
            ("studies",)
        ]


def test_another_mlflow_versions_file_is_refused_with_the_upgrade(make_store):
    """To migrate a person's records is for them to decide, after a copy."""
    store = make_store()
    with closing(sqlite3.connect(store.file)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = 'from_2031'")

    with pytest.raises(StoreError, match=f"mlflow db upgrade {store.uri}"):
        open_store(store)


def test_a_half_made_file_of_an_interrupted_first_start_does_no_harm(tmp_path):
    """Ctrl-C in the first three seconds is not unusual."""
    (tmp_path / "mlflow.db.new").write_bytes(b"half")

    opened = open_store(Store(uri=f"sqlite:///{tmp_path / 'mlflow.db'}"))

    assert opened.client.get_experiment(opened.experiment_id)
    assert not (tmp_path / "mlflow.db.new").exists()


@pytest.mark.skipif(
    sys.platform != "linux", reason="/proc takes no files, not even root's"
)
def test_a_folder_nobody_may_write_to_is_a_disk_error():
    """The person must learn the path and that it is about permissions."""
    with pytest.raises(DiskError, match="/proc/nowhere"):
        open_store(Store(uri="sqlite:////proc/nowhere/mlflow.db"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write read-only files")
def test_a_read_only_file_is_a_disk_error(make_store):
    """Refused before the training, not after it."""
    store = make_store()
    store.file.chmod(0o444)

    with pytest.raises(DiskError, match="cannot be written"):
        open_store(store)


def test_a_folder_in_the_files_place_is_a_disk_error(tmp_path):
    """A URI that names the folder is an easy slip."""
    with pytest.raises(DiskError, match="is a folder"):
        open_store(Store(uri=f"sqlite:///{tmp_path}"))


def test_a_disk_that_fills_up_in_mid_run_is_a_disk_error(make_store):
    """Exit code 5 tells a script to free space instead of trying again."""
    store = make_store()

    full = run_script(FULL_DISK, store.uri)

    assert full.returncode == 5, full.stderr
    assert str(store.file) in full.stdout
    assert "INSERT" not in full.stdout


@pytest.mark.parametrize(
    "uri",
    [
        pytest.param("mlruns", id="bare folder"),
        pytest.param("file:///tmp/mlruns", id="file store"),
        pytest.param("ftp://u:hunter2@h", id="unknown scheme"),
        pytest.param("", id="empty"),
    ],
)
def test_an_address_of_no_store_is_refused(uri):
    """MLflow's deprecated file store would be taken in silence."""
    with pytest.raises(ConfigError, match=r"tracking\.uri") as refusal:
        Store(uri=uri)

    assert "hunter2" not in str(refusal.value)


def test_a_database_in_memory_is_refused():
    """It would end with the process, and the record with it."""
    with pytest.raises(ConfigError, match="name a file"):
        open_store(Store(uri="sqlite:///:memory:"))
