"""What the doctor looks at beside the registry: databases, studies, open runs."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf

from sweepkit.cli.place import Place
from sweepkit.hooks.agreeing import StudyRecord, compare_studies
from sweepkit.hooks.reconcile import repair
from sweepkit.registry.faults import Fault
from sweepkit.sweep.storage import sqlite_file
from sweepkit.tracking.existing import RecordedRun, find_open_runs, kill_run
from sweepkit.tracking.owner import OWNER, is_alive

_STUDIES = "outputs/studies.db"


def check_databases(place: Place) -> list[Fault]:
    """Ask every local database whether it is intact."""
    files = [sqlite_file(place.store.uri), sqlite_file(_studies_url())]
    faults = []
    for file in files:
        if file is not None and file.exists():
            found = _check_file(file)
            if found != "ok":
                words = f"{file} is damaged ({found}). Restore it from a copy."
                faults.append(Fault("database", words))
    return faults


def check_studies(place: Place) -> list[Fault]:
    """Compare studies with MLflow's runs, trial by trial."""
    records = compare_studies(place.store, _studies_url())
    return [fault for record in records for fault in _compare(place, record)]


def check_open_runs(place: Place) -> list[Fault]:
    """Find runs that are shown as RUNNING though nobody works on them."""
    faults = []
    for run in find_open_runs(place.store):
        alive = is_alive(run.tags.get(OWNER, ""))
        if alive:
            continue
        words = f"Run {run.run_id} is shown as RUNNING, and its process is gone."
        mend = partial(kill_run, place.store, run.run_id)
        if alive is None:
            words = _tell_stranger(run)
            faults.append(Fault("open run", words))
        else:
            faults.append(Fault("open run", words, mend))
    return faults


def _tell_stranger(run: RecordedRun) -> str:
    return (
        f"Run {run.run_id} is shown as RUNNING by another machine or program. If "
        f"nobody works on it: `mlflow runs delete --run-id {run.run_id}`, or end it "
        f"where it was begun."
    )


def _compare(place: Place, record: StudyRecord) -> list[Fault]:
    found, faults = record.found, []
    if found.doubles or found.strays:
        words = (
            f"Study {record.name!r} has {len(found.doubles)} runs twice and "
            f"{len(found.strays)} open runs of trials that it does not know."
        )
        faults.append(Fault("study", words, partial(repair, place.store, found)))
    if found.missing and record.parent.status != "RUNNING":
        words = (
            f"Study {record.name!r} has {len(found.missing)} trials that MLflow lacks; "
            f"the sweep's own command, typed again, writes them."
        )
        faults.append(Fault("study", words))
    return faults


def _check_file(file: Path) -> str:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)


def _studies_url() -> str:
    """Return where sweeps keep their studies: as configured, or the usual place."""
    sweeper = HydraConfig.get().sweeper
    url = OmegaConf.select(sweeper, "storage", default=None)
    return str(url or f"sqlite:///{Path(_STUDIES).absolute()}")
