"""A trial as MLflow keeps it: written from its outcome, read back as one."""

import json
import math
from collections.abc import Mapping, Sequence

from sweepkit.sweep.outcome import Outcome, Scores, State, SweepPlan
from sweepkit.tracking.existing import RecordedRun, read_curve
from sweepkit.tracking.metrics import Point
from sweepkit.tracking.run import Status
from sweepkit.tracking.store import OpenStore
from sweepkit.tracking.trials import FinishedRun

ROLE = "role"
STUDY = "sweep.study"
TRIAL = "sweep.trial"
STATE = "sweep.state"
PARENT = "mlflow.parentRunId"
_OVERRIDES = "sweep.overrides"
_DEFAULTS = "sweep.defaults"
_ERROR = "error"
_SECONDS = "seconds"
_MAX_NAME = 16  # more does not show in MLflow's table
_STATUS: Mapping[State, Status] = {
    State.COMPLETE: "FINISHED",
    State.PRUNED: "FINISHED",
    State.FAILED: "FAILED",
}


def describe_trial(
    outcome: Outcome, plan: SweepPlan, tags: Mapping[str, object]
) -> FinishedRun:
    """Return the run of a trial that has ended.

    Args:
        outcome: What came of it.
        plan: The sweep it belongs to.
        tags: What all trials of the sweep have in common: parent, user, commit.
    """
    own: dict[str, object] = {
        ROLE: "trial",
        TRIAL: outcome.number,
        STATE: outcome.state,
        _OVERRIDES: json.dumps(outcome.overrides),
    }
    if plan.name:
        own[STUDY] = plan.name
    if outcome.is_default:
        own[_DEFAULTS] = True
    if outcome.error:
        own[_ERROR] = outcome.error
    return FinishedRun(
        name=name_trial(outcome),
        tags={**tags, **own},
        params=outcome.params,
        points=list_points(outcome, plan.objectives),
        status=_STATUS[outcome.state],
        started_at=outcome.started_at,
        ended_at=outcome.started_at + outcome.seconds,
    )


def name_trial(outcome: Outcome) -> str:
    """Return a name that shows whole, such as `trial 12` or `trial 12 pruned`."""
    name = f"trial {outcome.number}"
    if outcome.state is not State.PRUNED:
        return name
    whole = f"{name} pruned"
    return whole if len(whole) <= _MAX_NAME else f"{outcome.number} pruned"


def list_points(outcome: Outcome, objectives: Sequence[str]) -> list[Point]:
    """Return the scores of a trial as curves over its folds.

    A curve ends with the mean over the folds, as in single runs: tables show the last
    point. A mean over some folds only may be better than the best, so curves of trials
    that are not complete have a name of their own. Objectives that are no mean over
    folds are one point.
    """
    complete = outcome.state is State.COMPLETE
    points = []
    for metric in dict.fromkeys(name for fold in outcome.folds for name in fold):
        curve = [fold.get(metric, math.nan) for fold in outcome.folds]
        name = f"cv_{metric}" if complete else f"partial_cv_{metric}"
        points += [Point(name, v, step) for step, v in enumerate(curve) if v == v]
        mean = sum(curve) / len(curve)
        if math.isfinite(mean):
            points.append(Point(name, mean, len(curve)))
    drawn = {point.name for point in points}
    values = zip(objectives, outcome.values, strict=False)
    points += [Point(name, v, 0) for name, v in values if name not in drawn]
    return [*points, Point(_SECONDS, outcome.seconds, 0)]


def read_trial(run: RecordedRun, objectives: Sequence[str]) -> Outcome:
    """Return what a trial's run says of its outcome, all but the scores of folds."""
    state = State(run.tags[STATE])
    complete = state is State.COMPLETE
    values = (run.metrics[name] for name in objectives) if complete else ()
    return Outcome(
        number=int(run.tags[TRIAL]),
        state=state,
        params=run.params,
        overrides=tuple(json.loads(run.tags[_OVERRIDES])),
        values=tuple(values),
        error=run.tags.get(_ERROR, ""),
        started_at=run.started_at,
        seconds=run.metrics.get(_SECONDS, run.seconds),
        is_default=_DEFAULTS in run.tags,
        run_id=run.run_id,
    )


def read_folds(
    store: OpenStore, run_id: str, metrics: Sequence[str]
) -> tuple[Scores, ...]:
    """Return the scores of a complete trial's folds.

    Raises:
        StoreError: If the store cannot be read.
    """
    folds: dict[int, dict[str, float]] = {}
    for metric in metrics:
        curve = read_curve(store, run_id, f"cv_{metric}")
        for point in curve:
            if point.step < curve[-1].step:  # there lies the mean of the others
                folds.setdefault(point.step, {})[metric] = point.value
    return tuple(folds[step] for step in sorted(folds))
