"""From what a database driver returns to columns of one type each."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any

import pyarrow as pa

from sweepkit.data.many_files import unify_kinds
from sweepkit.errors import DataError

_PLAIN = {bool, int, float, Decimal, str, uuid.UUID, date, datetime}
_WORDS: dict[type, str] = {
    str: "text",
    int: "integer",
    **dict.fromkeys((bytes, bytearray, memoryview), "binary"),
}
_CURE = "Leave it out with `data.columns=[...]`, or cast it to one of these in a query"


class SqlColumn:
    """One column of a result, gathered some thousand rows at a time."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._chunks: list[pa.Array] = []
        self.n_rows = 0

    @property
    def n_bytes(self) -> int:
        """Bytes gathered so far."""
        return sum(chunk.nbytes for chunk in self._chunks)

    def add(self, cells: Sequence[Any]) -> None:
        """Append cells as the driver returned them.

        Raises:
            DataError: If they are of kinds that no column of a table can hold, such as
                bytes, or of several kinds.
        """
        kinds = {type(cell) for cell in cells} - {type(None)}
        for kind in kinds - _PLAIN:
            raise DataError(
                f"Column {self._name!r} holds {_name(kind)} values; numbers, text, "
                f"truth values or dates are needed. {_CURE}."
            )
        try:
            self._chunks.append(pa.array(_unify(cells, kinds)))
        except (pa.ArrowException, OverflowError, TypeError) as error:
            raise self._mixed(kinds, error) from None
        self.n_rows += len(cells)

    def finish(self) -> pa.ChunkedArray:
        """Return the whole column in the one type that fits all of it.

        Raises:
            DataError: If there is none.
        """
        kind = reduce(self._fit, (chunk.type for chunk in self._chunks))
        try:
            chunks = [chunk.cast(kind) for chunk in self._chunks]
        except pa.ArrowException as error:
            raise self._mixed(set(), error) from None
        return pa.chunked_array(chunks, kind)

    def _fit(self, one: pa.DataType, other: pa.DataType) -> pa.DataType:
        both = unify_kinds(one, other)
        if both is None:
            raise DataError(
                f"Column {self._name!r} holds {one} and {other} values. Cast it in "
                f"data.query, such as CAST({self._name} AS REAL)."
            )
        return both

    def _mixed(self, kinds: set[type], error: Exception) -> DataError:
        listed = " and ".join(sorted(map(_name, kinds))) or "several kinds of"
        return DataError(
            f"Column {self._name!r} holds {listed} values, which are no one column "
            f"({str(error).splitlines()[0]}). Cast it in data.query, such as "
            f"CAST({self._name} AS REAL), or leave it out."
        )


def _unify(cells: Sequence[Any], kinds: set[type]) -> Sequence[Any]:
    """Return the cells as Arrow reads them into one type, if there is one."""
    if Decimal in kinds or kinds == {int, float}:
        return [cell if cell is None else _to_float(cell) for cell in cells]
    if kinds == {uuid.UUID}:
        return [cell if cell is None else str(cell) for cell in cells]
    if datetime in kinds and date in kinds:
        return [_to_datetime(cell) for cell in cells]
    return cells


def _to_float(cell: Any) -> float:
    if isinstance(cell, bool | str):
        raise TypeError(f"{cell!r} among numbers")
    return float(cell)


def _to_datetime(cell: Any) -> Any:
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime(cell.year, cell.month, cell.day)
    return cell


def _name(kind: type) -> str:
    return _WORDS.get(kind, kind.__name__)
