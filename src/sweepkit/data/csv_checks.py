"""Refuse the CSV files that pandas would read without complaint, but wrongly."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sweepkit.data.csv_text import StrictCsv
from sweepkit.errors import DataError

Record = list[str]


@dataclass(frozen=True, slots=True)
class CsvFile:
    """The decoded text of one file and how its cells are told apart."""

    path: Path
    text: str
    delimiter: str

    def records(self) -> Iterator[tuple[int, Record]]:
        """Yield each record that is not blank, after the line it starts on (from 1).

        Raises:
            DataError: If a quoted cell does not end where it should.
        """
        # newline="" leaves line breaks inside quoted cells as they are.
        lines = io.StringIO(self.text, newline="")
        reader = csv.reader(lines, StrictCsv, delimiter=self.delimiter)
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

    def line_of(self, row: int) -> int:
        """Return the line on which a data row starts; rows count from 0."""
        return next(islice(self.records(), row + 1, None))[0]


def check_records(file: CsvFile) -> tuple[Record, int]:
    """Check the header, and that every record has as many fields as it.

    Returns:
        The column names, without blanks around them, and the number of rows.

    Raises:
        DataError: If names are missing, blank or doubled, there are no rows, or a
            row is too short or too long.
    """
    records = file.records()
    line, header = next(records)
    names = [name.strip() for name in header]
    _check_names(f"{file.path}, line {line}", names)
    n_rows, odd = 0, []
    for line, record in records:
        n_rows += 1
        if len(record) != len(names):
            odd.append((line, len(record)))
    if n_rows == 0:
        raise DataError(f"{file.path} has a header but no rows. Change `data.path`.")
    if odd:
        line, width = odd[0]
        raise DataError(
            f"{file.path}, line {line}: {width} cell{'s' * (width != 1)} where the "
            f"header has {len(names)} ({len(odd)} such rows of {n_rows}). Put cells "
            f"that contain {file.delimiter!r} in quotes, or change `data.delimiter`."
        )
    return names, n_rows


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
