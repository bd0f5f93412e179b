"""A profile on the terminal."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sweepkit.cli.profile_rows import (
    ALONE,
    Row,
    list_features,
    list_left_out,
    list_measures,
)
from sweepkit.cli.profile_words import Shown, write_rows, write_target, write_verdict
from sweepkit.data.problem import Problem
from sweepkit.evaluation.wording import shorten_middle
from sweepkit.sweep.wording import plain

_MOST_COLUMNS, _NAME_WIDTH = 40, 22
_HOLDS = "from, median, to"
_TITLES = ("column", "role", "blank", "values", "relation", "alone", _HOLDS)
_RIGHT = ("blank", "values", "alone")
_SHORT = {"numeric": "num", "categorical": "cat", "boolean": "bool"}
_STYLES = {"stop": "bold red", "warn": "bold yellow"}


def print_profile(
    shown: Shown, notes: Mapping[str, str], console: Console | None = None
) -> None:
    """Print rows, target, columns and problems.

    Args:
        shown: What to print.
        notes: Title to text of further lines, such as where the page lies.
        console: Where to print; standard output unless given.
    """
    console = console or Console()
    facts = {
        "table": f"{shown.name}: {write_rows(shown)}",
        "target": f"{shown.report.target.name}: {write_target(shown)}",
    }
    left_out = list_left_out(shown)
    if left_out:
        facts["left out"] = ", ".join(f"{r['name']} ({r['role']})" for r in left_out)
    _print_facts(console, facts)
    console.print()
    _print_columns(console, shown)
    for problem in shown.told:
        console.print()
        _print_problem(console, problem, accepted=problem.kind in shown.accept)
    console.print()
    _print_facts(console, {"verdict": write_verdict(shown)})
    for title, text in notes.items():
        # A path must stay in one piece, or nobody can copy it.
        line = Text.assemble((f"{title:<9}", "bold"), plain(text))
        console.print(line, soft_wrap=True)


def _print_facts(console: Console, facts: Mapping[str, str]) -> None:
    width = max(map(len, facts), default=0) + 2
    for title, text in facts.items():
        _print_indented(console, Text(plain(text)), (f"{title:<{width}}", "bold"))


def _print_indented(
    console: Console, text: Text, head: tuple[str, str] = ("  ", "")
) -> None:
    """Print text in lines that begin below each other, without blanks at their ends."""
    for line in text.wrap(console, max(console.width - len(head[0]), 20)):
        line.rstrip()
        console.print(Text.assemble(head, line), soft_wrap=True)
        head = (" " * len(head[0]), "")


def _print_columns(console: Console, shown: Shown) -> None:
    rows = list_features(shown)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    cells = [_list_cells(row) for row in rows[:_MOST_COLUMNS]]
    for number, title in enumerate(_TITLES):
        table.add_column(
            title, justify="right" if title in _RIGHT else "left", no_wrap=True
        )
        if title == _HOLDS:
            left = console.width - _measure(cells, number)
            cells = [_cut(row, number, left) for row in cells]
    for row, its_cells in zip(rows, cells, strict=False):
        table.add_row(*map(Text, its_cells), style="red" if row["stops"] else "")
    console.print(table)
    if len(rows) > _MOST_COLUMNS:
        rest = f"and {len(rows) - _MOST_COLUMNS} more; `--json` and `--html` have all"
        console.print(Text(rest, style="dim"))
    legend = [f"{sign}: {meaning}" for sign, meaning in list_measures(rows).items()]
    words = Text(f"{'; '.join(legend)}. alone: {ALONE}.", style="dim")
    _print_indented(console, words, ("", ""))


def _list_cells(row: Row) -> list[str]:
    name = shorten_middle(row["name"], _NAME_WIDTH)
    facts = [row["blank"], row["values"], row["relation"], row["alone"]]
    return [name, _SHORT.get(row["role"], row["role"]), *facts, row["short"]]


def _measure(cells: list[list[str]], but: int) -> int:
    """Return how wide all columns but one are, with the gaps between them."""
    lines = [list(_TITLES), *cells]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return sum(widths) - widths[but] + len(widths) - 1


def _cut(cells: list[str], number: int, width: int) -> list[str]:
    text = cells[number]
    if len(text) > width:
        text = text[: max(width - 1, 0)] + "\N{HORIZONTAL ELLIPSIS}"
    return [*cells[:number], text, *cells[number + 1 :]]


def _print_problem(console: Console, problem: Problem, *, accepted: bool) -> None:
    word = {"stop": "stops a sweep", "warn": "warning"}[problem.severity]
    head = Text.assemble(
        ("accepted" if accepted else word, _STYLES[problem.severity]),
        (f"  {problem.kind.replace('_', ' ')}", "bold"),
    )
    console.print(head)
    _print_indented(console, Text(plain(problem.found)))
    _print_indented(console, _mark_words(plain(problem.advice)))


def _mark_words(advice: str) -> Text:
    """Return advice with what is to be typed in colour."""
    parts = advice.split("`")
    return Text.assemble(
        *((part, "cyan" if typed % 2 else "") for typed, part in enumerate(parts))
    )
