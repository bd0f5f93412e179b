"""Score a file into another, chunk by chunk."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from sweepkit.cli.chunks import ROWS_AT_ONCE, Chunk, read_chunks
from sweepkit.cli.scored import open_output
from sweepkit.cli.scorer import Scorer, Tally
from sweepkit.cli.told import Told
from sweepkit.errors import DataError
from sweepkit.serving.champion import Champion
from sweepkit.serving.request import compile_reader
from sweepkit.serving.rules import Rules
from sweepkit.serving.settings import ServerSettings


def score_file(
    source: Path,
    target: Path,
    champion: Champion,
    settings: ServerSettings,
    rows_at_once: int = ROWS_AT_ONCE,
    *,
    with_probabilities: bool = False,
) -> Tally:
    """Score the rows of one file into another, in little memory whatever its size.

    Args:
        source: The table, `.csv` or `.parquet`.
        target: The file to be written, likewise; it gets every column and new ones.
        champion: The model.
        settings: What becomes of unknown texts and extra columns.
        rows_at_once: Rows that are in memory at the same time.
        with_probabilities: Whether each class gets a column of its own.

    Raises:
        ConfigError: If probabilities are wanted of a model that predicts a number.
        DataError: If a row is not what the model takes; nothing is written then.
        DiskError: If the file cannot be written.
    """
    unknown = settings.unknown_category
    rules = Rules(
        max_rows=rows_at_once,
        unknown_category="refuse" if unknown == "refuse" else "ignore",
        extra_columns=settings.extra_columns,
    )
    reader = compile_reader(champion.profile, rules)
    told = Told(champion.profile, with_probabilities=with_probabilities)
    scorer = Scorer(champion, reader, source, counts=unknown == "warn", told=told)
    chunks = read_chunks(source, reader.columns, rows_at_once)
    with open_output(target, scorer.kinds) as write:
        for chunk in _showing(chunks, scorer.tally):
            write(chunk.kept, scorer.score(chunk))
        if not scorer.tally.rows:
            raise DataError(f"{source} has no rows under its column names.")
    return scorer.tally


def _showing(chunks: Iterable[Chunk], tally: Tally) -> Iterator[Chunk]:
    """Show how many rows are done, where somebody looks."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), TimeElapsedColumn())
    hidden = not console.is_terminal
    with Progress(*columns, console=console, disable=hidden) as progress:
        task = progress.add_task("scoring", total=None)
        for chunk in chunks:
            yield chunk
            progress.update(task, description=f"{tally.rows:,} rows scored")
