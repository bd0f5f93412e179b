"""Read tables of any size, some thousand rows at a time."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from sweepkit.data.csv_text import StrictCsv, choose_delimiter
from sweepkit.data.later_cells import settle
from sweepkit.errors import DataError
from sweepkit.serving.cells import ColumnReader
from sweepkit.serving.csv_body import convert_cells
from sweepkit.serving.found import Found

ROWS_AT_ONCE = 10_000
SUFFIXES = (".csv", ".parquet")
_SNIFFED_CHARACTERS = 65_536


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a table.

    Attributes:
        found: The rows as a request would hold them; only columns that are wanted
            have their cells.
        kept: Every column as it was: texts of a CSV file, arrays of a Parquet file.
    """

    found: Found
    kept: Mapping[str, Any]


def read_chunks(
    path: Path, wanted: Sequence[ColumnReader], rows_at_once: int = ROWS_AT_ONCE
) -> Iterator[Chunk]:
    """Yield a table's rows in their order.

    Args:
        path: A `.csv` or `.parquet` file.
        wanted: Columns the model takes, whose CSV cells become numbers or truths.
        rows_at_once: Most rows of a chunk.

    Raises:
        DataError: If the file is missing, of another kind or damaged.
    """
    check_input(path)
    read = _read_csv if path.suffix.lower() == ".csv" else _read_parquet
    try:
        yield from read(path, {column.name: column for column in wanted}, rows_at_once)
    except UnicodeDecodeError:
        raise DataError(
            f"{path} is not UTF-8 text; save it as CSV so encoded."
        ) from None
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path} cannot be read as a table: {error}") from error


def check_input(path: Path) -> None:
    """Refuse what is no table by its name.

    Raises:
        DataError: If there is no such file, or it has another suffix.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise DataError(f"--input is {path.name}; it must end in .csv or .parquet.")
    if not path.is_file():
        raise DataError(f"{path} is no file; name a table: --input rows.csv.")


def _read_csv(
    path: Path, wanted: Mapping[str, ColumnReader], rows_at_once: int
) -> Iterator[Chunk]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        delimiter = _find_delimiter(path, file.read(_SNIFFED_CHARACTERS), wanted)
        file.seek(0)
        lines = csv.reader(file, StrictCsv, delimiter=delimiter)
        filled = filter(None, lines)
        try:
            names = [name.strip() for name in next(filled, [])]
            first = 1
            while rows := list(islice(filled, rows_at_once)):
                _check_widths(path, rows, len(names), first)
                yield _as_chunk(names, rows, wanted)
                first += len(rows)
        except csv.Error as error:
            raise DataError(f"{path}, line {lines.line_num}: {error}.") from None


def _as_chunk(
    names: list[str], rows: list[list[str]], wanted: Mapping[str, ColumnReader]
) -> Chunk:
    columns = list(zip(*rows, strict=True))
    cells: list[Sequence[Any]] = [
        convert_cells(column, wanted[name]) if name in wanted else ()
        for name, column in zip(names, columns, strict=True)
    ]
    kept = dict(zip(names, columns, strict=True))
    return Chunk(Found(names, cells, len(rows)), kept)


def _find_delimiter(path: Path, head: str, wanted: Mapping[str, ColumnReader]) -> str:
    first = head.partition("\n")[0].strip()
    if not first or (len(wanted) == 1 and first in wanted):
        return ","  # nothing to tell apart, or the only column there is
    return choose_delimiter(path, head, None)


def _check_widths(path: Path, rows: list[list[str]], width: int, first: int) -> None:
    for number, row in enumerate(rows, first):
        if len(row) != width:
            raise DataError(
                f"{path}, row {number}: {len(row)} cells under {width} column names. "
                f"Correct the row, or quote cells that hold the delimiter."
            )


def _read_parquet(
    path: Path, wanted: Mapping[str, ColumnReader], rows_at_once: int
) -> Iterator[Chunk]:
    with parquet.ParquetFile(path, pre_buffer=False) as file:
        for batch in file.iter_batches(rows_at_once):
            # Arrow checks neither codes nor texts unless it is told to.
            batch.validate(full=True)
            names = batch.schema.names
            pairs = list(zip(names, batch.columns, strict=True))
            cells = [
                _list_cells(settle(one, wanted[name].kind, wanted[name].known))
                if name in wanted
                else ()
                for name, one in pairs
            ]
            yield Chunk(Found(names, cells, batch.num_rows), dict(pairs))


def _list_cells(column: pa.Array) -> Sequence[Any]:
    if pa.types.is_timestamp(column.type):
        # Whole microseconds in UTC, which is what Python's dates can hold.
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
        column = column.cast(pa.int64()).cast(pa.timestamp("us"))
    cells: list[Any] = column.to_pylist()
    return cells
