"""Refuse the CSV files that pandas would read without complaint, but wrongly."""

import csv
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

import pyarrow as pa

from sweepkit.data.csv_lines import Block, split_lines
from sweepkit.data.csv_text import StrictCsv
from sweepkit.data.text_file import open_text
from sweepkit.errors import DataError

Record = list[str]


@dataclass(frozen=True, slots=True)
class CsvFile:
    """One checked file of text and how its cells are told apart.

    Attributes:
        path: The file.
        encoding: Of its text.
        delimiter: What separates its cells.
        is_plain: Whether every line is a record, as there are no quotes.
    """

    path: Path
    encoding: str
    delimiter: str
    is_plain: bool = False

    def records(self) -> Generator[tuple[int, Record], None, None]:
        """Yield each record that is not blank, after the line it starts on (from 1).

        Raises:
            DataError: If a quoted cell does not end where it should.
        """
        with open_text(self.path, self.encoding) as text:
            reader = csv.reader(text, StrictCsv, delimiter=self.delimiter)
            start = 1
            try:
                for record in reader:
                    if record:
                        yield start, record
                    start = reader.line_num + 1
            except csv.Error as error:
                raise DataError(
                    f"{self.path}, line {start}: a quoted cell is malformed ({error}). "
                    f'Close the quote, or write a quote inside a cell as "".'
                ) from None

    def blocks(self, header: Sequence[str], rows_at_once: int) -> Iterator[Block]:
        """Yield the cells of the data rows by column, some thousand rows at a time.

        Args:
            header: The column names, for the width of rows.
            rows_at_once: Most rows of a block, roughly.

        Raises:
            DataError: If a row is not as wide as the header, or a quote misplaced.
        """
        with open_text(self.path, self.encoding) as text:
            if self.is_plain:
                yield from self._split_lines(text, header)
            else:
                yield from self._parse(text, header, rows_at_once)

    def _parse(
        self, text: TextIO, header: Sequence[str], rows_at_once: int
    ) -> Iterator[Block]:
        reader = csv.reader(text, StrictCsv, delimiter=self.delimiter)
        filled = filter(None, reader)
        try:
            next(filled)
            while rows := list(islice(filled, rows_at_once)):
                if set(map(len, rows)) != {len(header)}:
                    raise self._explain_widths(len(header))
                yield list(zip(*rows, strict=True))
        except csv.Error:
            deque(self.records(), maxlen=0)  # says on which line
            raise

    def _split_lines(self, text: TextIO, header: Sequence[str]) -> Iterator[Block]:
        try:
            yield from split_lines(text, self.delimiter, header)
        except pa.ArrowInvalid:
            raise self._explain_widths(len(header)) from None

    def line_of(self, row: int) -> int:
        """Return the line on which a data row starts; rows count from 0."""
        with closing(self.records()) as records:
            return next(islice(records, row + 1, None))[0]

    def _explain_widths(self, n_names: int) -> DataError:
        n_rows = n_odd = odd_line = odd_width = 0
        for line, record in islice(self.records(), 1, None):
            n_rows += 1
            if len(record) != n_names:
                if not n_odd:
                    odd_line, odd_width = line, len(record)
                n_odd += 1
        if not n_odd:
            # Two parsers that disagree mean a file that can be read in two ways.
            return DataError(f"{self.path} is no CSV that can be read in one way only.")
        return DataError(
            f"{self.path}, line {odd_line}: {odd_width} cell{'s' * (odd_width != 1)} "
            f"where the header has {n_names} ({n_odd} such rows of {n_rows}). Put "
            f"cells that contain {self.delimiter!r} in quotes, or change "
            f"`data.delimiter`."
        )


def read_header(file: CsvFile) -> Record:
    """Return the column names, without blanks around them.

    Raises:
        DataError: If names are missing, blank or doubled, or there are no rows.
    """
    with closing(file.records()) as records:
        line, header = next(records)
        names = [name.strip() for name in header]
        _check_names(f"{file.path}, line {line}", names)
        if next(records, None) is None:
            raise DataError(
                f"{file.path} has a header but no rows. Change `data.path`."
            )
        return names


def _check_names(where: str, names: Record) -> None:
    if "" in names:
        raise DataError(
            f"{where}: column {names.index('') + 1} of {len(names)} has no name. Name "
            f"it in the file; pandas leaves it blank unless told "
            f"`to_csv(index=False)`."
        )
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        at = [i + 1 for i, name in enumerate(names) if name == doubled[0]]
        raise DataError(
            f"{where}: the column name {doubled[0]!r} stands at positions "
            f"{' and '.join(map(str, at))}. Rename or remove one in the file."
        )
    if all(name.replace(".", "").replace("-", "").isdecimal() for name in names):
        raise DataError(
            f"{where}: only numbers where column names are needed. Put a line with "
            f"the names before it."
        )
