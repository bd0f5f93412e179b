"""The folder in which several workers add up their numbers."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

# Prometheus' library keeps the numbers of several processes in files there.
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_PREFIX = "sweepkit-metrics-"
# Not yet locked, so that nobody may take it for one that was left behind.
_UNFINISHED = ".sweepkit-metrics-"


@contextmanager
def shared_metrics(
    workers: int, environment: Mapping[str, str], parent: Path | None = None
) -> Iterator[Mapping[str, str]]:
    """Lend several workers such a folder for a block; it is gone afterwards.

    A server that was killed leaves its folder behind; the next one removes it.

    Args:
        workers: How many there are; one alone needs no folder.
        environment: Environment variables for them.
        parent: Where to make it; the system's folder for temporary files if None.

    Yields:
        The environment with the folder in it.
    """
    if workers == 1:
        # One that was set for another program would make it count in files.
        yield {k: v for k, v in environment.items() if k != METRICS_FOLDER}
        return
    parent = Path(tempfile.gettempdir()) if parent is None else parent
    remove_abandoned(parent)
    unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=parent))
    folder = parent / unfinished.name.replace(_UNFINISHED, _PREFIX, 1)
    lock = _lock(unfinished)
    try:
        unfinished.rename(folder)
        yield {**environment, METRICS_FOLDER: str(folder)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def remove_abandoned(parent: Path) -> None:
    """Remove the folders whose servers have ended without doing so."""
    for folder in parent.glob(f"{_PREFIX}*"):
        lock = _lock(folder)
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def forget_worker(environment: Mapping[str, str], pid: int) -> None:
    """Drop what is true only of a living worker, such as the length of its queue."""
    folder = environment.get(METRICS_FOLDER)
    if folder is not None:
        for file in Path(folder).glob(f"gauge_live*_{pid}.db"):
            file.unlink(missing_ok=True)


def _lock(folder: Path) -> int | None:
    """Return an open descriptor that locks a folder; None if somebody else has it.

    The system opens the lock when its holder ends, however it ends. A process id
    would be another process' one day, or mean nothing in the next container.
    """
    with suppress(OSError):  # somebody else's folder, or one that is gone already
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
        else:
            return descriptor
    return None
