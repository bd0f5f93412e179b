"""What the tables and tiles of a sweep's report say, as plain strings."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sweepkit.sweep.outcome import Outcome, State, SweepResult
from sweepkit.sweep.progress_lines import describe_state
from sweepkit.sweep.standing import find_default, rank
from sweepkit.sweep.wording import (
    plain,
    shorten_names,
    write_difference,
    write_seconds,
    write_setting,
    write_value,
)

MOST_ROWS = 1_000
MOST_CAUSES = 10
Row = dict[str, Any]


def list_space(result: SweepResult) -> list[Row]:
    """Return each searched parameter with its range, best and default value."""
    best = result.best
    default = find_default(result.outcomes, result.plan.directions)
    names = dict.fromkeys(result.plan.space)
    best_params = best.params if best else {}
    covered = {name.rpartition(":")[2] for name in names}
    names |= dict.fromkeys(n for n in best_params if n not in covered)
    return [
        {
            "name": plain(name),
            "range": plain(result.plan.space.get(name, "")),
            "best": _setting(best, name),
            "default": _setting(default, name),
        }
        for name in names
    ]


def list_trials(result: SweepResult) -> Row:
    """Return the table of trials in order, the best ones first if they are too many."""
    plan = result.plan
    shown = list(result.outcomes)
    if len(shown) > MOST_ROWS:
        ranked = rank(shown, plan.directions)
        numbers = {outcome.number for outcome in ranked}
        shown = ranked + [o for o in shown if o.number not in numbers]
        shown = sorted(shown[:MOST_ROWS], key=lambda outcome: outcome.number)
    labels = shorten_names(dict.fromkeys(n for o in shown for n in o.params))
    return {
        "objectives": plan.objectives,
        "labels": list(labels.values()),
        "rows": [_list_trial(result, outcome, labels) for outcome in shown],
        "hidden": len(result.outcomes) - len(shown),
    }


def _list_trial(
    result: SweepResult, outcome: Outcome, labels: Mapping[str, str]
) -> Row:
    best = result.best
    behind = ""
    if best is not None and outcome.values and len(outcome.values) == 1:
        behind = write_difference(outcome.values[0], best.values[0])
    blanks = [""] * (len(result.plan.objectives) - len(outcome.values))
    return {
        "number": outcome.number,
        "is_best": best is not None and outcome.number == best.number,
        "is_default": outcome.is_default,
        "state": str(outcome.state),
        "words": describe_state(outcome)
        if outcome.state is not State.FAILED
        else "failed",
        "scores": [*map(write_value, outcome.values), *blanks],
        "behind": behind,
        "seconds": write_seconds(outcome.seconds),
        "settings": [_setting(outcome, name) for name in labels],
        "run": outcome.run_id[:8],
    }


def list_failures(result: SweepResult) -> list[Row]:
    """Return the causes of failures, most frequent first, with their trials."""
    causes: dict[str, list[int]] = defaultdict(list)
    for outcome in result.outcomes:
        if outcome.state is State.FAILED:
            causes[plain(outcome.error) or "no cause is known"].append(outcome.number)
    most = sorted(causes.items(), key=lambda item: (-len(item[1]), item[1]))
    return [
        {
            "cause": cause,
            "count": len(numbers),
            "trials": ", ".join(map(str, numbers[:8])) + ("…" if numbers[8:] else ""),
        }
        for cause, numbers in most[:MOST_CAUSES]
    ]


def list_facts(result: SweepResult) -> dict[str, str]:
    """Return what was searched and where it is kept, then the caller's facts."""
    plan = result.plan
    pairs = zip(plan.directions, plan.objectives, strict=True)
    facts = {
        "study": plan.name,
        "objective": ", ".join(f"{way} {name}" for way, name in pairs),
        "storage": plan.storage,
        "folder": str(plan.folder),
    }
    started = [o.started_at for o in result.outcomes if o.started_at > 0]
    if started:
        # Local time would make the page depend on where it is written.
        begin = datetime.fromtimestamp(min(started), UTC)
        facts["first trial"] = f"{begin:%Y-%m-%d %H:%M} UTC"
    return facts | {k: v for k, v in result.facts.items() if not is_link(v)}


def is_link(text: str) -> bool:
    """Tell whether a fact is an address to follow."""
    return text.startswith(("http://", "https://"))


def _setting(outcome: Outcome | None, name: str) -> str:
    """Write the trial's value; of one model's parameter only if it ran that model."""
    if outcome is None:
        return ""
    owner, _, key = name.rpartition(":")
    if owner and owner not in map(str, outcome.params.values()):
        return ""
    return write_setting(outcome.params[key]) if key in outcome.params else ""
