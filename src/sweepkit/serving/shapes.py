"""The four layouts a table can have in JSON, taken apart column by column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sweepkit.serving.cells import MISSING, ColumnReader
from sweepkit.serving.found import Found, check_n_rows, list_faults
from sweepkit.serving.refusal import bad_request, describe, quote_all

Shape = Callable[[Any, Sequence[ColumnReader], int], Found]

_SPLIT_KEYS = {"columns", "data", "index"}
_SPLIT = "`dataframe_split` is an object with `columns` and `data`"
_BARE = (
    "Rows without column names do not say which number is which: send "
    "`dataframe_split` with `columns`, or rows as objects."
)


def read_split(table: Any, _: Sequence[ColumnReader], max_rows: int) -> Found:
    """Read `{"columns": [...], "data": [[...], ...]}`; `index` says nothing."""
    if not isinstance(table, dict):
        raise bad_request(f"{_SPLIT}; found {describe(table)}.")
    if "data" not in table or table.keys() - _SPLIT_KEYS:
        raise bad_request(f"{_SPLIT}; found {quote_all(list(table)) or 'no keys'}.")
    rows, names = table["data"], table.get("columns")
    if names is None:
        raise bad_request(_BARE)
    if not isinstance(rows, list) or not isinstance(names, list):
        raise bad_request(f"{_SPLIT}, both of them lists.")
    check_n_rows(len(rows), max_rows)
    if len(rows) == 1 and type(rows[0]) is list and len(rows[0]) == len(names):
        return Found(names, [(cell,) for cell in rows[0]], 1)
    if set(map(type, rows)) != {list} or set(map(len, rows)) != {len(names)}:
        n_names = len(names)
        raise _ragged(
            list_faults(
                rows,
                lambda row: not isinstance(row, list) or len(row) != n_names,
                f"{n_names} cells, one for each of `columns`",
            )
        )
    return Found(names, list(zip(*rows, strict=True)), len(rows))


def read_records(rows: Any, wanted: Sequence[ColumnReader], max_rows: int) -> Found:
    """Read `[{"name": cell, ...}, ...]`; an optional column may lack anywhere."""
    if not isinstance(rows, list):
        raise bad_request(f"Records are a list of objects; found {describe(rows)}.")
    check_n_rows(len(rows), max_rows)
    if set(map(type, rows)) != {dict}:
        if all(isinstance(row, list) for row in rows):
            raise bad_request(_BARE)
        raise bad_request(
            "Some rows are no objects of column names and cells.",
            list_faults(rows, lambda row: not isinstance(row, dict), "an object"),
        )
    names = tuple(rows[0])
    if len(names) > 1 and set(map(len, rows)) == {len(names)}:
        try:
            columns = list(zip(*map(itemgetter(*names), rows), strict=True))
        except KeyError:
            pass
        else:
            return Found(names, columns, len(rows))
    return _read_uneven(rows, wanted)


def read_instances(rows: Any, wanted: Sequence[ColumnReader], max_rows: int) -> Found:
    """Read records, or for a model of one column a list of its cells."""
    if isinstance(rows, list) and len(wanted) == 1:
        nested = any(isinstance(row, dict | list) for row in rows)
        if not nested:
            check_n_rows(len(rows), max_rows)
            return Found([wanted[0].name], [rows], len(rows))
    return read_records(rows, wanted, max_rows)


def read_inputs(table: Any, wanted: Sequence[ColumnReader], max_rows: int) -> Found:
    """Read `{"name": [cell, ...], ...}`, one row `{"name": cell, ...}`, or records."""
    if not isinstance(table, dict):
        return read_instances(table, wanted, max_rows)
    columns = list(table.values())
    are_lists = [isinstance(column, list) for column in columns]
    if not any(are_lists):
        return Found(list(table), [(cell,) for cell in columns], min(1, len(columns)))
    if not all(are_lists):
        raise bad_request("`inputs` holds a list of cells for each column, or one row.")
    lengths = {len(column) for column in columns}
    check_n_rows(max(lengths), max_rows)
    if len(lengths) > 1:
        raise bad_request(
            f"The columns of `inputs` are of different length: {min(lengths)} to "
            f"{max(lengths)} cells; each row needs a cell in each."
        )
    return Found(list(table), columns, max(lengths))


def _read_uneven(
    rows: Sequence[Mapping[str, Any]], wanted: Sequence[ColumnReader]
) -> Found:
    """Read records of different keys; only columns of the model get their cells."""
    seen = dict.fromkeys(name for row in rows for name in row)
    lacking = {c.name: MISSING if c.required else None for c in wanted}
    columns = [
        [row.get(name, lacking[name]) for row in rows] if name in lacking else ()
        for name in seen
    ]
    return Found(list(seen), columns, len(rows))


def _ragged(faults: Sequence[Any]) -> Exception:
    return bad_request(
        f"{len(faults)} of the rows do not have one cell for each column.", faults
    )


SHAPES: dict[str, Shape] = {
    "dataframe_split": read_split,
    "dataframe_records": read_records,
    "instances": read_instances,
    "inputs": read_inputs,
}
"""The keys of the protocol; a body has exactly one of them."""
