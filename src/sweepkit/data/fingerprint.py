"""Identify a table by its content."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_AT_ONCE = 10_000


def fingerprint(table: pd.DataFrame, *, ordered: bool = True) -> str:
    """Hash column names, types and values; the index plays no part.

    Equal tables have equal fingerprints in every process and on every machine,
    however they lie in memory and wherever they were read from.

    Args:
        table: Shape (n_rows, n_columns).
        ordered: Whether the order of the rows counts; without it, a shuffled table
            keeps its fingerprint. The order of the columns always counts.

    Returns:
        SHA-256 as 64 hexadecimal digits.
    """
    order = None if ordered else _sort_rows(table)
    columns = [table.iloc[:, position] for position in range(table.shape[1])]
    header = [[str(column.name), _name_type(column)] for column in columns]
    digest = hashlib.sha256(json.dumps([len(table), header]).encode())
    for column in columns:
        for part in _to_bytes(column if order is None else column.iloc[order]):
            digest.update(part)
    return digest.hexdigest()


def _sort_rows(table: pd.DataFrame) -> NDArray[np.intp]:
    """Return the rows' positions in an order that only their values decide."""
    # As pandas hashes a whole table, but one column at a time, and an integer alike in
    # whichever type it lies.
    keys, multiplier = np.full(len(table), 0x345678, np.uint64), np.uint64(1_000_003)
    for position in range(table.shape[1]):
        column = _widen(table.iloc[:, position])
        keys ^= pd.util.hash_pandas_object(column, index=False).to_numpy()
        keys *= multiplier
        multiplier += np.uint64(82_520 + 2 * (table.shape[1] - position))
    return np.argsort(keys + np.uint64(97_531), kind="stable")


def _name_type(column: pd.Series) -> str:
    # Categories and small integers are how large tables hold text and numbers.
    is_text = isinstance(column.dtype, pd.CategoricalDtype)
    return "str" if is_text else str(_widen(column.iloc[:0]).dtype)


def _widen(column: pd.Series) -> pd.Series:
    kind = column.dtype
    if not isinstance(kind, np.dtype) or kind.kind not in "iu" or kind == np.uint64:
        return column
    return column.astype(np.int64)


def _to_bytes(column: pd.Series) -> Iterator[bytes]:
    column = _widen(column)
    kind = column.dtype.kind if isinstance(column.dtype, np.dtype) else "O"
    if kind in "fc":
        # There are many bit patterns for NaN, and two for zero.
        values = column.to_numpy() + 0.0
        values[np.isnan(values)] = np.nan
        yield _little_endian(values)
    elif kind in "biumM":
        yield _little_endian(column.to_numpy())
    else:
        # Numbering distinct values by first appearance is independent of how text is
        # kept.
        codes, distinct = column.factorize()
        yield _little_endian(codes.astype(np.int64))
        yield from _spell(distinct)


def _spell(distinct: Any) -> Iterator[bytes]:
    """Yield the values as JSON spells a list of them, some thousand at a time."""
    for start in range(0, len(distinct), _AT_ONCE):
        part = distinct[start : start + _AT_ONCE].tolist()
        words = [f"{type(value).__name__} {value}" for value in part]
        yield (", " if start else "[").encode() + json.dumps(words)[1:-1].encode()
    yield b"]" if len(distinct) else b"[]"


def _little_endian(values: NDArray[Any]) -> bytes:
    return values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes()
