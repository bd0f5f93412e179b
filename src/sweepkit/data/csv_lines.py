"""Split CSV text without quotes into columns: each line is a record, so it is quick."""

from collections.abc import Iterator, Sequence
from typing import TextIO, TypeAlias

import pyarrow as pa
from pyarrow import csv

from sweepkit.data.csv_cells import Cells

# The cells of some rows, column by column; as texts of Python or of Arrow.
Block: TypeAlias = Sequence[Cells]
_CHARACTERS = 1 << 22


def split_lines(text: TextIO, delimiter: str, header: Sequence[str]) -> Iterator[Block]:
    """Yield the cells of the data rows; blank lines are none.

    Args:
        text: The whole text, at its beginning, without a quote in it.
        delimiter: What separates cells.
        header: As many names as rows have cells.

    Raises:
        pyarrow.ArrowInvalid: If a row is wider or narrower.
    """
    rest, is_begun = "", False
    while part := text.read(_CHARACTERS):
        lines, end, rest = (rest + part).rpartition("\n")
        if not is_begun and (lines := lines.lstrip("\r\n")):
            # The first line that is not blank holds the names.
            lines, is_begun = lines.partition("\n")[2], True
        if lines.strip("\r\n"):
            yield _split(lines + end, delimiter, header)
    if rest.strip("\r\n"):
        yield _split(rest, delimiter, header)


def _split(lines: str, delimiter: str, header: Sequence[str]) -> Block:
    raw = lines.encode()
    table = csv.read_csv(
        pa.py_buffer(raw),
        csv.ReadOptions(
            column_names=header, use_threads=False, block_size=len(raw) + 1
        ),
        csv.ParseOptions(delimiter=delimiter, quote_char=False),
        csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False
        ),
    )
    return [column.combine_chunks() for column in table.columns]
