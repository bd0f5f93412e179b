"""Read a table from Parquet without pandas and without unpacking a bomb.

A megabyte of Parquet can stand for gigabytes of cells. So its pages are measured before
they are unpacked, and texts stay a dictionary: one that all rows share is kept once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sweepkit.serving.cells import ColumnReader
from sweepkit.serving.found import Found, check_n_rows
from sweepkit.serving.parquet_sizes import ParquetSizes, measure
from sweepkit.serving.refusal import Detail, bad_request, quote, too_large
from sweepkit.serving.rules import Rules

# How many times the bytes of a body it may unpack to.
_MOST_GROWTH = 16
_ROWS_AT_A_TIME = 1024
_INDEX = re.compile(r"__index_level_\d+__")


def read_parquet(body: bytes, wanted: Sequence[ColumnReader], rules: Rules) -> Found:
    """Return the table of a Parquet file; only the model's columns have their cells.

    Raises:
        RequestRefused: If it is no such file, is too large unpacked, or has lists,
            bytes or the like for a column of the model.
    """
    try:
        sizes = measure(body)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        # A structure that lacks a field, or has another where one should be.
        raise _damaged() from None
    check_n_rows(sizes.n_rows, rules.max_rows)
    if sizes.n_bytes > _MOST_GROWTH * rules.max_bytes:
        raise too_large(
            f"The Parquet file unpacks to more than {_MOST_GROWTH} times the "
            f"{rules.max_bytes} bytes a body may have (serving.max_bytes)."
        )
    # A tenth of a second, which a server that gets no Parquet need not spend.
    from pyarrow import ArrowException

    try:
        return _unpack(body, sizes, {column.name: column.kind for column in wanted})
    except (ArrowException, OSError, MemoryError, ValueError, KeyError, OverflowError):
        raise _damaged() from None


def _unpack(body: bytes, sizes: ParquetSizes, kinds: dict[str, str]) -> Found:
    import pyarrow as pa
    from pyarrow import parquet

    texts = [name for name in sizes.names if kinds.get(name) == "string"]
    file = parquet.ParquetFile(
        pa.BufferReader(body), read_dictionary=texts, pre_buffer=False
    )
    schema = file.schema_arrow
    names = [name for name in schema.names if not _INDEX.fullmatch(name)]
    cells: dict[str, list[Any]] = {name: [] for name in names if name in kinds}
    for name in cells:
        _check_type(schema.types[schema.names.index(name)], name)
    batches = file.iter_batches(_ROWS_AT_A_TIME, columns=list(cells), use_threads=False)
    for batch in batches:
        # Arrow checks neither a dictionary's codes nor UTF-8 unless it is told to.
        batch.validate(full=True)
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            cells[name].extend(_list_cells(column))
    if any(len(column) != sizes.n_rows for column in cells.values()):
        raise ValueError("the file has other rows than it states")
    return Found(names, [cells.get(name, ()) for name in names], sizes.n_rows)


def _damaged() -> Exception:
    return bad_request("The body is no Parquet file, or a damaged one.")


def _check_type(kind: Any, name: str) -> None:
    """Refuse lists, bytes and the like, whose cells no column can take."""
    from pyarrow import types

    if types.is_dictionary(kind):
        kind = kind.value_type
    plain = (
        types.is_floating(kind)
        or types.is_integer(kind)
        or types.is_boolean(kind)
        or types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_temporal(kind)
        or types.is_null(kind)
    )
    if not plain:
        raise bad_request(
            f"The Parquet column {quote(name)} holds no plain cells.",
            [Detail(None, name, quote(str(kind)), "numbers, texts, dates or truths")],
        )


def _list_cells(column: Any) -> list[Any]:
    import pyarrow as pa
    from pyarrow import types

    if types.is_dictionary(column.type):
        # One text for all the rows that have it, whatever its length.
        texts, codes = column.dictionary.to_pylist(), column.indices.to_pylist()
        return [None if code is None else texts[code] for code in codes]
    if types.is_timestamp(column.type):
        # Arrow makes datetimes of nanoseconds with the help of pandas, which is not to
        # be imported here; what it stores is UTC whenever there is a zone.
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
        column = column.cast(pa.int64()).cast(pa.timestamp("us"))
    cells: list[float | str | bool | datetime | None] = column.to_pylist()
    return cells
