"""Fill the columns of a table with blocks of CSV cells."""

from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sweepkit.data.compact import MAX_LABELS, to_labels
from sweepkit.data.csv_cells import Cells, blank_out, to_numbers, trim
from sweepkit.data.csv_survey import ColumnFacts
from sweepkit.errors import DataError


class Column(Protocol):
    """A column that is filled block by block."""

    def add(self, cells: Cells) -> None:
        """Append raw cells."""

    def finish(self) -> pd.Series:
        """Return the whole column, shape (n_rows,); nothing may be added then."""


def open_column(
    facts: ColumnFacts, n_rows: int, decimal: str, *, compact: bool
) -> Column:
    """Return an empty column for cells that have been surveyed.

    Args:
        facts: What its cells are.
        n_rows: How many there will be.
        decimal: The decimal mark.
        compact: Whether to hold it in as few bytes as possible.
    """
    kind = facts.kind
    if pa.types.is_large_string(kind):
        return LabelColumn() if compact else TextColumn()
    if pa.types.is_integer(kind) and not compact:
        kind = pa.int64()
    return NumberColumn(n_rows, kind.to_pandas_dtype(), decimal)


class NumberColumn:
    """Numbers, in an array that has its full length from the start."""

    def __init__(self, n_rows: int, dtype: type, decimal: str) -> None:
        self._values: NDArray[Any] = np.empty(n_rows, dtype)
        self._decimal = decimal
        self._end = 0

    def add(self, cells: Cells) -> None:
        """Append raw cells.

        Raises:
            DataError: If they are others than when the file was surveyed.
        """
        texts = trim(cells)
        numbers = to_numbers(texts, self._decimal)
        if numbers is None:
            numbers = to_numbers(blank_out(texts), self._decimal)
        end = self._end + len(cells)
        if numbers is None or end > self._values.size:
            raise changed()
        self._values[self._end : end] = numbers.to_numpy(zero_copy_only=False)
        self._end = end

    def finish(self) -> pd.Series:
        """Return the whole column; blanks are NaN."""
        if self._end != self._values.size:
            raise changed()
        return pd.Series(self._values, copy=False)


class TextColumn:
    """Texts as they are."""

    def __init__(self) -> None:
        self._chunks: list[pa.Array] = []

    def add(self, cells: Cells) -> None:
        """Append raw cells."""
        self._chunks.append(blank_out(trim(cells)).cast(pa.large_string()))

    def finish(self) -> pd.Series:
        """Return the whole column; blanks are missing."""
        texts = pa.chunked_array(self._chunks, pa.large_string())
        return pd.Series(texts.to_pandas(), dtype="str")


class LabelColumn:
    """Texts, each kept once in a block, as many columns of large tables repeat them.

    It keeps texts as they are as soon as they turn out to be too many different ones.
    """

    def __init__(self) -> None:
        self._chunks: list[pa.Array] = []
        self._known = pa.array([], pa.large_string())

    def add(self, cells: Cells) -> None:
        """Append raw cells."""
        texts = blank_out(trim(cells)).cast(pa.large_string())
        if not self._are_labels:
            self._chunks.append(texts)
            return
        chunk = texts.dictionary_encode()
        self._chunks.append(chunk)
        self._known = pc.unique(pa.concat_arrays([self._known, chunk.dictionary]))
        if not self._are_labels:
            self._chunks = [one.cast(pa.large_string()) for one in self._chunks]

    def finish(self) -> pd.Series:
        """Return the whole column, as categories unless there are too many."""
        chunked, self._chunks = pa.chunked_array(self._chunks), []
        if self._are_labels:
            return pd.Series(to_labels(chunked))
        return pd.Series(chunked.to_pandas(), dtype="str")

    @property
    def _are_labels(self) -> bool:
        return len(self._known) <= MAX_LABELS


def changed() -> DataError:
    """Return the refusal of a file that changed between two readings of it."""
    return DataError(
        "A file of `data.path` changed while it was read. Run again when nobody "
        "writes to it."
    )
