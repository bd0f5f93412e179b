"""What a sweep brought, in words: the top of its report."""

from sweepkit.evaluation.wording import MISSING
from sweepkit.sweep.outcome import SweepResult
from sweepkit.sweep.standing import find_default, is_better
from sweepkit.sweep.wording import (
    compare,
    count_states,
    label_objective,
    plain,
    write_seconds,
    write_states,
    write_value,
)

Row = dict[str, str]


def write_headline(result: SweepResult) -> str:
    """State in one sentence what the sweep brought."""
    plan, best = result.plan, result.best
    n_trials = len(result.outcomes)
    if best is None:
        if not n_trials:
            return "The sweep ended before its first trial did."
        return f"None of {_count(n_trials, 'trial')} came to a value."
    if len(plan.directions) > 1:
        return (
            f"{_count(len(result.front), 'trial')} of {n_trials:,} are the best "
            f"choices between {' and '.join(map(label_objective, plan.objectives))}; "
            f"trial {best.number} is the one taken."
        )
    label, value = label_objective(plan.objectives[0]), write_value(best.values[0])
    start = f"Trial {best.number} of {n_trials:,} reached the best {label}, {value}"
    default = find_default(result.outcomes, plan.directions)
    if default is None:
        return f"{start}."
    if not is_better(best.values[0], default.values[0], plan.directions[0]):
        return f"Tuning did not help: the defaults' {label} of {value} was not beaten."
    gain = compare(best.values[0], default.values[0], plan.directions[0])
    return f"{start}, {gain} than the model's defaults."


def write_lede(result: SweepResult) -> str:
    """Say how many trials ended how, how long it took and why it ended."""
    counts = write_states(count_states(result.outcomes))
    workers = _count(result.plan.n_workers, "worker")
    lede = f"{counts} on {workers} in {write_seconds(result.seconds)}"
    if result.plan.earlier:
        lede = f"{counts} on {workers}, the last session in "
        lede += write_seconds(result.seconds)
    if result.saved_seconds >= 0.1:
        lede += f"; pruning saved about {write_seconds(result.saved_seconds)}"
    return f"{lede}. Why it ended: {plain(result.reason) or 'all is done'}."


def list_verdict(result: SweepResult) -> Row:
    """Say whether tuning helped, by the first objective."""
    plan, best = result.plan, result.best
    default = find_default(result.outcomes, plan.directions)
    if best is None:
        return {"kind": "bad", "text": "✗ No trial succeeded"}
    if default is None:
        return {"kind": "unknown", "text": "No trial of the defaults to compare with"}
    if is_better(best.values[0], default.values[0], plan.directions[0]):
        return {"kind": "good", "text": "✓ Tuning helped"}
    return {"kind": "bad", "text": "✗ Tuning did not beat the defaults"}


def list_tiles(result: SweepResult) -> list[Row]:
    """Return the numbers to see first: the best values, then trials and time."""
    plan, best = result.plan, result.best
    default = find_default(result.outcomes, plan.directions)
    tiles = []
    for which, name in enumerate(plan.objectives):
        note = "the defaults have no value"
        if default is not None:
            note = f"the model's defaults have {write_value(default.values[which])}"
        value = write_value(best.values[which]) if best else MISSING
        label = f"{'Best' if len(plan.objectives) == 1 else 'Chosen'} {name}"
        tiles.append({"label": label, "value": value, "note": note})
    counts = count_states(result.outcomes)
    tiles.append(
        {
            "label": "Trials",
            "value": f"{len(result.outcomes):,}"
            + ("" if plan.n_trials is None else f" of {plan.n_trials:,}"),
            "note": write_states(counts),
        }
    )
    saved = write_seconds(result.saved_seconds)
    note = f"pruning saved about {saved}" if result.saved_seconds else "nothing pruned"
    seconds = sum(outcome.seconds for outcome in result.outcomes)
    tiles.append({"label": "Work", "value": write_seconds(seconds), "note": note})
    return tiles


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
