"""What a person sees while waiting; nothing at all when no person is watching."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from sweepkit.evaluation.judgement import Scores
from sweepkit.evaluation.wording import format_score, label_metric


@dataclass(slots=True)
class Display:
    """One line that tells what is being done.

    Attributes:
        metric: Name of the metric whose running mean is shown.
        target_unit: Unit of the target, shown beside it.
    """

    metric: str
    target_unit: str
    bar: Progress
    task: Any
    values: list[float] = field(default_factory=list)

    def on_phase(self, words: str) -> None:
        """Show what begins now."""
        self.bar.update(self.task, description=words)

    def on_fold(self, step: int, scores: Scores) -> None:
        """Advance by one fold and show the mean so far."""
        self.values.append(scores[self.metric])
        mean = sum(self.values) / len(self.values)
        words = f"{label_metric(self.metric)} "
        words += format_score(self.metric, mean, self.target_unit)
        self.bar.update(self.task, completed=step + 1, score=words)


@contextmanager
def show_progress(metric: str, target_unit: str, n_folds: int) -> Iterator[Display]:
    """Show one live line on a terminal; write nothing to a pipe or a file."""
    console = Console(stderr=True)
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("folds {task.fields[score]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task("starting", total=n_folds, score="")
        yield Display(metric, target_unit, bar, task)
