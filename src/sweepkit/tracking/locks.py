"""One process at a time for the few steps that MLflow does not protect itself."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from filelock import FileLock, Timeout

from sweepkit.errors import DiskError, StoreError
from sweepkit.tracking.store import Store

_PATIENCE_S = 120.0


@contextmanager
def lock_store(store: Store) -> Iterator[None]:
    """Hold the store's lock file for a block.

    A local store's lock lies beside its file. Other stores get one in the temporary
    folder: it holds off this machine's workers, though not another machine's.

    Raises:
        StoreError: If another process keeps the lock for two minutes.
        DiskError: If the lock file cannot be made.
    """
    path = _lock_path(store)
    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=_PATIENCE_S)
    except Timeout:
        raise StoreError(
            f"{path} has been locked by another process for {_PATIENCE_S:.0f} s. Wait "
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
