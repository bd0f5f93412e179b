"""Run a session's trials through whatever launcher was chosen."""

import os
import time
from collections.abc import Sequence
from functools import partial

from hydra.plugins.launcher import Launcher

from sweepkit.sweep.loop import Job, run_batches, run_trials
from sweepkit.sweep.messages import Finished
from sweepkit.sweep.pool import PoolLauncher
from sweepkit.sweep.trials import SessionTrials


def run_with(launcher: Launcher, trials: SessionTrials, n_workers: int) -> None:
    """Run trials without waiting in our pool, and in batches elsewhere."""
    if not isinstance(launcher, PoolLauncher):
        run_batches(trials, partial(launch_batch, launcher), n_workers)
        return
    try:
        run_trials(trials, launcher)
    finally:
        # Before anything else: workers would only keep cores and memory from the rest.
        launcher.close(kill=True)


def launch_batch(launcher: Launcher, batch: Sequence[Job]) -> list[Finished]:
    """Run some jobs by a launcher that returns when the slowest is done.

    Nothing is known of single jobs then, so each is booked with the whole time.
    """
    started_at, start = time.time(), time.monotonic()
    returns = launcher.launch(
        [job.overrides for job in batch], initial_job_idx=batch[0].number
    )
    seconds = time.monotonic() - start
    return [
        Finished(
            number=job.number,
            job_return=job_return,
            pid=os.getpid(),
            started_at=started_at,
            seconds=seconds,
        )
        for job, job_return in zip(batch, returns, strict=True)
    ]
