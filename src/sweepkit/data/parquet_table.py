"""Read Parquet files that are one table, a few columns at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa

from sweepkit.data.compact import build_table, decide_compact, to_series
from sweepkit.data.many_files import choose_columns, unify_types
from sweepkit.data.parquet_checks import plain_schema
from sweepkit.data.parquet_file import open_parquet, read_columns, weigh_columns
from sweepkit.data.parquet_folder import find_folder_type
from sweepkit.errors import DataError

# So much of a table may lie in memory twice, as Arrow's and as pandas'.
_PARTS = 8


@dataclass(frozen=True, slots=True)
class ParquetTable:
    """Parquet files that are one table, row after row.

    Attributes:
        paths: The files, in order.
        folders: For each file the values that the names of its folders hold.
    """

    paths: Sequence[Path]
    folders: Sequence[Mapping[str, str | None]] = field(default_factory=list)

    def read_schema(self, columns: Sequence[str] | None) -> pa.Schema:
        """Return names and plain types of the columns to read.

        Args:
            columns: Which; null for all.

        Raises:
            DataError: If a file cannot be read, a column is not there or has no plain
                values, or the files' columns differ.
        """
        found = [read_columns(path) for path in self.paths]
        keys = list(self.folders[0]) if self.folders else []
        for name in keys:
            if name in found[0].names:
                raise DataError(
                    f"{self.paths[0]} has a column {name!r}, and so have the folders' "
                    f"names. Rename one of them."
                )
        wanted = choose_columns([*found[0].names, *keys], columns)
        # Of a column that is not read, nothing is asked.
        skipped = set(found[0].names) - set(wanted) if columns is not None else set()
        schemas = [
            plain_schema(path, pa.schema(f for f in one if f.name not in skipped))
            for path, one in zip(self.paths, found, strict=True)
        ]
        schema = unify_types(self.paths, schemas)
        for name in keys:
            values = [folder[name] for folder in self.folders]
            schema = schema.append(pa.field(name, find_folder_type(values)))
        return pa.schema(schema.field(name) for name in wanted)

    def read(self, schema: pa.Schema) -> pd.DataFrame:
        """Return these columns, shape (n_rows, n_columns).

        Args:
            schema: What `read_schema` returned.

        Raises:
            DataError: If a file is damaged, or there are no rows.
        """
        n_rows = self.count_rows()
        if n_rows == 0:
            raise DataError(
                f"{self.paths[0]} has columns but no rows. Change `data.path`."
            )
        compact = decide_compact(n_rows)
        size = -(-len(schema) // _PARTS) if compact else len(schema)
        columns: dict[str, pd.Series] = {}
        for start in range(0, len(schema), size):
            part = pa.schema(
                schema.field(at) for at in range(len(schema))[start : start + size]
            )
            columns |= self._read_part(part, compact)
        return build_table(columns, compact=compact)

    def count_rows(self) -> int:
        """Return how many rows the files say they have."""
        n_rows = 0
        for path in self.paths:
            with open_parquet(path) as file:
                n_rows += file.metadata.num_rows
        return n_rows

    def estimate_bytes(self, wanted: Sequence[str]) -> int:
        """Return about how many bytes these columns will take in memory."""
        names, total = set(wanted), 0
        for path in self.paths:
            with open_parquet(path) as file:
                groups = map(file.metadata.row_group, range(file.num_row_groups))
                total += sum(weigh_columns(group, names) for group in groups)
        return total

    def _read_part(self, part: pa.Schema, compact: bool) -> dict[str, pd.Series]:
        tables = [self._read_file(at, part) for at in range(len(self.paths))]
        table = pa.concat_tables(tables)
        del tables
        found = {}
        for name in part.names:
            found[name] = to_series(table[name], compact=compact)
            table = table.drop_columns(name)
        return found

    def _read_file(self, at: int, part: pa.Schema) -> pa.Table:
        folder = self.folders[at] if self.folders else {}
        inside = pa.schema(one for one in part if one.name not in folder)
        with open_parquet(self.paths[at]) as file:
            table = file.read(inside.names).select(inside.names).cast(inside)
            n_rows = file.metadata.num_rows
        for one in part:
            if one.name in folder:
                value = pa.scalar(folder[one.name]).cast(one.type)
                table = table.append_column(one, pa.repeat(value, n_rows))
        return table.select(part.names)
