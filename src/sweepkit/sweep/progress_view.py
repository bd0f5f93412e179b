"""The live display of a sweep, drawn anew several times a second."""

import math
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from sweepkit.sweep.outcome import Outcome, State, SweepPlan
from sweepkit.sweep.progress_lines import describe_state
from sweepkit.sweep.standing import Standing
from sweepkit.sweep.wording import (
    compare,
    plain,
    shorten_names,
    write_seconds,
    write_settings,
    write_value,
)

STYLES = {State.COMPLETE: "green", State.PRUNED: "yellow", State.FAILED: "red"}
_N_LAST = 6
_N_DURATIONS = 40  # trials whose mean duration tells how long the next will take


@dataclass(slots=True)
class Watch:
    """What the display knows. Another thread draws it, so fields are only replaced.

    Attributes:
        plan: What the sweep set out to do.
        clock: Seconds of a clock that never goes back.
        standing: Counts, best trial, front.
        last: The latest trials, newest first.
        running: Number of each running trial to when it was first seen.
    """

    plan: SweepPlan
    clock: Callable[[], float]
    standing: Standing = field(init=False)
    last: tuple[Outcome, ...] = ()
    running: dict[int, float] = field(default_factory=dict)
    durations: deque[float] = field(default_factory=lambda: deque(maxlen=_N_DURATIONS))
    labels: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.standing = Standing(self.plan.directions)
        self.labels = shorten_names(self.plan.space)

    def add(self, outcome: Outcome) -> None:
        """Count a trial that has ended."""
        self.standing.add(outcome)
        self.durations.append(outcome.seconds)
        self.last = (outcome, *self.last[: _N_LAST - 1])
        if outcome.number in self.running:
            self.run(n for n in self.running if n != outcome.number)

    def run(self, numbers: Iterable[int]) -> None:
        """Note which trials are running."""
        now = self.clock()
        self.running = {number: self.running.get(number, now) for number in numbers}

    def seconds_left(self) -> float | None:
        """Estimate the rest of the sweep; None until a trial has ended."""
        owed = self.plan.n_trials - self.standing.n_ended
        durations = tuple(self.durations)
        if owed <= 0 or not durations:
            return 0.0 if owed <= 0 else None
        usual, now = sum(durations) / len(durations), self.clock()
        spent = sum(min(now - begun, usual) for begun in self.running.values())
        return max(0.0, owed * usual - spent) / max(1, min(self.plan.n_workers, owed))


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
    table.add_column("state", no_wrap=True, max_width=32)
    for name in watch.plan.objectives:
        table.add_column(escape(name), justify="right", no_wrap=True)
    table.add_column("time", justify="right", no_wrap=True)
    table.add_column("parameters", no_wrap=True, ratio=1, overflow="ellipsis")
    for outcome in watch.last:
        values = [write_value(value) for value in outcome.values]
        blanks = [""] * (len(watch.plan.objectives) - len(values))
        table.add_row(
            str(outcome.number),
            Text(describe_state(outcome), style=STYLES[outcome.state]),
            *values,
            *blanks,
            write_seconds(outcome.seconds),
            Text(_changes(watch, outcome), style="dim"),
        )
    return table


def _changes(watch: Watch, outcome: Outcome) -> str:
    if outcome.is_default:
        return "the model's own defaults"
    return write_settings(outcome.params, watch.labels)
