"""Write scored rows chunk by chunk; the file has its name only when it is whole."""

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from sweepkit.errors import ConfigError, DiskError

# Names of columns to their cells, all of one length.
Cells = dict[str, Sequence[Any]]
Write = Callable[[Cells], None]

_TYPES = {
    "double": pa.float64(),
    "string": pa.string(),
    "boolean": pa.bool_(),
    "datetime": pa.timestamp("us"),
}


@contextmanager
def open_output(path: Path, kinds: dict[str, str]) -> Iterator[Write]:
    """Lend a function that appends rows, for a block that ends with a whole file.

    Args:
        path: A `.csv` or `.parquet` file; one that is there is replaced at the end.
        kinds: What the model's columns and the prediction hold; others are text.

    Raises:
        ConfigError: If the name ends otherwise.
        DiskError: If it cannot be written.
    """
    writers = {".csv": _csv_writer, ".parquet": _parquet_writer}
    if path.suffix.lower() not in writers:
        raise ConfigError(f"--output is {path.name}; it must end in .csv or .parquet.")
    draft = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with writers[path.suffix.lower()](draft, kinds) as write:
            yield write
        draft.replace(path)
    except OSError as error:
        raise DiskError(
            f"{path} cannot be written: {error.strerror or error}. Free space, or "
            f"name another --output."
        ) from error
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _csv_writer(path: Path, kinds: dict[str, str]) -> Iterator[Write]:
    del kinds
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        begun = False

        def write(cells: Cells) -> None:
            nonlocal begun
            if not begun:
                writer.writerow(cells)
                begun = True
            writer.writerows(zip(*cells.values(), strict=True))

        yield write


@contextmanager
def _parquet_writer(path: Path, kinds: dict[str, str]) -> Iterator[Write]:
    writer: parquet.ParquetWriter | None = None

    def write(cells: Cells) -> None:
        nonlocal writer
        schema = pa.schema({name: _TYPES[kinds.get(name, "string")] for name in cells})
        if writer is None:
            writer = parquet.ParquetWriter(path, schema)
        arrays = [_to_array(cells[field.name], field.type) for field in schema]
        writer.write_table(pa.Table.from_arrays(arrays, schema=schema))

    try:
        yield write
    finally:
        if writer is not None:
            writer.close()


def _to_array(cells: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_string(kind):
        cells = [None if cell is None else str(cell) for cell in cells]
    return pa.array(cells, type=kind)
