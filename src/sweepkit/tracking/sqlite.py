"""A local store's file: made whole or not at all, and checked before MLflow sees it."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

from sweepkit.errors import DiskError, StoreError
from sweepkit.tracking.guard import explain_text

log = logging.getLogger(__name__)

# A busy writer may hold the file this long before we give up.
_PATIENCE_S = 60.0


def prepare_file(path: Path, artifact_location: str | None) -> None:
    """Leave a writable MLflow database in WAL mode at `path`; hold the lock meanwhile.

    Raises:
        StoreError: If the file is damaged, locked, or another program's.
        DiskError: If it cannot be made or written.
    """
    if path.is_dir():
        raise DiskError(f"{path} is a folder; name a file in it as tracking.uri.")
    if not path.exists() or path.stat().st_size == 0:
        _create(path, artifact_location)
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE_S)) as database:
            _check(database, path)
            # Readers such as `mlflow ui` and writers then no longer block each other.
            database.execute("PRAGMA journal_mode=WAL")
    except sqlite3.DatabaseError as error:
        raise explain_text(str(error), f"sqlite:///{path}") from error


def _create(path: Path, artifact_location: str | None) -> None:
    """Make the tables in a new file beside it, and give it its name when complete.

    This takes 2 to 4 s, and a file left half-made by Ctrl-C could not be used again.
    """
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    log.info("Making the tracking store %s, once; this takes some seconds.", path)
    draft = path.with_name(path.name + ".new")
    for leftover in (draft, draft.with_name(draft.name + "-journal")):
        leftover.unlink(missing_ok=True)
    root = artifact_location or (path.parent / "mlartifacts").as_uri()
    store = SqlAlchemyStore(f"sqlite:///{draft}", root)  # type: ignore[no-untyped-call]
    store.engine.dispose()
    draft.replace(path)


def _check(database: sqlite3.Connection, path: Path) -> None:
    rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    if "experiments" not in {name for (name,) in rows}:
        raise StoreError(
            f"{path} is a database of another program, not MLflow's; name another "
            f"file as tracking.uri."
        )
    # Refused here if the file is read-only, and not after an hour of training.
    database.execute("BEGIN IMMEDIATE")
    database.rollback()
