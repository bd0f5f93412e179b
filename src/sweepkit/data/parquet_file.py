"""Open a Parquet file, and learn from its end what it holds."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sweepkit.data.parquet_checks import plain_schema
from sweepkit.errors import DataError

_FIXED_BYTES = 8
_ROW_LABELS = re.compile(r"__index_level_\d+__")


def read_columns(path: Path) -> pa.Schema:
    """Return the file's columns as it declares them.

    Raises:
        DataError: If it cannot be read, or two of them share a name.
    """
    with open_parquet(path) as file:
        names = file.schema_arrow.names
        schema: pa.Schema = file.schema_arrow
    if len(set(names)) < len(names):
        plain_schema(path, schema)  # says which name stands there twice
    # pandas keeps its row labels, which have no name, as a column of this one.
    return pa.schema(one for one in schema if not _ROW_LABELS.fullmatch(one.name))


@contextmanager
def open_parquet(path: Path) -> Iterator[pq.ParquetFile]:
    """Lend an open file.

    Raises:
        DataError: If it is none, or damaged; also where that shows within the block.
    """
    try:
        # Ahead of what is asked for, a whole file would be read into memory.
        with pq.ParquetFile(path, pre_buffer=False) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise DataError(
            f"{path} cannot be read as Parquet: {reason} Write it again, or change "
            f"`data.path` (for CSV, choose `data=csv`)."
        ) from None


def weigh_columns(group: pq.RowGroupMetaData, names: set[str]) -> int:
    """Return about how many bytes these columns of some rows take in memory."""
    total = 0
    for at in range(group.num_columns):
        column = group.column(at)
        if column.path_in_schema in names:
            total += max(column.total_uncompressed_size, _FIXED_BYTES * group.num_rows)
    return total
