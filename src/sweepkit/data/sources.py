"""Read a table from where it lies, strictly; one class per kind of source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pandas as pd

from sweepkit.data.csv_checks import CsvFile
from sweepkit.data.csv_table import CsvTable
from sweepkit.data.csv_text import choose_delimiter
from sweepkit.data.example import load_california_housing
from sweepkit.data.many_files import choose_columns
from sweepkit.data.memory import count_available, refuse_too_large
from sweepkit.data.parquet_folder import list_parquet, read_folder_names
from sweepkit.data.parquet_table import ParquetTable
from sweepkit.data.places import find_files, find_folder
from sweepkit.data.text_file import check_text
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
    """A CSV file with one line of column names, or several that are one table.

    Attributes:
        path: The file, plain or compressed by gzip, bzip2, xz, zstd or zip; or a
            pattern such as `parts/*.csv`, or a URL.
        delimiter: What separates cells; null finds `,` `;` tab or `|`.
        encoding: A text encoding Python knows; a UTF-8 byte order mark is dropped.
        decimal: The decimal mark of numbers, `.` or `,`.
        roles: Roles a person chose, by column. A column that is to be categorical,
            boolean, date, identifier or ignored is read as text.
        columns: The only columns to keep; null keeps all.
        sha256: What the file's digest has to be; null does not ask.
        cache: Folder for copies of what a URL names; null is the user's own.
    """

    path: str | Path
    delimiter: str | None = None
    encoding: str = "utf-8"
    decimal: str = "."
    roles: Mapping[str, str] = field(default_factory=dict)
    columns: Sequence[str] | None = None
    sha256: str | None = None
    cache: str | None = None

    def read(self) -> pd.DataFrame:
        """Read the files; numbers become numbers, everything else stays text.

        Raises:
            DataError: If a file, header, row or cell is not as it should be, or the
                table cannot fit into memory.
        """
        if self.decimal not in (".", ","):
            raise DataError(f"data.decimal is {self.decimal!r}; it must be '.' or ','.")
        paths = find_files(self.path, sha256=self.sha256, cache=self.cache)
        facts = [check_text(path, self.encoding) for path in paths]
        files = [
            CsvFile(
                path,
                self.encoding,
                choose_delimiter(path, one.head, self.delimiter),
                one.is_plain,
            )
            for path, one in zip(paths, facts, strict=True)
        ]
        table = CsvTable.open(files, self.decimal)
        wanted = choose_columns(table.headers[0], self.columns)
        n_bytes = table.estimate_bytes(facts, wanted, self.roles)
        refuse_too_large(str(self.path), n_bytes, count_available())
        return table.read(wanted, self.roles)


@dataclass(frozen=True, slots=True)
class ParquetSource:
    """A Parquet file of plain columns, or several that are one table.

    Attributes:
        path: The file, a pattern such as `parts/*.parquet`, a folder of files, whose
            folders may be called `key=value`, or a URL.
        columns: The only columns to read; null reads all.
        sha256: What the file's digest has to be; null does not ask.
        cache: Folder for copies of what a URL names; null is the user's own.
    """

    path: str | Path
    columns: Sequence[str] | None = None
    sha256: str | None = None
    cache: str | None = None

    def read(self) -> pd.DataFrame:
        """Read the files; dictionaries become text, decimals float64.

        Raises:
            DataError: If one is no Parquet file, is damaged, has no rows, or has
                columns that are nested, binary, share a name or differ from those of
                the others; or if the table cannot fit into memory.
        """
        folder = find_folder(self.path)
        if folder is not None:
            paths = list_parquet(folder)
            table = ParquetTable(paths, read_folder_names(folder, paths))
        else:
            paths = find_files(self.path, sha256=self.sha256, cache=self.cache)
            table = ParquetTable(paths)
        schema = table.read_schema(self.columns)
        refuse_too_large(
            str(self.path), table.estimate_bytes(schema.names), count_available()
        )
        return table.read(schema)
