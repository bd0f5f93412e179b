"""What a person reads when a run is done."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.metrics import find_metric
from sweepkit.evaluation.summary import list_metrics, spread_over_folds
from sweepkit.evaluation.wording import MISSING, format_number, label_metric

_DIGITS = 5  # enough to tell two good models apart


def print_summary(
    judgement: Judgement, *, notes: Mapping[str, str], console: Console | None = None
) -> None:
    """Print scores beside the floor, then the notes, one a line.

    Args:
        judgement: The verdict to show.
        notes: Title to text, such as links and the gate's decision.
        console: Where to print; standard output unless given.
    """
    console = console or Console()
    console.print(_score_table(judgement))
    width = max(map(len, notes), default=0)
    for title, text in notes.items():
        # Long links must stay in one piece, or no terminal can open them.
        line = Text.assemble((f"{title:<{width}}  ", "bold"), text)
        console.print(line, soft_wrap=True)


def write_note(judgement: Judgement) -> str:
    """Return the same scores as Markdown, for the pages of MLflow.

    Returns:
        A line that names model, table and target, then a table.
    """
    titles = _list_titles(judgement)
    rows = [_row(judgement, metric) for metric in list_metrics(judgement)]
    rule = ["---", *["---:"] * (len(titles) - 1)]
    lines = ["| " + " | ".join(cells) + " |" for cells in (titles, rule, *rows)]
    return f"{_title(judgement)}\n\n" + "\n".join(lines) + "\n"


def _title(judgement: Judgement) -> str:
    return f"{judgement.model} on {judgement.table}, target {judgement.target}"


def _list_titles(judgement: Judgement) -> list[str]:
    folds = f"mean of {len(judgement.folds)} folds"
    floor = "class shares" if judgement.task.has_classes else "median"
    return ["metric", folds, "spread (sd)", "holdout", f"floor: {floor}"]


def _score_table(judgement: Judgement) -> Table:
    table = Table(
        title=_title(judgement),
        title_justify="left",
        title_style="bold",
    )
    first, *others = _list_titles(judgement)
    # Where room is scarce, titles break and names of metrics do not.
    table.add_column(first, no_wrap=True)
    for title in others:
        table.add_column(title, justify="right")
    for metric in list_metrics(judgement):
        chosen = "bold" if metric == judgement.metric else ""
        table.add_row(*_row(judgement, metric), style=chosen)
    return table


def _row(judgement: Judgement, metric: str) -> list[str]:
    scores = [
        *spread_over_folds(judgement, metric),
        judgement.holdout.get(metric),
        judgement.floor.get(metric),
    ]
    unit = find_metric(metric).unit
    shown = {"target": judgement.target_unit, "share": "%", "none": ""}[unit]
    label = f"{label_metric(metric)} ({shown})" if shown else label_metric(metric)
    return [label, *(_write(value, unit) for value in scores)]


def _write(value: float | None, unit: str) -> str:
    if value is None or value != value:
        return MISSING
    if unit == "share":
        return f"{value:.2%}".rstrip("%")
    return f"{value:.4f}" if unit == "none" else format_number(value, _DIGITS)
