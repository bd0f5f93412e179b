"""Hold the columns of large tables in as few bytes as their values allow.

Nothing is lost: integers take the smallest integer type that holds them, and texts
that repeat become categories. Floats stay as they are, since equal scores need equal
inputs to the last bit. `TableSchema.conform` makes the same columns of either form.
"""

import ctypes
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# Below, a few megabytes are not worth types that people do not expect.
LARGE_ROWS = 1_000_000
# As many as two bytes can number.
MAX_LABELS = 32_767
_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of malloc.h
_MAPPED_BYTES = 1 << 20


def decide_compact(n_rows: int) -> bool:
    """Tell whether a table of so many rows is to be held in few bytes."""
    compact = n_rows >= LARGE_ROWS
    if compact:
        # What is freed goes back to the system, instead of being kept in case of need:
        # Arrow's own pool does that, and glibc with blocks below a threshold that it
        # raises whenever it frees a larger one.
        pa.set_memory_pool(pa.system_memory_pool())
        _ask_glibc("mallopt", _MMAP_THRESHOLD, _MAPPED_BYTES)
    return compact


def _ask_glibc(name: str, *values: int) -> None:
    """Call a function of the C library; other ones than glibc lack it."""
    function = None
    if sys.platform == "linux":
        function = getattr(ctypes.CDLL(None), name, None)
    if function is not None:
        function(*values)


def build_table(columns: dict[str, pd.Series], *, compact: bool) -> pd.DataFrame:
    """Return columns as a table; a large one without copying them."""
    if compact:
        _ask_glibc("malloc_trim", 0)
    return pd.DataFrame(columns, copy=not compact)


def to_series(column: pa.ChunkedArray, *, compact: bool) -> pd.Series:
    """Return an Arrow column as pandas holds it.

    Args:
        column: Numbers, truth values, dates or texts.
        compact: Whether in as few bytes as possible.
    """
    if compact and pa.types.is_integer(column.type) and not column.null_count:
        column = _fit_integers(column)
    if compact and _is_text(column.type) and _may_repeat(column):
        labels = to_labels(column.dictionary_encode())
        if labels is not None:
            return pd.Series(labels)
    series: pd.Series = column.to_pandas(date_as_object=False)
    # A column without any value has no type of its own.
    return series.astype("str") if pa.types.is_null(column.type) else series


def to_labels(encoded: pa.ChunkedArray) -> pd.Categorical | None:
    """Return texts as categories, sorted by code point; None if there are too many.

    Args:
        encoded: Texts as Arrow's dictionaries, which may differ between chunks.
    """
    encoded = encoded.unify_dictionaries()
    known = encoded.chunk(0).dictionary
    if len(known) > MAX_LABELS:
        return None
    order = pc.array_sort_indices(known)
    # The last place is where -1, a blank, leads.
    rank = np.full(len(known) + 1, -1, dtype=np.int16)
    rank[order.to_numpy()] = np.arange(len(known), dtype=np.int16)
    codes = np.empty(len(encoded), dtype=np.int16)
    start = 0
    for chunk in encoded.chunks:
        places = pc.fill_null(chunk.indices, -1).to_numpy()
        codes[start : start + len(places)] = rank[places]
        start += len(places)
    categories = pd.Index(known.take(order).to_pylist(), dtype="str")
    return pd.Categorical.from_codes(codes, categories)


def fit_integer(low: float, high: float) -> pa.DataType:
    """Return the smallest signed integer type that holds both numbers."""
    for kind, bits in ((pa.int8(), 7), (pa.int16(), 15), (pa.int32(), 31)):
        if -(2**bits) <= low and high < 2**bits:
            return kind
    return pa.int64()


def _fit_integers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    span = pc.min_max(column).as_py()
    if not len(column) or span["max"] > np.iinfo(np.int64).max:
        return column
    return column.cast(fit_integer(span["min"], span["max"]))


def _may_repeat(column: pa.ChunkedArray) -> bool:
    # Five million names are not numbered only to learn that they are too many.
    return len(pc.unique(column[: 4 * MAX_LABELS])) <= MAX_LABELS


def _is_text(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(test(kind) for test in tests)
