"""From what Hydra says of a job to the outcome of a trial."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from hydra.core.utils import JobReturn, JobStatus

from sweepkit.evaluation.objective import Objective
from sweepkit.sweep.outcome import Outcome, State
from sweepkit.sweep.pruning import Pruned


def judge_job(
    job_return: JobReturn,
    *,
    number: int,
    n_objectives: int,
    metric: str,
    reports: Mapping[int, float],
    **known: Any,
) -> Outcome:
    """Decide how a trial ended; a result that is no finite number is a failure.

    Args:
        job_return: What the launcher brought back.
        number: The trial's number.
        n_objectives: How many numbers the task should have returned.
        metric: Name of the metric in the reports.
        reports: Running mean after each fold, by step.
        **known: Further fields of the outcome.
    """
    # `job_return.return_value` would raise what the job raised.
    value = job_return._return_value
    if job_return.status is not JobStatus.COMPLETED:
        state = State.PRUNED if isinstance(value, Pruned) else State.FAILED
        return Outcome(
            number=number,
            state=state,
            error="" if state is State.PRUNED else describe_error(value),
            folds=own_scores(metric, reports),
            **known,
        )
    values, error = read_values(value, n_objectives)
    return Outcome(
        number=number,
        state=State.FAILED if error else State.COMPLETE,
        values=() if error else values,
        error=error,
        folds=value.folds if isinstance(value, Objective) else (),
        rounds=value.rounds if isinstance(value, Objective) else None,
        kept=value.kept if isinstance(value, Objective) else "",
        **known,
    )


def read_values(value: Any, n_objectives: int) -> tuple[tuple[float, ...], str]:
    """Return the objectives a task returned, and what is wrong with them, if at all."""
    many = isinstance(value, Sequence) and not isinstance(value, str)
    found = value.values if isinstance(value, Objective) else value if many else [value]
    try:
        values = tuple(float(number) for number in found)
    except (TypeError, ValueError):
        return (), f"the task returned {value!r}, which is no number"
    if len(values) != n_objectives:
        return (), f"the task returned {len(values)} objectives, not {n_objectives}"
    if not all(map(math.isfinite, values)):
        return (), f"the objective is {', '.join(map(str, values))}, no finite number"
    return values, ""


def describe_error(error: Any) -> str:
    """Return an exception's type and message in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def own_scores(
    metric: str, reports: Mapping[int, float]
) -> tuple[dict[str, float], ...]:
    """Return each fold's own score from the running means that were reported."""
    scores, total = [], 0.0
    for count, step in enumerate(sorted(reports), start=1):
        own = reports[step] * count - total
        total += own
        scores.append({metric: own})
    return tuple(scores)
