"""Read a table from a database: any that SQLAlchemy has a driver for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection, CursorResult

from sweepkit.data.compact import build_table, decide_compact, to_series
from sweepkit.data.lookup import name_near
from sweepkit.data.many_files import choose_columns
from sweepkit.data.memory import count_available, refuse_too_large
from sweepkit.data.sql_cells import SqlColumn
from sweepkit.data.sql_connection import connect
from sweepkit.data.sql_text import check_query, is_ordered
from sweepkit.errors import DataError

_ROWS_AT_ONCE = 10_000
_STREAMED = {"stream_results": True, "max_row_buffer": _ROWS_AT_ONCE}


@dataclass(frozen=True, slots=True)
class SqlSource:
    """What a query returns, or a whole table of a database.

    A query decides the order of its rows by an ORDER BY of its own. Without one a
    database may return them in any order; they are then sorted by what they hold, from
    the first column on, so that the same rows always make the same table, and the
    holdout is always the same.

    Attributes:
        url: Address as SQLAlchemy writes it,
            `dialect+driver://user:password@host/name`. It is never shown; a password
            belongs into an environment variable.
        query: One SELECT.
        table: A table or view, maybe with its schema and a dot before it; instead of
            `query`.
        columns: The only columns to read; null reads all.
    """

    url: str = field(repr=False)
    query: str | None = None
    table: str | None = None
    columns: Sequence[str] | None = None

    def read(self) -> pd.DataFrame:
        """Run the query on a connection that cannot write.

        Raises:
            DataError: If the database cannot be reached or refuses the query, the
                result has no rows or columns of one name, a column is binary or of
                several kinds, or the table cannot fit into memory.
        """
        if (self.query is None) == (self.table is None):
            raise DataError(
                "One of data.query and data.table is needed, and not both: "
                "`data.table=houses` reads all of a table."
            )
        query = None if self.query is None else check_query(self.query)
        with connect(self.url) as connection:
            table = self._gather(self._run(connection, query))
        if query is None or not is_ordered(query):
            table = _sort(table)
        return _to_frame(table)

    def _run(self, connection: Connection, query: str | None) -> CursorResult[Any]:
        if query is None:
            return connection.execute(
                self._select(connection), {}, execution_options=_STREAMED
            )
        # As text() a query would lose its colons, and with parameters its percents.
        options = {**_STREAMED, "no_parameters": True}
        return connection.exec_driver_sql(query, execution_options=options)

    def _select(self, connection: Connection) -> sa.Select[Any]:
        schema, _, name = str(self.table).rpartition(".")
        inspector = sa.inspect(connection)
        known = [
            *inspector.get_table_names(schema or None),
            *inspector.get_view_names(schema or None),
        ]
        if name not in known:
            raise DataError(
                f"The database has no table {self.table!r}. {name_near(name, known)} "
                f"Change `data.table`."
            )
        found = [one["name"] for one in inspector.get_columns(name, schema or None)]
        columns: list[sa.ColumnClause[Any]] = [
            sa.column(one) for one in choose_columns(found, self.columns)
        ]
        return sa.select(*columns).select_from(sa.table(name, schema=schema or None))

    def _gather(self, result: CursorResult[Any]) -> pa.Table:
        names = _check_names(result)
        wanted = choose_columns(names, self.columns)
        places = [names.index(name) for name in wanted]
        columns = [SqlColumn(name) for name in wanted]
        n_rows = 0
        while rows := result.fetchmany(_ROWS_AT_ONCE):
            cells = list(zip(*rows, strict=True))
            for column, place in zip(columns, places, strict=True):
                column.add(cells[place])
            n_rows += len(rows)
            n_bytes = sum(column.n_bytes for column in columns)
            # Nobody knows how much is still to come; what is there has to fit.
            refuse_too_large(
                f"Already {n_rows:,} rows of it", n_bytes, count_available()
            )
        if n_rows == 0:
            raise DataError(
                f"{'data.query' if self.query else 'data.table'} returns no rows. "
                f"Change it, or look whether the database has them."
            )
        return pa.table([column.finish() for column in columns], names=wanted)


def _check_names(result: CursorResult[Any]) -> list[str]:
    if not result.returns_rows:
        raise DataError("data.query returns no table; a SELECT is needed.")
    names = list(result.keys())
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise DataError(
            f"data.query returns {names.count(doubled[0])} columns called "
            f"{doubled[0]!r}. Give all but one another name with AS, or leave it out."
        )
    if "" in (name.strip() for name in names):
        raise DataError("data.query returns a column without a name. Name it with AS.")
    return names


def _sort(table: pa.Table) -> pa.Table:
    # A column of nothing but blanks cannot be sorted by, and need not be.
    names = [one.name for one in table.schema if not pa.types.is_null(one.type)]
    return table.sort_by([(name, "ascending") for name in names]) if names else table


def _to_frame(table: pa.Table) -> pd.DataFrame:
    compact = decide_compact(table.num_rows)
    columns: dict[str, pd.Series] = {}
    for name in table.column_names:
        columns[name] = to_series(table[name], compact=compact)
        table = table.drop_columns(name)
    return build_table(columns, compact=compact)
