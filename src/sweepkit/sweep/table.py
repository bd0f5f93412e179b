"""What a person reads when a sweep is over."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sweepkit.evaluation.wording import MISSING, shorten_middle
from sweepkit.sweep.outcome import Outcome, SweepResult
from sweepkit.sweep.standing import find_default, rank
from sweepkit.sweep.summary import list_facts
from sweepkit.sweep.wording import (
    plain,
    shorten_names,
    write_difference,
    write_setting,
    write_settings,
    write_value,
)

MOST_TRIALS = 5
MOST_OF_FRONT = 20
_RUN_CHARS = 8  # enough of a run's id to find it


def print_sweep_summary(
    result: SweepResult, *, notes: Mapping[str, str], console: Console | None = None
) -> None:
    """Print the best trials, what tuning brought, then facts and notes, one a line.

    Args:
        result: What came of the sweep.
        notes: Title to text, such as links and the registered version.
        console: Where to print; standard output unless given.
    """
    console = console or Console()
    if result.best is not None:
        several = len(result.plan.directions) > 1
        table = _front_table(result) if several else _best_table(result, console.width)
        console.print(table)
    lines = list_facts(result) | dict(notes)
    width = max(map(len, lines))
    for title, text in lines.items():
        # Commands and links must stay in one piece, or nobody can copy or open them.
        line = Text.assemble((f"{title:<{width}}  ", "bold"), text)
        console.print(line, soft_wrap=True)


def _best_table(result: SweepResult, width: int) -> Table:
    """Lay trials side by side, so that their parameters can be compared."""
    shown = _choose(result)
    names = list(dict.fromkeys(name for outcome in shown for name in outcome.params))
    heads = [result.plan.objectives[0], "behind the best", "MLflow run"]
    heads += shorten_names(names).values()
    columns = [_describe(outcome, shown[0], names) for outcome in shown]
    table = _new_table(result, "Best trials of")
    table.add_column("trial", no_wrap=True)
    taken = 4 + max(map(len, heads))
    kept: list[list[str]] = []
    for outcome, cells in zip(shown, columns, strict=True):
        title = f"{outcome.number} defaults" if outcome.is_default else outcome.number
        taken += 3 + max(map(len, (str(title), *cells)))
        if kept and taken > width:
            break
        kept.append(cells)
        chosen = "bold green" if outcome is result.best else ""
        table.add_column(str(title), justify="right", style=chosen, header_style=chosen)
    for head, *row in zip(heads, *kept, strict=True):
        if any(row):
            table.add_row(plain(head), *row)
    return table


def _choose(result: SweepResult) -> list[Outcome]:
    """Return the best trials; the last place belongs to the defaults."""
    ways = result.plan.directions
    ranked = rank(result.outcomes, ways)
    default = find_default(result.outcomes, ways)
    shown = ranked[:MOST_TRIALS]
    if default is not None and default not in shown:
        shown[-1] = default
    return shown


def _describe(outcome: Outcome, best: Outcome, names: list[str]) -> list[str]:
    value, top = outcome.values[0], best.values[0]
    settings = (
        write_setting(outcome.params[name]) if name in outcome.params else ""
        for name in names
    )
    return [
        write_value(value),
        write_difference(value, top),
        outcome.run_id[:_RUN_CHARS] or MISSING,
        *(shorten_middle(text, 18) for text in settings),
    ]


def _front_table(result: SweepResult) -> Table:
    """List the trials no other is better than, one a line."""
    plan = result.plan
    front = [
        o for o in rank(result.outcomes, plan.directions) if o.number in result.front
    ]
    table = _new_table(result, "No trial is better in every objective than these of")
    for title in ("trial", *plan.objectives, "MLflow run"):
        table.add_column(plain(title), justify="right", no_wrap=True)
    table.add_column("parameters", no_wrap=True, overflow="ellipsis", ratio=1)
    table.expand = True
    labels = shorten_names(dict.fromkeys(n for o in front for n in o.params))
    for outcome in front[:MOST_OF_FRONT]:
        chosen = outcome.number == (result.best and result.best.number)
        table.add_row(
            f"{outcome.number}{' chosen' if chosen else ''}",
            *map(write_value, outcome.values),
            outcome.run_id[:_RUN_CHARS] or MISSING,
            Text(write_settings(outcome.params, labels)),
            style="bold green" if chosen else "",
        )
    if len(front) > MOST_OF_FRONT:
        table.caption = f"and {len(front) - MOST_OF_FRONT} more; see the report"
    return table


def _new_table(result: SweepResult, title: str) -> Table:
    return Table(
        title=Text(f"{title} {plain(result.plan.name)}", style="bold"),
        title_justify="left",
    )
