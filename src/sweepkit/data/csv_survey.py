"""Find out what every column of CSV text holds, without keeping its cells."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from sweepkit.data.compact import fit_integer
from sweepkit.data.csv_cells import (
    OTHER_MARK,
    Cells,
    are_whole,
    blank_out,
    count_true,
    find_numbers,
    has_codes,
    to_numbers,
    trim,
)

_TEXT_ROLES = {"categorical", "boolean", "date", "text", "identifier", "ignored"}


@dataclass(slots=True)
class ColumnFacts:
    """What the cells of one column are, counted block by block.

    Attributes:
        role: What a person says the column is for; most roles keep text as it is.
        n_filled: Cells that are not blank.
        n_numbers: Those that are numbers.
        n_like: Those that are numbers with whichever decimal mark.
        whole: Whether all cells are integers, none of them blank.
        coded: Whether one would lose digits as a number, such as 02139.
        low: Least number.
        high: Greatest number.
        stray: File, row in it and text of the first cell that is no number.
    """

    role: str | None = None
    n_filled: int = 0
    n_numbers: int = 0
    n_like: int = 0
    whole: bool = True
    coded: bool = False
    low: float = 0.0
    high: float = 0.0
    stray: tuple[int, int, str] | None = None

    @property
    def stays_text(self) -> bool:
        """Whether a person chose a role that reads text as it stands."""
        return self.role in _TEXT_ROLES

    @property
    def is_mixed(self) -> bool:
        """Whether it is meant to hold numbers and does not do so throughout."""
        if self.n_numbers == self.n_filled or self.stays_text:
            return False
        return self.role == "numeric" or 2 * self.n_like >= self.n_filled

    @property
    def kind(self) -> pa.DataType:
        """The type its cells are read as; integers of as few bytes as they fit in."""
        is_number = self.n_filled and self.n_numbers == self.n_filled
        if self.stays_text or not is_number or (self.coded and self.role != "numeric"):
            return pa.large_string()
        if not self.whole or self.coded:
            return pa.float64()
        return fit_integer(self.low, self.high)

    def note(self, cells: Cells, decimal: str, file: int, row: int) -> None:
        """Count a block of cells.

        Args:
            cells: Raw cells.
            decimal: The decimal mark.
            file: Which file they stand in.
            row: Row of the first of them in it, from 0.
        """
        if self.stays_text:
            return
        texts = trim(cells)
        numbers = to_numbers(texts, decimal)
        if numbers is None:
            texts = blank_out(texts)
            numbers = to_numbers(texts, decimal) if texts.null_count else None
        n_filled = len(texts) - texts.null_count
        self.n_filled += n_filled
        if numbers is None:
            self._note_texts(texts, decimal, file, row)
        else:
            self.n_numbers += n_filled
            self.n_like += n_filled
            self._note_numbers(texts, numbers)

    def _note_numbers(self, texts: pa.Array, numbers: pa.Array) -> None:
        self.whole = self.whole and are_whole(texts)
        self.coded = self.coded or has_codes(texts)
        if self.whole:
            span = pc.min_max(numbers).as_py()
            self.low = min(self.low, span["min"])
            self.high = max(self.high, span["max"])

    def _note_texts(self, texts: pa.Array, decimal: str, file: int, row: int) -> None:
        is_number = find_numbers(texts, decimal)
        other = find_numbers(texts, OTHER_MARK[decimal])
        self.n_numbers += count_true(is_number)
        self.n_like += count_true(pc.or_(is_number, other))
        self.whole = False
        if self.stray is None and pc.any(pc.invert(is_number)).as_py():
            at = pc.index(is_number, False).as_py()
            self.stray = file, row + at, texts[at].as_py()
