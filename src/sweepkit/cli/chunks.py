"""Read tables of any size, some thousand rows at a time."""

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from sweepkit.data.csv_text import StrictCsv, choose_delimiter
from sweepkit.errors import DataError
from sweepkit.serving.cells import ColumnReader
from sweepkit.serving.csv_body import convert_cells
from sweepkit.serving.found import Found

ROWS_AT_ONCE = 10_000
_SNIFFED_CHARACTERS = 65_536


def read_chunks(path: Path, wanted: Sequence[ColumnReader]) -> Iterator[Found]:
    """Yield a table's rows as raw cells, at most `ROWS_AT_ONCE` at a time.

    Args:
        path: A `.csv` or `.parquet` file.
        wanted: Columns the model takes, whose CSV cells become numbers or truths.

    Raises:
        DataError: If the file is missing, of another kind or damaged.
    """
    if not path.is_file():
        raise DataError(f"{path} is no file; name a table: --input rows.csv.")
    readers = {".csv": _read_csv, ".parquet": _read_parquet}
    if path.suffix.lower() not in readers:
        raise DataError(f"--input is {path.name}; it must end in .csv or .parquet.")
    try:
        yield from readers[path.suffix.lower()](path, wanted)
    except (csv.Error, UnicodeDecodeError, pa.ArrowException, OSError) as error:
        raise DataError(f"{path} cannot be read as a table: {error}") from error


def _read_csv(path: Path, wanted: Sequence[ColumnReader]) -> Iterator[Found]:
    columns = {column.name: column for column in wanted}
    with path.open(encoding="utf-8-sig", newline="") as file:
        delimiter = _find_delimiter(path, file.read(_SNIFFED_CHARACTERS), wanted)
        file.seek(0)
        lines = filter(None, csv.reader(file, StrictCsv, delimiter=delimiter))
        names = [name.strip() for name in next(lines, [])]
        first = 1
        while rows := list(islice(lines, ROWS_AT_ONCE)):
            _check_widths(path, rows, len(names), first)
            cells = zip(*rows, strict=True)
            converted: list[Sequence[Any]] = [
                convert_cells(column, columns[name]) if name in columns else column
                for name, column in zip(names, cells, strict=True)
            ]
            yield Found(names, converted, len(rows))
            first += len(rows)


def _find_delimiter(path: Path, head: str, wanted: Sequence[ColumnReader]) -> str:
    if len(wanted) == 1 and head.partition("\n")[0].strip() == wanted[0].name:
        return ","  # the only column there is
    return choose_delimiter(path, head, None)


def _check_widths(path: Path, rows: list[list[str]], width: int, first: int) -> None:
    for number, row in enumerate(rows, first):
        if len(row) != width:
            raise DataError(
                f"{path}, row {number}: {len(row)} cells under {width} column names. "
                f"Correct the row, or quote cells that hold the delimiter."
            )


def _read_parquet(path: Path, wanted: Sequence[ColumnReader]) -> Iterator[Found]:
    del wanted
    file = parquet.ParquetFile(path)
    for batch in file.iter_batches(ROWS_AT_ONCE):
        names = batch.schema.names
        yield Found(names, [_list_cells(one) for one in batch.columns], batch.num_rows)


def _list_cells(column: pa.Array) -> Sequence[Any]:
    if pa.types.is_timestamp(column.type):
        # Whole microseconds in UTC, which is what Python's dates can hold.
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
        column = column.cast(pa.timestamp("us"))
    cells: list[Any] = column.to_pylist()
    return cells
