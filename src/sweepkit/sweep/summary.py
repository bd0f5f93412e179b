"""What a sweep brought and cost, one fact a line."""

from pathlib import Path

from sweepkit.sweep.outcome import State, SweepResult
from sweepkit.sweep.standing import find_default, is_better
from sweepkit.sweep.stopping import most_frequent_cause
from sweepkit.sweep.wording import (
    compare,
    count_states,
    plain,
    write_command,
    write_seconds,
    write_states,
    write_value,
)


def list_facts(result: SweepResult) -> dict[str, str]:
    """Return what a sweep brought and cost, title to text."""
    facts = {"tuned against defaults": describe_gain(result)}
    counts = write_states(count_states(result.outcomes))
    if result.plan.n_trials is not None:
        counts += f" of {result.plan.n_trials:,}"
    facts["trials"] = counts
    failed = [o for o in result.outcomes if o.state is State.FAILED]
    if failed:
        facts["most frequent failure"] = plain(most_frequent_cause(failed))
    reason = plain(result.reason) or "done"
    facts["ended"] = f"{reason}, after {write_seconds(result.seconds)}"
    if result.clock is not None:
        facts["time budget"] = result.clock.describe()
    if result.saved_seconds > 0:
        facts["pruning saved"] = f"about {write_seconds(result.saved_seconds)}"
    facts["folders"] = str(_shortest(result.plan.folder) / "<trial>")
    if result.best is not None:
        facts["to run the best again"] = write_command(result.best)
    return facts


def describe_gain(result: SweepResult) -> str:
    """Say whether tuning helped, for each objective if there are several."""
    plan, best = result.plan, result.best
    default = find_default(result.outcomes, plan.directions)
    if best is None:
        return "no trial is complete, so there is nothing to compare"
    if default is None:
        return "unknown, as no trial of the defaults is complete"
    ways = plan.directions
    if best is default or not any(map(is_better, best.values, default.values, ways)):
        value = write_value(default.values[0])
        return f"tuning did not help: nothing beat the defaults' {value}"
    parts = []
    for name, own, other, way in zip(
        plan.objectives, best.values, default.values, ways, strict=True
    ):
        pair = f"{write_value(own)} against {write_value(other)}"
        prefix = f"{name} " if len(ways) > 1 else ""
        parts.append(f"{prefix}{pair} ({compare(own, other, way)})")
    return ", ".join(parts)


def _shortest(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
