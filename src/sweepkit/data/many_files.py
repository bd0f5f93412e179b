"""Hold several files that are one table to the same columns."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from sweepkit.data.lookup import require_column
from sweepkit.errors import DataError


def check_names(paths: Sequence[Path], headers: Sequence[Sequence[str]]) -> None:
    """Refuse files whose column names differ from those of the first; order is free.

    Raises:
        DataError: If a name is missing or additional.
    """
    first = set(headers[0])
    for path, header in zip(paths, headers, strict=True):
        missing = [name for name in headers[0] if name not in set(header)]
        more = [name for name in header if name not in first]
        if missing or more:
            found = [f"lacks {_list(missing)}"] if missing else []
            found += [f"has {_list(more)} besides"] if more else []
            raise DataError(
                f"{path} {' and '.join(found)}, compared with {paths[0]}. Files that "
                f"are read together need the same columns: correct the file, or "
                f"change the pattern in `data.path`."
            )


def unify_types(paths: Sequence[Path], schemas: Sequence[pa.Schema]) -> pa.Schema:
    """Return the first file's columns with types that all of the files fit.

    Integers and floats become floats, dates and times times; a column that is blank
    throughout a file takes the type it has elsewhere.

    Raises:
        DataError: If a column holds texts here and numbers there, or the like.
    """
    check_names(paths, [schema.names for schema in schemas])
    fields = []
    for field in schemas[0]:
        kind, owner = field.type, paths[0]
        for path, schema in zip(paths[1:], schemas[1:], strict=True):
            other = schema.field(field.name).type
            both = unify_kinds(kind, other)
            if both is None:
                raise DataError(
                    f"{path}, column {field.name!r}: {other} values, where {owner} has "
                    f"{kind}. Write one of the files again, or change the pattern in "
                    f"`data.path`."
                )
            owner = owner if both == kind else path
            kind = both
        fields.append(pa.field(field.name, kind))
    return pa.schema(fields)


def choose_columns(names: Sequence[str], wanted: Sequence[str] | None) -> list[str]:
    """Return the columns to read, in the table's order: those wanted, or all.

    Raises:
        DataError: If a wanted one is not there, or none is wanted.
    """
    if wanted is None:
        return list(names)
    if not wanted:
        raise DataError(
            "data.columns is empty; name the columns to read, or set it to null for "
            "all of them."
        )
    for name in wanted:
        require_column(name, names, key="data.columns")
    return [name for name in names if name in set(wanted)]


def unify_kinds(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    """Return the type that holds the values of both; None if there is none."""
    if one == other or pa.types.is_null(other):
        return one
    if pa.types.is_null(one):
        return other
    if getattr(one, "tz", None) != getattr(other, "tz", None):
        return None
    for tests, shared in _FAMILIES:
        if all(any(test(kind) for test in tests) for kind in (one, other)):
            integers = pa.types.is_integer(one) and pa.types.is_integer(other)
            with_zone = (
                pa.timestamp("us", one.tz) if pa.types.is_timestamp(one) else shared
            )
            return pa.int64() if integers else with_zone
    return None


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(map(repr, names[:5]))
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{'the column' if len(names) == 1 else 'the columns'} {shown}{more}"


_FAMILIES = (
    ((pa.types.is_integer, pa.types.is_floating), pa.float64()),
    (
        (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view),
        pa.large_string(),
    ),
    ((pa.types.is_date, pa.types.is_timestamp), pa.timestamp("us")),
)
