"""The live display of a sweep, drawn anew several times a second."""

import math

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from sweepkit.sweep.outcome import Outcome, State
from sweepkit.sweep.progress_lines import describe_state
from sweepkit.sweep.progress_watch import Watch
from sweepkit.sweep.wording import (
    compare,
    plain,
    write_seconds,
    write_settings,
    write_value,
)

STYLES = {State.COMPLETE: "green", State.PRUNED: "yellow", State.FAILED: "red"}


def render(watch: Watch) -> RenderableType:
    """Return the display as it stands now."""
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="bold", no_wrap=True)
    facts.add_column(overflow="fold")
    facts.add_row("best", _best(watch))
    facts.add_row("trials", _counts(watch))
    if watch.running:
        numbers = ", ".join(map(str, sorted(watch.running)[:12]))
        facts.add_row("running", Text(f"trial {numbers}", style="cyan"))
    parts: list[RenderableType] = [_headline(watch), _bar(watch), facts]
    return Group(*parts, _last_trials(watch)) if watch.last else Group(*parts)


def _headline(watch: Watch) -> Text:
    plan = watch.plan
    workers = "1 worker" if plan.n_workers == 1 else f"{plan.n_workers} workers"
    text = Text.assemble((f"sweep {plain(plan.name)}", "bold"), f"  on {workers}")
    if plan.earlier:
        text.append(f", {len(plan.earlier):,} trials done earlier")
    return text


def _bar(watch: Watch) -> Table:
    ended, total = watch.standing.n_ended, watch.plan.n_trials
    if total is None:
        return _time_bar(watch, watch.plan.budget_s or math.inf)
    left = watch.seconds_left()
    words = "" if left is None else f"about {_coarse(left)} left"
    if ended >= total:
        words = "ending"
    row = Table.grid(padding=(0, 2))
    row.add_row(
        ProgressBar(total=max(total, 1), completed=min(ended, total), width=32),
        Text(f"{ended:,}/{total:,}", style="bold"),
        Text(words),
    )
    return row


def _time_bar(watch: Watch, budget_s: float) -> Table:
    spent = watch.clock() - watch.began
    row = Table.grid(padding=(0, 2))
    row.add_row(
        ProgressBar(total=budget_s, completed=min(spent, budget_s), width=32),
        Text(f"{watch.standing.n_ended:,} trials", style="bold"),
        Text(f"{spent:.0f} s of {budget_s:g} s"),
    )
    return row


def _coarse(seconds: float) -> str:
    return write_seconds(seconds) if seconds >= 10 else f"{math.ceil(seconds)} s"


def _best(watch: Watch) -> Text:
    plan, standing = watch.plan, watch.standing
    best, default = standing.best, standing.default
    if best is None:
        return Text("none yet", style="dim")
    shown = (f"{plan.objectives[0]} {write_value(best.values[0])}", "bold green")
    text = Text.assemble(shown, f"  trial {best.number}")
    if default is not None and best is not default:
        gain = compare(best.values[0], default.values[0], plan.directions[0])
        text.append(f"  {gain} than the defaults")
    if len(plan.directions) > 1:
        text.append(f"  front: {len(standing.front)} trials")
    return text


def _counts(watch: Watch) -> Text:
    standing = watch.standing
    text = Text(", ").join(
        Text(f"{standing.states[state]:,} {state}", style=STYLES[state])
        for state in State
        if standing.states[state]
    )
    if standing.saved_seconds >= 1:
        saved = write_seconds(standing.saved_seconds)
        text.append(f"  pruning saved about {saved}", style="yellow")
    return text or Text("none has ended yet", style="dim")


def _last_trials(watch: Watch) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", expand=True)
    table.add_column("trial", justify="right", no_wrap=True)
    table.add_column("state", no_wrap=True)
    for name in watch.plan.objectives:
        table.add_column(escape(name), justify="right", no_wrap=True)
    table.add_column("time", justify="right", no_wrap=True)
    table.add_column("parameters or cause", no_wrap=True, ratio=1, overflow="ellipsis")
    for outcome in watch.last:
        values = [write_value(value) for value in outcome.values]
        blanks = [""] * (len(watch.plan.objectives) - len(values))
        table.add_row(
            str(outcome.number),
            Text(_state(outcome), style=STYLES[outcome.state]),
            *values,
            *blanks,
            write_seconds(outcome.seconds),
            _changes(watch, outcome),
        )
    return table


def _state(outcome: Outcome) -> str:
    failed = outcome.state is State.FAILED
    return str(outcome.state) if failed else describe_state(outcome)


def _changes(watch: Watch, outcome: Outcome) -> Text:
    """Return what the trial tried, or why it failed."""
    if outcome.state is State.FAILED:
        return Text(plain(outcome.error), style=STYLES[State.FAILED])
    if outcome.is_default:
        return Text("the model's own defaults", style="dim")
    return Text(write_settings(outcome.params, watch.labels), style="dim")
