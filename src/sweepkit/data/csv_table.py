"""Walk CSV files twice: first to learn what their columns hold, then to fill them.

Neither walk keeps cells, so that the table needs little more memory than it takes
itself; the first finds everything that is to be refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sweepkit.data.compact import build_table, decide_compact
from sweepkit.data.csv_cells import OTHER_MARK, Cells
from sweepkit.data.csv_checks import CsvFile, read_header
from sweepkit.data.csv_columns import changed, open_column
from sweepkit.data.csv_estimate import estimate_bytes
from sweepkit.data.csv_survey import ColumnFacts
from sweepkit.data.lookup import quote_setting, set_role
from sweepkit.data.many_files import check_names
from sweepkit.data.text_facts import TextFacts
from sweepkit.errors import DataError

_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class CsvTable:
    """Files of text that are one table, row after row.

    Attributes:
        files: The files, in order.
        headers: Column names of each, in the file's own order.
        decimal: The decimal mark of numbers.
    """

    files: Sequence[CsvFile]
    headers: Sequence[Sequence[str]]
    decimal: str

    @classmethod
    def open(cls, files: Sequence[CsvFile], decimal: str) -> "CsvTable":
        """Read the headers.

        Raises:
            DataError: If one is not as it should be, or the files have other columns.
        """
        headers = [read_header(file) for file in files]
        check_names([file.path for file in files], headers)
        return cls(files, headers, decimal)

    def estimate_bytes(
        self,
        texts: Sequence[TextFacts],
        wanted: Sequence[str],
        roles: Mapping[str, str],
    ) -> float:
        """Return about how many bytes these columns will take in memory."""
        return sum(
            estimate_bytes(
                text,
                file.delimiter,
                header,
                wanted=wanted,
                roles=roles,
                decimal=self.decimal,
            )
            for text, file, header in zip(texts, self.files, self.headers, strict=True)
        )

    def read(self, wanted: Sequence[str], roles: Mapping[str, str]) -> pd.DataFrame:
        """Return these columns, shape (n_rows, n_wanted).

        Integers without blanks become int64, other numbers float64. Codes, such as
        integers with a leading zero, stay text. From a million rows on, integers take
        fewer bytes and texts that repeat become categories.

        Raises:
            DataError: If a row is not as wide as the header, a quote is misplaced, or
                at least half of a column is numbers, but not all of it.
        """
        facts = {name: ColumnFacts(roles.get(name)) for name in wanted}
        n_rows = 0
        for file, row, cells in self._blocks(wanted):
            for name, column in cells.items():
                facts[name].note(column, self.decimal, file, row)
            n_rows += len(next(iter(cells.values())))
        for name, found in facts.items():
            if found.is_mixed and found.stray is not None:
                raise self._stray_text(name, *found.stray)
        return self._fill(facts, n_rows)

    def _fill(self, facts: Mapping[str, ColumnFacts], n_rows: int) -> pd.DataFrame:
        compact = decide_compact(n_rows)
        columns = {
            name: open_column(found, n_rows, self.decimal, compact=compact)
            for name, found in facts.items()
        }
        for _, _, cells in self._blocks(list(facts)):
            for name, column in cells.items():
                columns[name].add(column)
        # One at a time, as each may take room until it is whole.
        whole = {name: columns.pop(name).finish() for name in list(columns)}
        if any(len(column) != n_rows for column in whole.values()):
            raise changed()
        return build_table(whole, compact=compact)

    def _blocks(
        self, wanted: Sequence[str]
    ) -> Iterator[tuple[int, int, dict[str, Cells]]]:
        """Yield file, row in it of the first cells, and these columns' cells."""
        pairs = zip(self.files, self.headers, strict=True)
        for number, (file, header) in enumerate(pairs):
            places = {name: header.index(name) for name in wanted}
            row = 0
            for cells in file.blocks(header, _ROWS_AT_ONCE):
                yield number, row, {name: cells[at] for name, at in places.items()}
                row += len(cells[0])

    def _stray_text(self, column: str, number: int, row: int, found: str) -> DataError:
        file = self.files[number]
        where = f"{file.path}, line {file.line_of(row)}, column {column!r}"
        mark = OTHER_MARK[self.decimal]
        if mark in found and found.replace(mark, "").lstrip("+-").isdecimal():
            return DataError(
                f"{where}: {found!r} where numbers have the decimal mark "
                f"{self.decimal!r}. Set `{quote_setting('data.decimal', mark)}`, or "
                f"remove {mark!r} from the file if it marks thousands."
            )
        return DataError(
            f"{where}: {found!r} in a column of numbers. Correct the cell or leave it "
            f"blank; or keep the column as text with "
            f"{set_role(column, 'categorical')}, or drop it with "
            f"{set_role(column, 'ignored')}."
        )
