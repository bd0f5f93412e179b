"""Write scored rows chunk by chunk; the file has its name only when it is whole."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from sweepkit.cli.chunks import SUFFIXES
from sweepkit.errors import ConfigError, DiskError

# Takes the columns as they were, and as the model read them; those that only the
# second has are new.
Write = Callable[[Mapping[str, Any], Mapping[str, Sequence[Any]]], None]

_TYPES = {
    "double": pa.float64(),
    "string": pa.string(),
    "long": pa.int64(),
    "boolean": pa.bool_(),
    "datetime": pa.timestamp("us"),
}


@contextmanager
def open_output(path: Path, kinds: Mapping[str, str]) -> Iterator[Write]:
    """Lend a function that appends rows, for a block that ends with a whole file.

    Args:
        path: A `.csv` or `.parquet` file; one that is there is replaced at the end.
        kinds: What the columns hold that the model read, or that are new.

    Raises:
        ConfigError: If the name ends otherwise.
        DiskError: If it cannot be written.
    """
    check_output(path)
    draft = path.with_name(f".{path.name}.part")
    writer = _write_csv if path.suffix.lower() == ".csv" else _write_parquet
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with writer(draft, kinds) as write:
            yield write
        draft.replace(path)
    except OSError as error:
        raise DiskError(
            f"{path} cannot be written: {error.strerror or error}. Free space, or "
            f"name another --output."
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def check_output(path: Path) -> None:
    """Refuse a name that says nothing of the kind of file.

    Raises:
        ConfigError: If it has another suffix.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise ConfigError(f"--output is {path.name}; it must end in .csv or .parquet.")


@contextmanager
def _write_csv(path: Path, kinds: Mapping[str, str]) -> Iterator[Write]:
    del kinds
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        begun = False

        def write(kept: Mapping[str, Any], read: Mapping[str, Sequence[Any]]) -> None:
            nonlocal begun
            cells = {**read, **kept}
            names = [*kept, *(name for name in read if name not in kept)]
            if not begun:
                writer.writerow(names)
                begun = True
            columns = (_list_cells(cells[name]) for name in names)
            writer.writerows(zip(*columns, strict=True))

        yield write


@contextmanager
def _write_parquet(path: Path, kinds: Mapping[str, str]) -> Iterator[Write]:
    writer: parquet.ParquetWriter | None = None

    def write(kept: Mapping[str, Any], read: Mapping[str, Sequence[Any]]) -> None:
        nonlocal writer
        table = pa.table(
            {
                name: _to_array(kept.get(name), read.get(name), kinds.get(name))
                for name in {**kept, **read}
            }
        )
        if writer is None:
            writer = parquet.ParquetWriter(path, table.schema)
        writer.write_table(table)

    try:
        yield write
    finally:
        if writer is not None:
            writer.close()


def _list_cells(cells: Any) -> Sequence[Any]:
    listed: Sequence[Any] = cells.to_pylist() if isinstance(cells, pa.Array) else cells
    return listed


def _to_array(kept: Any, read: Sequence[Any] | None, kind: str | None) -> pa.Array:
    if isinstance(kept, pa.Array):
        return kept  # of the type it had
    if read is not None:
        return pa.array(read, type=_TYPES[kind or "string"])
    return pa.array([text or None for text in kept], type=pa.string())
