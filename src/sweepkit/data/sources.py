"""Read a table from where it lies, strictly; one class per kind of source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sweepkit.data.csv_cells import read_cells, read_numbers
from sweepkit.data.csv_checks import CsvFile, check_records
from sweepkit.data.csv_text import choose_delimiter, read_text
from sweepkit.data.example import load_california_housing
from sweepkit.data.lookup import require_file
from sweepkit.data.parquet_checks import plain_schema
from sweepkit.errors import DataError


class Source(Protocol):
    """Anything that yields a table; one class per file in `conf/data/`."""

    def read(self) -> pd.DataFrame:
        """Return shape (n_rows, n_columns): unique text column names, a RangeIndex.

        Raises:
            DataError: If there is no table or it could be misread.
        """
        ...


@dataclass(frozen=True, slots=True)
class ExampleSource:
    """The California housing table that ships with the package."""

    def read(self) -> pd.DataFrame:
        """Return the 20,640 census block groups; see `data.example`."""
        return load_california_housing()


@dataclass(frozen=True, slots=True)
class CsvSource:
    """A CSV file with one line of column names.

    Attributes:
        path: The file; `~` is expanded.
        delimiter: What separates cells; null finds `,` `;` tab or `|`.
        encoding: A text encoding Python knows; a UTF-8 byte order mark is dropped.
        decimal: The decimal mark of numbers, `.` or `,`.
        roles: Roles a person chose, by column. A column that is to be categorical,
            boolean, date, identifier or ignored is read as text.
    """

    path: str | Path
    delimiter: str | None = None
    encoding: str = "utf-8"
    decimal: str = "."
    roles: Mapping[str, str] = field(default_factory=dict)

    def read(self) -> pd.DataFrame:
        """Read the file; numbers become numbers, everything else stays text.

        Raises:
            DataError: If file, header, a row or a cell is not as it should be.
        """
        if self.decimal not in (".", ","):
            raise DataError(f"data.decimal is {self.decimal!r}; it must be '.' or ','.")
        path = require_file(self.path)
        text = read_text(path, self.encoding)
        file = CsvFile(path, text, choose_delimiter(path, text, self.delimiter))
        names, n_rows = check_records(file)
        cells = read_cells(file, names)
        if len(cells) != n_rows:
            # Two parsers that disagree mean a file that can be read in two ways.
            raise DataError(
                f"{path} reads as {n_rows} or as {len(cells)} rows. Remove lines that "
                f"are blank but for quotes or spaces."
            )
        return read_numbers(file, cells, decimal=self.decimal, roles=self.roles)


@dataclass(frozen=True, slots=True)
class ParquetSource:
    """A Parquet file of plain columns.

    Attributes:
        path: The file; `~` is expanded.
    """

    path: str | Path

    def read(self) -> pd.DataFrame:
        """Read the file; dictionaries become text, decimals float64.

        Raises:
            DataError: If it is no Parquet file, is damaged, has no rows, or has
                columns that are nested, binary or share a name.
        """
        path = require_file(self.path)
        try:
            with pq.ParquetFile(path) as file:
                plain = plain_schema(path, file.schema_arrow)
                table = file.read().cast(plain)
        except (pa.ArrowException, OSError) as error:
            reason = str(error).splitlines()[0]
            raise DataError(
                f"{path} cannot be read as Parquet: {reason} Write it again, or change "
                f"`data.path` (for CSV, choose `data=csv`)."
            ) from None
        if table.num_rows == 0:
            raise DataError(f"{path} has columns but no rows. Change `data.path`.")
        # What pandas stored about its index is not part of the table.
        frame: pd.DataFrame = table.to_pandas(
            ignore_metadata=True, date_as_object=False
        )
        return frame
