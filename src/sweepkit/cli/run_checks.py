"""What the doctor looks at beside the registry: databases, studies, open runs."""

import sqlite3
from collections.abc import Iterator
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
from sweepkit.tracking.existing import find_open_runs, kill_run
from sweepkit.tracking.owner import OWNER, is_alive

_STUDIES = "outputs/studies.db"


def check_databases(place: Place) -> Iterator[Fault]:
    """Ask every local database whether it is intact."""
    for file in (sqlite_file(place.store.uri), sqlite_file(_studies_url())):
        found = "" if file is None else _examine(file)
        if found:
            words = f"{file} is damaged ({found}). Restore it from a copy."
            yield Fault("database", words)


def check_studies(place: Place) -> Iterator[Fault]:
    """Compare studies with MLflow's runs, trial by trial, unless a sweep is at work."""
    url = _studies_url()
    file = sqlite_file(url)
    if file is not None and _examine(file):
        return  # said by `check_databases`
    for record in compare_studies(place.store, url):
        yield from _compare(place, record)


def check_open_runs(place: Place) -> Iterator[Fault]:
    """Find runs that are shown as RUNNING though their process is gone."""
    for run in find_open_runs(place.store):
        if is_alive(run.tags.get(OWNER, "")) is False:
            words = f"Run {run.run_id} is shown as RUNNING, and its process is gone."
            mend = partial(kill_run, place.store, run.run_id)
            yield Fault("open run", words, mend)


def note_strangers(place: Place) -> Iterator[str]:
    """Name open runs of which nobody can tell here whether they live."""
    for run in find_open_runs(place.store):
        if is_alive(run.tags.get(OWNER, "")) is None:
            yield (
                f"Run {run.run_id} is shown as RUNNING by another machine or program, "
                f"and may well be. If nobody works on it, run `sweepkit doctor` where "
                f"it was begun, or end it on its page in MLflow."
            )


def _compare(place: Place, record: StudyRecord) -> Iterator[Fault]:
    if record.parent.status == "RUNNING":
        # A sweep at work is about to write what seems to lack or to be half-written;
        # one whose process is gone is an open run first of all.
        return
    found = record.found
    if found.doubles or found.strays:
        words = (
            f"Study {record.name!r} has {len(found.doubles)} runs twice and "
            f"{len(found.strays)} open runs of trials that it does not know."
        )
        yield Fault("study", words, partial(repair, place.store, found))
    if found.missing:
        words = (
            f"Study {record.name!r} has {len(found.missing)} trials that MLflow lacks; "
            f"the sweep's own command, typed again, writes them."
        )
        yield Fault("study", words)


def _examine(file: Path) -> str:
    """Return what is wrong with a sqlite file; nothing if it is whole or not there."""
    if not file.exists():
        return ""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
            found = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == "ok" else found


def _studies_url() -> str:
    """Return where sweeps keep their studies: as configured, or the usual place."""
    sweeper = HydraConfig.get().sweeper
    url = OmegaConf.select(sweeper, "storage", default=None)
    return str(url or f"sqlite:///{Path(_STUDIES).absolute()}")
