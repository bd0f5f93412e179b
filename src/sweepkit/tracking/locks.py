"""One process at a time for the few steps that MLflow does not protect itself."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from filelock import FileLock, Timeout

from sweepkit.errors import DiskError, StoreError
from sweepkit.tracking.database_lock import DATABASE_LOCKS, lock_database
from sweepkit.tracking.store import OpenStore, Store

PATIENCE_S = 120.0
_POLL_S = 0.01


@contextmanager
def lock_store(store: Store) -> Iterator[None]:
    """Hold the store's lock file for a block.

    A local store's lock lies beside its file. Other stores get one in the temporary
    folder: it holds off this machine's workers, though not another machine's.

    Raises:
        StoreError: If another process keeps the lock for two minutes.
        DiskError: If the lock file cannot be made.
    """
    with _lock_file(_lock_path(store)):
        yield


@contextmanager
def lock_model(store: OpenStore, model_name: str) -> Iterator[None]:
    """Hold a registered model for a block: who moves its champion does it alone.

    A local store has a lock file for each model; PostgreSQL and MySQL lock by the
    database itself, for all machines. Through an MLflow server (and on SQL Server) the
    lock holds off this machine only: there, compare before and after writing.

    Raises:
        StoreError: If another process keeps the lock for two minutes, or the database
            does not answer.
        DiskError: If the lock file cannot be made.
    """
    settings = Store(uri=store.uri)
    if settings.kind in DATABASE_LOCKS:
        with lock_database(store.uri, model_name, PATIENCE_S):
            yield
        return
    path = _lock_path(settings)
    own = sha256(model_name.encode()).hexdigest()[:12]
    with _lock_file(path.with_name(f"{path.stem}.{own}.lock")):
        yield


@contextmanager
def _lock_file(path: Path) -> Iterator[None]:
    lock = FileLock(path, poll_interval=_POLL_S)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=PATIENCE_S)
    except Timeout:
        raise StoreError(
            f"{path} has been locked by another process for {PATIENCE_S:.0f} s. Wait "
            f"for it, or end it if it hangs; the lock goes with its process."
        ) from None
    except OSError as error:
        raise DiskError(
            f"{path.parent}: cannot make the tracking store here ({error.strerror}). "
            f"Change the folder's permissions, or tracking.uri."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _lock_path(store: Store) -> Path:
    if store.file is not None:
        return store.file.with_name(store.file.name + ".lock")
    # One for each person: nobody can lock a file that another one made.
    name = sha256(f"{Path.home()} {store.uri}".encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"sweepkit-{name}.lock"
