"""Read the binary notation of Parquet's own structures: Thrift's compact protocol.

Arrow's wrapper ends the process on some damaged structures when it is asked for them
one by one, and believes their sizes. So they are read here, every length checked.

Source:
    https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from typing import Any

_TRUE, _FALSE, _BYTE, _I64, _DOUBLE, _BINARY = 1, 2, 3, 6, 7, 8
_LIST, _SET, _STRUCT = 9, 10, 12
_DEEPEST = 16
_LONG_LIST = 15


class CompactReader:
    """Walks over bytes; a `ValueError` is all that wrong ones can cause.

    Attributes:
        place: Where the next byte is read.
    """

    def __init__(self, data: bytes, place: int, end: int) -> None:
        if not 0 <= place <= end <= len(data):
            raise ValueError("a structure lies outside of the file")
        self.place = place
        self._data = data
        self._end = end

    def read_struct(self, depth: int = 0) -> dict[int, Any]:
        """Return the fields of a structure by number, structures within as well."""
        if depth > _DEEPEST:
            raise ValueError("structures are nested too deeply")
        fields: dict[int, Any] = {}
        number = 0
        while header := self._read_byte():
            step, kind = header >> 4, header & 15
            number = number + step if step else self._read_integer()
            if kind in (_TRUE, _FALSE):
                fields[number] = kind == _TRUE
            else:
                fields[number] = self._read_value(kind, depth)
        return fields

    def _read_value(self, kind: int, depth: int) -> Any:
        if kind == _STRUCT:
            return self.read_struct(depth + 1)
        if kind in (_LIST, _SET):
            return self._read_list(depth + 1)
        if kind == _BINARY:
            return self._read_bytes(self._read_unsigned())
        if kind == _DOUBLE:
            return self._read_bytes(8)
        if kind in (_BYTE, _TRUE, _FALSE):
            return self._read_byte()
        if _BYTE < kind <= _I64:
            return self._read_integer()
        # Parquet has no maps.
        raise ValueError("a field of unknown kind")

    def _read_list(self, depth: int) -> list[Any]:
        header = self._read_byte()
        size = header >> 4
        if size == _LONG_LIST:
            size = self._read_unsigned()
        # Each element takes a byte at least.
        if size > self._end - self.place or depth > _DEEPEST:
            raise ValueError("a list is longer than the file")
        return [self._read_value(header & 15, depth) for _ in range(size)]

    def _read_integer(self) -> int:
        folded = self._read_unsigned()
        return (folded >> 1) ^ -(folded & 1)

    def _read_unsigned(self) -> int:
        value = 0
        for shift in range(0, 70, 7):
            byte = self._read_byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise ValueError("a number of too many bytes")

    def _read_byte(self) -> int:
        if self.place >= self._end:
            raise ValueError("the file ends within a structure")
        self.place += 1
        return self._data[self.place - 1]

    def _read_bytes(self, size: int) -> bytes:
        if size > self._end - self.place:
            raise ValueError("a text is longer than the file")
        self.place += size
        return self._data[self.place - size : self.place]
