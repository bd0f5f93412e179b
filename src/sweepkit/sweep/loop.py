"""Keep every worker busy until the sweep has done enough."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sweepkit.sweep.messages import Finished, Report


@dataclass(frozen=True, slots=True)
class Job:
    """A trial ready to be run.

    Attributes:
        number: The trial's number, which is also Hydra's `job.num`.
        overrides: Words that make its configuration.
    """

    number: int
    overrides: tuple[str, ...]


class Pool(Protocol):
    """Workers that stay alive, as `sweepkit.sweep.pool.PoolLauncher` has them."""

    @property
    def idle(self) -> int:
        """Workers without a job."""

    def submit(self, number: int, overrides: Sequence[str]) -> None:
        """Give a job to an idle worker and return at once."""

    def poll(self, timeout_s: float | None = None) -> list[Report | Finished]:
        """Wait until a worker says something."""

    def answer(self, number: int, *, prune: bool) -> None:
        """Let a worker that reported go on, or stop."""

    def dismiss_idle(self) -> None:
        """End the workers without a job, for which there will be none."""

    def close(self, *, kill: bool) -> None:
        """End all workers and what they run."""


class Trials(Protocol):
    """What the loop asks and tells; see `sweepkit.sweep.trials`."""

    @property
    def n_running(self) -> int:
        """Trials begun and not ended."""

    @property
    def is_over(self) -> bool:
        """Whether running trials are to be ended now, as their time is spent."""

    @property
    def n_behind(self) -> int:
        """Trials that ended and are not on record yet."""

    def begin(self) -> Job | None:
        """Ask for the next trial, or return None if none should begin."""

    def report(self, number: int, step: int, value: float) -> bool:
        """Take a fold's report and tell whether to prune."""

    def end(self, number: int, finished: Any) -> None:
        """Let the sampler know how a trial ended."""

    def rest_s(self) -> float | None:
        """Return for how long there is nothing to do here; None for no end."""

    def catch_up(self) -> None:
        """Do a piece of what no worker waits for: storage, display, MLflow."""

    def hurry(self) -> None:
        """Do several pieces of it."""

    def finish(self) -> None:
        """Do all that is left of it."""


def run_trials(trials: Trials, pool: Pool) -> None:
    """Ask for a new trial the moment any worker is free.

    Batches wait for their slowest member; this loop waits for the fastest, so the
    sampler also sees each result before it proposes the next point. Whatever takes
    longer than that, first of all making results durable, is done piece by piece while
    all workers are busy: none of them ever waits for more than one piece.
    """
    most_behind: int | None = None
    while True:
        while pool.idle and (job := trials.begin()) is not None:
            pool.submit(job.number, job.overrides)
        if trials.is_over:
            pool.close(kill=True)  # first: all cores belong to the ending from here on
        if trials.is_over or not trials.n_running:
            trials.finish()
            return
        pool.dismiss_idle()  # the ending needs memory while the last trials run
        # Where trials are quicker than their record, some wait for it after all.
        most_behind = most_behind or 2 * trials.n_running
        events = pool.poll(trials.rest_s())
        for event in events:
            if isinstance(event, Report):
                prune = trials.report(event.number, event.step, event.value)
                pool.answer(event.number, prune=prune)
            else:
                trials.end(event.number, event)
        if trials.n_behind > most_behind:
            trials.hurry()
        elif not events:
            trials.catch_up()


def run_batches(
    trials: Trials, launch: Callable[[list[Job]], Sequence[Finished]], size: int
) -> None:
    """Run trials through a launcher that only knows batches, `size` at a time."""
    while True:
        batch: list[Job] = []
        while len(batch) < size and (job := trials.begin()) is not None:
            batch.append(job)
        if not batch:
            return
        trials.finish()
        for finished in launch(batch):
            trials.end(finished.number, finished)
        trials.finish()
