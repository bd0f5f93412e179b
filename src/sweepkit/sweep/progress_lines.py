"""One plain line for each event of a sweep, for logs and pipes."""

from sweepkit.sweep.outcome import Outcome, State, SweepPlan, SweepResult
from sweepkit.sweep.standing import Standing
from sweepkit.sweep.wording import (
    count_states,
    plain,
    write_seconds,
    write_states,
    write_value,
)


def describe_start(plan: SweepPlan) -> str:
    """Say what begins: `sweep housing  30 trials  2 workers  minimize cv_rmse`."""
    pairs = zip(plan.directions, plan.objectives, strict=True)
    goals = (f"{way} {name}" for way, name in pairs)
    workers = "1 worker" if plan.n_workers == 1 else f"{plan.n_workers} workers"
    parts = [f"sweep {plan.name}"]
    if plan.n_trials is not None:
        parts.append(f"{plan.n_trials:,} trials")
    if plan.budget_s is not None:
        parts.append(f"{plan.budget_s:g} s")
    parts.append(workers)
    parts.append(", ".join(goals))
    if plan.earlier:
        parts.append(f"{len(plan.earlier):,} done earlier")
    return "  ".join(parts)


def describe_trial(outcome: Outcome, plan: SweepPlan, standing: Standing) -> str:
    """Say what came of a trial and which one is the best so far."""
    parts = [f"trial {outcome.number}", describe_state(outcome)]
    if outcome.state is State.COMPLETE:
        parts.append(write_values(outcome, plan))
    parts.append(describe_best(plan, standing))
    parts.append(write_seconds(outcome.seconds))
    if plan.n_trials is not None:
        parts.append(f"{standing.n_ended:,}/{plan.n_trials:,}")
    return "  ".join(part for part in parts if part)


def describe_end(result: SweepResult) -> str:
    """Say why the sweep ended and what it brought."""
    parts = [f"sweep ended: {plain(result.reason) or 'done'}"]
    parts.append(write_states(count_states(result.outcomes)))
    parts.append(write_seconds(result.seconds))
    return "  ".join(parts)


def describe_state(outcome: Outcome) -> str:
    """Return the state, with the folds a pruned trial got to or a failure's cause."""
    if outcome.state is State.FAILED:
        return f"failed: {plain(outcome.error) or 'no cause is known'}"
    if outcome.state is State.PRUNED and outcome.folds:
        return f"pruned after fold {len(outcome.folds)}"
    return str(outcome.state)


def write_values(outcome: Outcome, plan: SweepPlan) -> str:
    """Write the objectives with their names: `cv_rmse 40,912, latency_ms 1.2300`."""
    pairs = zip(plan.objectives, outcome.values, strict=True)
    return ", ".join(f"{name} {write_value(value)}" for name, value in pairs)


def describe_best(plan: SweepPlan, standing: Standing) -> str:
    """Name the best trial so far, or for several objectives the size of the front."""
    if standing.best is None:
        return ""
    if len(plan.directions) > 1:
        numbers = len(standing.front)
        return f"front {numbers:,} trial{'s' if numbers != 1 else ''}"
    best = standing.best
    return f"best {write_value(best.values[0])} (trial {best.number})"
