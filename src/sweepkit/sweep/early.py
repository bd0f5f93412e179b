"""Let workers' imports begin before everything else: they take longest of all.

Everything here must be quick to import: it runs before Hydra is imported.
"""

import multiprocessing
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker

# By the monotonic clock; where the system does not tell when a process began, it is
# taken to have begun here.
IMPORTED_AT = time.monotonic()
# Seconds of imports that a trial of `train.py` needs, and none that starts threads:
# LightGBM hangs in processes forked after OpenMP has started its own.
PRELOAD = (
    "pandas",
    "lightgbm",
    "sklearn.ensemble",
    "sklearn.compose",
    "sklearn.pipeline",
    "pyarrow.csv",
    "pyarrow.dataset",
    "sweepkit.training.walk",
)
# The parent decides what these mean; a terminal sends Ctrl-C to all its processes.
DEAF_TO = {signal.SIGINT, signal.SIGTERM}
_FIRST, _LAST = "sweepkit.sweep.preload_begins", "sweepkit.sweep.preload_ends"
_begun: list[tuple[str, ...]] = []


def preload_workers(arguments: Sequence[str]) -> None:
    """Start the fork server of a sweep if these words ask for one that has workers.

    Args:
        arguments: Words of the command line.
    """
    is_sweep = not {"-m", "--multirun"}.isdisjoint(arguments)
    has_workers = any(word.startswith("hparams_search=") for word in arguments)
    elsewhere = any(word.startswith("hydra/launcher=") for word in arguments)
    if is_sweep and has_workers and not elsewhere:
        choose_preload(PRELOAD)
        with deaf_children():
            forkserver.ensure_running()


def choose_preload(preload: Sequence[str]) -> None:
    """Say what the fork server imports; one that has begun with other words is ended.

    Args:
        preload: Names of modules.
    """
    chosen = tuple(preload)
    if _begun and _begun[-1] != chosen:
        # There is no public way; the next process that is started starts a new server.
        forkserver._forkserver._stop()  # type: ignore[attr-defined]
    _begun[:] = [chosen]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_FIRST, "sweepkit.sweep.worker", *chosen, _LAST])


@contextmanager
def deaf_children() -> Iterator[None]:
    """Let processes that are started within a block ignore Ctrl-C while they import."""
    # Started outside of the mask, as it lifts the mask when it is done.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, DEAF_TO)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
