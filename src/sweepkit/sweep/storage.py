"""The durable storage of studies: opened once, quick on a local file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import optuna
import sqlalchemy
from filelock import FileLock
from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage
from sqlalchemy.exc import SQLAlchemyError

from sweepkit.errors import ConfigError, DiskError, StoreError
from sweepkit.tracking.redact import redact

_BUSY_S = 60.0


def open_storage(url: str) -> RDBStorage:
    """Open a database of studies, making its tables if there are none.

    Args:
        url: SQLAlchemy URL; a sqlite file is given write-ahead logging, so that the
            dashboard may read while a sweep writes.

    Raises:
        ConfigError: If the URL is not one of a database.
        StoreError: If the database cannot be reached or is not Optuna's.
        DiskError: If a sqlite file's folder cannot be made.
    """
    if not isinstance(url, str) or "://" not in url:
        raise ConfigError(
            f"hydra.sweeper.storage is {redact(str(url))!r}; give a database's URL, "
            f"such as sqlite:////absolute/path/studies.db."
        )
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    file = sqlite_file(url)
    try:
        if file is None:
            return RDBStorage(url)
        file.parent.mkdir(parents=True, exist_ok=True)
        # Two processes that make the tables at once would break the file.
        with FileLock(f"{file}.lock"):
            return _open_sqlite(url)
    except OSError as error:
        raise DiskError(
            f"{file} cannot be made: {error.strerror}. Change hydra.sweeper.storage."
        ) from error
    except (SQLAlchemyError, RuntimeError, ImportError) as error:
        raise StoreError(
            f"hydra.sweeper.storage {redact(url)} cannot be opened: "
            f"{redact(str(error)).splitlines()[0]}"
        ) from error


@contextmanager
def guard(url: str) -> Iterator[None]:
    """Turn what a database raises in a block into an error with an exit code.

    Raises:
        DiskError: If a local file has no room or may not be written.
        StoreError: If the database went away.
    """
    try:
        yield
    except (StorageInternalError, SQLAlchemyError) as error:
        cause = str(error.__cause__ or error)
        local = sqlite_file(str(url)) is not None
        full = "disk" in cause or "readonly" in cause or "full" in cause
        kind = DiskError if local and full else StoreError
        raise kind(
            f"The study's storage {redact(str(url))} failed: "
            f"{redact(cause).splitlines()[0]}. What was told before is safe; mend it "
            f"and type the same command to go on."
        ) from error


def sqlite_file(url: str) -> Path | None:
    """Return the file of a sqlite URL, or None for other databases."""
    if not url.startswith("sqlite"):
        return None
    return Path(url.partition(":///")[2].partition("?")[0]).absolute()


def _open_sqlite(url: str) -> RDBStorage:
    options = {"connect_args": {"timeout": _BUSY_S}}
    storage = RDBStorage(url, engine_kwargs=options)
    sqlalchemy.event.listen(storage.engine, "connect", _set_pragmas)
    storage.engine.dispose()  # so that the next connection has them
    return storage


def _set_pragmas(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    # Survives the death of a process at any point; only a power cut may cost the
    # last transactions, and then the whole file stays readable.
    connection.execute("PRAGMA synchronous=NORMAL")
