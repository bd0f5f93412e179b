"""How much a Parquet file unpacks to, found page by page before anything is unpacked.

Numbers of fields and of encodings are those of the format's definition.

Source:
    https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sweepkit.serving.thrift_compact import CompactReader

_MAGIC = b"PAR1"
# The length of the footer, and the magic word.
_TAIL = 8
# Each text as a change of the one before: a kilobyte of it can stand for a gigabyte.
_DELTA_TEXTS = 7
# Data pages of both versions and pages of dictionaries: where their header is, and
# under which number it has the encoding.
_PAGE_HEADERS = {5: 2, 7: 2, 8: 4}


@dataclass(frozen=True, slots=True)
class ParquetSizes:
    """What a file holds, by its own structures.

    Attributes:
        names: Names of its plain columns; those of nested ones lack.
        n_rows: Its rows.
        n_bytes: Bytes of all its pages when unpacked.
    """

    names: frozenset[str]
    n_rows: int
    n_bytes: int


def measure(body: bytes) -> ParquetSizes:
    """Return how large a Parquet file is when unpacked.

    Raises:
        ValueError: If it is none, is damaged, or holds what could grow further.
    """
    footer = _read_footer(body)
    groups = footer[4]
    # A group without rows has no pages, and no place for them either.
    chunks = [chunk[3] for group in groups if group[3] for chunk in group[1]]
    n_rows = sum(group[3] for group in groups)
    if n_rows != footer[3] or any(group[3] < 0 for group in groups):
        raise ValueError("the file states two numbers of rows")
    return ParquetSizes(
        frozenset(c[3][0].decode("utf-8") for c in chunks if len(c[3]) == 1),
        n_rows,
        sum(size for chunk in chunks for size in _list_pages(body, chunk)),
    )


def _read_footer(body: bytes) -> dict[int, Any]:
    end = len(body) - _TAIL
    if end < len(_MAGIC) or body[:4] != _MAGIC or body[-4:] != _MAGIC:
        raise ValueError("the magic words lack")
    length = int.from_bytes(body[end : end + 4], "little")
    return CompactReader(body, end - length, end).read_struct()


def _list_pages(body: bytes, chunk: dict[int, Any]) -> Iterator[int]:
    """Yield the unpacked size of each page of a column in a group of rows."""
    data, dictionary = chunk[9], chunk.get(11, 0)
    place = dictionary if 0 < dictionary < data else data
    end = place + chunk[7]
    while place < end:
        pages = CompactReader(body, place, end)
        header = pages.read_struct()
        unpacked, packed = header[2], header[3]
        if unpacked < 0 or packed < 0 or pages.place + packed > end:
            raise ValueError("a page lies outside of its column")
        for field, encoding in _PAGE_HEADERS.items():
            if header.get(field, {}).get(encoding) == _DELTA_TEXTS:
                raise ValueError("texts are written as changes of each other")
        yield unpacked
        place = pages.place + packed
