"""What Hydra writes into a job's folder, written while the job is under way."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from omegaconf import OmegaConf

from sweepkit.sweep.jobs import JobConfig

# By then a task has done what it does in Python and fits in compiled code, beside which
# a thread can write. Before, the two would only take turns.
DELAY_S = 0.05


@contextmanager
def writing_files(
    config: JobConfig, meanwhile: Callable[[], None] | None = None
) -> Iterator[None]:
    """Write a job's files a moment after its task has begun, or when that has ended.

    Args:
        config: The job's.
        meanwhile: Called after that, unless the task has ended before.

    Raises:
        OSError: If they cannot be written; told when the block ends.
    """
    failed: list[OSError] = []
    written, ended = threading.Event(), threading.Event()

    def write() -> None:
        written.set()
        try:
            write_files(config)
        except OSError as error:
            failed.append(error)
        if meanwhile is not None and not ended.is_set():
            meanwhile()

    writer = threading.Timer(DELAY_S, write)
    writer.daemon = True
    writer.start()
    try:
        yield
    finally:
        ended.set()
        writer.cancel()
        writer.join()
        if not written.is_set():
            write()
        if failed:
            raise failed[0]


def write_files(config: JobConfig) -> None:
    """Write what Hydra writes into a job's folder: `.hydra/config.yaml` and others."""
    hydra = config.whole.hydra
    if hydra.output_subdir is None:
        return
    folder = config.folder / hydra.output_subdir
    folder.mkdir(parents=True, exist_ok=True)
    # Not the task's own copy, which the task may have changed.
    keys = [str(key) for key in config.whole if key != "hydra"]
    files = {
        "config.yaml": OmegaConf.masked_copy(config.whole, keys),
        "hydra.yaml": config.hydra,
        "overrides.yaml": hydra.overrides.task,
    }
    for name, part in files.items():
        (folder / name).write_text(OmegaConf.to_yaml(part), encoding="utf-8")
