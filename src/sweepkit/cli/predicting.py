"""The command `predict`: score a table of any size with a registered version."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from sweepkit.cli.chunks import ROWS_AT_ONCE, read_chunks
from sweepkit.cli.place import opened
from sweepkit.cli.printing import print_json
from sweepkit.cli.scored import Cells, open_output
from sweepkit.errors import DataError
from sweepkit.registry.facts import find_facts
from sweepkit.registry.loading import fetch_version
from sweepkit.serving.champion import Champion
from sweepkit.serving.found import Found
from sweepkit.serving.loader import load_champion
from sweepkit.serving.refusal import RequestRefused
from sweepkit.serving.request import Reader, compile_reader
from sweepkit.serving.rules import Rules


@dataclass(slots=True)
class Tally:
    """What was scored.

    Attributes:
        rows: Rows written.
        unknown_categories: Cells with a text that training did not see.
        warnings: What else was let pass, each said once.
    """

    rows: int = 0
    unknown_categories: int = 0
    warnings: tuple[str, ...] = ()


def predict_table(
    source: Path,
    target: Path,
    ref: str,
    words: Sequence[str],
    conf: Path,
    *,
    as_json: bool,
) -> None:
    """Score the rows of one file into another, with all its columns and a new one.

    Raises:
        DataError: If a row is not what the model takes; nothing is written then.
        RegistryError: If there is no such version.
        DiskError: If the output cannot be written.
    """
    with opened(words, conf) as place, TemporaryDirectory(prefix="sweepkit-") as name:
        facts = find_facts(place.store, place.model_name, ref)
        trusted = place.settings["model"]["trusted_types"]
        folder = fetch_version(place.store, facts, Path(name), trusted)
        champion = load_champion(folder, facts.to_dict(), trusted).champion
    tally = _score(source, target, champion)
    if as_json:
        print_json(
            {
                "model_name": champion.name,
                "version": champion.version,
                "rows": tally.rows,
                "unknown_categories": tally.unknown_categories,
                "warnings": tally.warnings,
                "output": str(target),
            }
        )
        return
    for warning in tally.warnings:
        print(f"note: {warning}", file=sys.stderr)
    print(
        f"{tally.rows:,} rows scored by {champion.name} version {champion.version}: "
        f"{target}"
    )


def _score(source: Path, target: Path, champion: Champion) -> Tally:
    profile = champion.profile
    reader = compile_reader(profile, Rules(max_rows=ROWS_AT_ONCE))
    column = f"predicted_{profile.target}"
    kinds = {one.name: str(one.kind) for one in profile.columns} | {column: "double"}
    tally = Tally()
    with open_output(target, kinds) as write:
        for found in _showing(read_chunks(source, reader.columns), tally):
            write(_score_chunk(found, reader, champion, column, tally))
    if not tally.rows:
        raise DataError(f"{source} has no rows under its column names.")
    return tally


def _score_chunk(
    found: Found, reader: Reader, champion: Champion, column: str, tally: Tally
) -> Cells:
    try:
        batch = reader.check(found)
    except RequestRefused as refusal:
        raise DataError(_explain(refusal, tally.rows)) from None
    taken = zip(*batch.rows, strict=True)
    names = (one.name for one in reader.columns)
    cells: Cells = dict(zip(found.names, found.columns, strict=True))
    cells |= {
        name: one for name, one in zip(names, taken, strict=True) if name in cells
    }
    cells[column] = champion.predict(batch.rows).tolist()
    tally.rows += found.n_rows
    tally.unknown_categories += batch.unknown_categories
    tally.warnings = tuple(dict.fromkeys(tally.warnings + batch.warnings))
    return cells


def _explain(refusal: RequestRefused, before: int) -> str:
    lines = [refusal.message]
    for detail in refusal.details:
        row = "" if detail.row is None else f"row {before + detail.row + 1}, "
        lines.append(
            f"  {row}{detail.column or 'whole row'}: {detail.found}; "
            f"needed: {detail.needed}"
        )
    if refusal.n_more:
        lines.append(f"  and {refusal.n_more:,} more")
    return "\n".join(lines)


def _showing(chunks: Iterable[Found], tally: Tally) -> Iterator[Found]:
    """Show how many rows are done, where somebody looks."""
    console = Console(stderr=True)
    words = TextColumn("{task.description}")
    with Progress(
        words, TimeElapsedColumn(), console=console, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("scoring", total=None)
        for found in chunks:
            yield found
            progress.update(task, description=f"{tally.rows:,} rows scored")
