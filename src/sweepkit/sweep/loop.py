"""Keep every worker busy until the sweep has done enough."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sweepkit.sweep.messages import Finished, Report
from sweepkit.sweep.outcome import Outcome


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


class Trials(Protocol):
    """What the loop asks and tells; see `sweepkit.sweep.session`."""

    @property
    def n_running(self) -> int:
        """Trials begun and not ended."""

    def begin(self) -> Job | None:
        """Ask for the next trial, or return None if none should begin."""

    def keep(self, number: int) -> None:
        """Make a begun trial durable."""

    def report(self, number: int, step: int, value: float) -> bool:
        """Take a fold's report and tell whether to prune."""

    def end(self, number: int, finished: Any) -> Outcome:
        """Tell the study how a trial ended."""

    def after(self, outcome: Outcome) -> None:
        """Do what may wait until the worker is busy again: logs, MLflow."""


def run_trials(trials: Trials, pool: Pool) -> None:
    """Ask for a new trial the moment any worker is free.

    Batches wait for their slowest member; this loop waits for the fastest, so the
    sampler also sees each result before it proposes the next point. Only what a worker
    waits for stands between the end of one trial and the start of the next.
    """
    ended: list[Outcome] = []
    while True:
        begun = []
        while pool.idle and (job := trials.begin()) is not None:
            pool.submit(job.number, job.overrides)
            begun.append(job.number)
        for number in begun:
            trials.keep(number)
        for outcome in ended:
            trials.after(outcome)
        if not trials.n_running:
            return
        ended = []
        for event in pool.poll():
            if isinstance(event, Report):
                prune = trials.report(event.number, event.step, event.value)
                pool.answer(event.number, prune=prune)
            else:
                ended.append(trials.end(event.number, event))


def run_batches(
    trials: Trials, launch: Callable[[list[Job]], Sequence[Finished]], size: int
) -> None:
    """Run trials through a launcher that only knows batches, `size` at a time."""
    while True:
        batch: list[Job] = []
        while len(batch) < size and (job := trials.begin()) is not None:
            batch.append(job)
            trials.keep(job.number)
        if not batch:
            return
        for finished in launch(batch):
            trials.after(trials.end(finished.number, finished))
