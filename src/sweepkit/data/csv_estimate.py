"""Guess from the beginning of a CSV file how much memory its table will take."""

import contextlib
import csv
import io
from collections.abc import Mapping, Sequence
from itertools import islice

import pyarrow as pa

from sweepkit.data.csv_survey import ColumnFacts
from sweepkit.data.csv_text import StrictCsv
from sweepkit.data.text_facts import TextFacts

_SAMPLED_ROWS = 2_000
_OFFSET_BYTES = 8
# A text that fewer than half of the rows have for themselves becomes a category.
_LABEL_BYTES = 2


def estimate_bytes(
    text: TextFacts,
    delimiter: str,
    header: Sequence[str],
    *,
    wanted: Sequence[str],
    roles: Mapping[str, str],
    decimal: str,
) -> float:
    """Return about how many bytes a file's columns will take.

    Args:
        text: The file.
        delimiter: What separates its cells.
        header: Its column names.
        wanted: Those that will be kept.
        roles: Roles a person chose, by column.
        decimal: The decimal mark.
    """
    rows, n_characters = _sample(text, delimiter, len(header))
    if not rows:
        return 0.0  # what is wrong with it is said by whoever reads it
    cells = list(zip(*rows, strict=True))
    sampled = sum(
        _weigh(cells[header.index(name)], roles.get(name), decimal) for name in wanted
    )
    return sampled * text.n_characters / n_characters


def _sample(text: TextFacts, delimiter: str, width: int) -> tuple[list[list[str]], int]:
    """Return rows of the right width, and how many characters all read ones took."""
    lines = io.StringIO(text.head, newline="")
    reader = csv.reader(lines, StrictCsv, delimiter=delimiter)
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):
        next(reader, None)
        for row in islice(reader, _SAMPLED_ROWS):
            rows.append(row)  # noqa: PERF402 - keeps what precedes an error
    return [row for row in rows if len(row) == width], max(1, lines.tell())


def _weigh(cells: Sequence[str], role: str | None, decimal: str) -> int:
    facts = ColumnFacts(role)
    facts.note(cells, decimal, 0, 0)
    if not pa.types.is_large_string(facts.kind):
        return len(cells) * int(facts.kind.bit_width // 8)
    if 2 * len(set(cells)) < len(cells):
        return len(cells) * _LABEL_BYTES
    return sum(map(len, cells)) + len(cells) * _OFFSET_BYTES
