"""Identify a table by its content."""

import hashlib
import json

import numpy as np
import pandas as pd


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
    if not ordered:
        keys = pd.util.hash_pandas_object(table, index=False).to_numpy()
        table = table.iloc[np.argsort(keys, kind="stable")]
    header = [[str(name), str(dtype)] for name, dtype in table.dtypes.items()]
    digest = hashlib.sha256(json.dumps([len(table), header]).encode())
    for position in range(table.shape[1]):
        digest.update(_to_bytes(table.iloc[:, position]))
    return digest.hexdigest()


def _to_bytes(column: pd.Series) -> bytes:
    kind = column.dtype.kind if isinstance(column.dtype, np.dtype) else "O"
    if kind in "fc":
        # There are many bit patterns for NaN, and two for zero.
        values = column.to_numpy() + 0.0
        values[np.isnan(values)] = np.nan
        return _little_endian(values)
    if kind in "biumM":
        return _little_endian(column.to_numpy())
    # Numbering distinct values by first appearance is independent of how text is kept.
    codes, distinct = column.factorize()
    words = [f"{type(value).__name__} {value}" for value in distinct.tolist()]
    return _little_endian(codes.astype(np.int64)) + json.dumps(words).encode()


def _little_endian(values: np.ndarray) -> bytes:
    return values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes()
