"""One request's rows on their way to predictions, alone or in company."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from sweepkit.serving.champion import Predictions, Rows
from sweepkit.serving.scoring import Outcome, Predict, ScoringFailed, score_together

Estimate = Callable[[int], float]


class Waiting(Protocol):
    """Who waits for predictions, such as a future; told on the event loop, once."""

    def done(self) -> bool:
        """Whether nobody waits any more."""
        ...

    def set_result(self, found: Predictions, /) -> None:
        """Take the predictions."""
        ...

    def set_exception(self, error: Exception, /) -> None:
        """Take what went wrong."""
        ...


class Job(NamedTuple):
    """One request's rows on their way to predictions.

    Attributes:
        predict: The model the request was read for; only jobs of the same one are
            scored together.
        rows: Its rows.
        estimate_s: How long the model should take for so many rows.
        late_at: When it has waited too long, on the event loop's clock.
        answer: Takes the predictions, or what went wrong.
        alone: Whether its rows must not be scored with those of others.
    """

    predict: Predict
    rows: Rows
    estimate_s: Estimate
    late_at: float
    answer: Waiting
    alone: bool = False


def take_jobs(queue: deque[Job], most_rows: int, most_s: float) -> list[Job]:
    """Take the first jobs of one model: at least one, more while they fit in one call.

    Those nobody waits for any more are dropped.

    Args:
        queue: Oldest first; what is taken is gone from it.
        most_rows: Rows of a call.
        most_s: Seconds it should take at most.
    """
    jobs: list[Job] = []
    n_rows = 0
    while queue:
        job = queue[0]
        if job.answer.done():
            queue.popleft()
            continue
        n_rows += len(job.rows)
        is_much = n_rows > most_rows or job.estimate_s(n_rows) > most_s
        if jobs and (is_much or job.alone or job.predict != jobs[0].predict):
            break
        jobs.append(queue.popleft())
    return jobs


def score_jobs(jobs: Sequence[Job]) -> list[Outcome]:
    """Score jobs of one model in one call; in any thread."""
    return score_together(jobs[0].predict, [job.rows for job in jobs]) if jobs else []


def settle(jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> None:
    """Hand each job its outcome, unless nobody waits for it any more."""
    for job, outcome in zip(jobs, outcomes, strict=True):
        if job.answer.done():
            continue
        if isinstance(outcome, ScoringFailed):
            job.answer.set_exception(outcome)
        else:
            job.answer.set_result(outcome)
