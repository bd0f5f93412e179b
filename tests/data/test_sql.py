import os
import sqlite3
from contextlib import closing
from decimal import Decimal

import pytest

from sweepkit.data.sql import SqlSource
from sweepkit.data.sql_text import is_ordered
from sweepkit.errors import DataError

POSTGRESQL = os.environ.get("SWEEPKIT_TEST_POSTGRESQL", "")
SECRET = "geheim%40/123"


@pytest.fixture
def sqlite(tmp_path):
    """Return a function that runs statements and returns a source of the database."""
    path = tmp_path / "houses.db"

    def make(*statements, **options):
        with closing(sqlite3.connect(path)) as database, database:
            for statement in statements:
                database.execute(statement)
        return SqlSource(f"sqlite:///{path}", **options)

    return make


@pytest.fixture
def postgresql():
    """Return a function that runs statements and returns a source of the database."""
    if not POSTGRESQL:
        pytest.skip("SWEEPKIT_TEST_POSTGRESQL names no server")
    import sqlalchemy as sa

    engine = sa.create_engine(POSTGRESQL)

    def make(*statements, **options):
        with engine.begin() as connection:
            for statement in statements:
                plain = {"no_parameters": True}
                connection.exec_driver_sql(statement, execution_options=plain)
        return SqlSource(POSTGRESQL, **options)

    yield make
    engine.dispose()


def refusal(source):
    with pytest.raises(DataError) as caught:
        source.read()
    return str(caught.value)


HOUSES = (
    "CREATE TABLE houses (town TEXT, rooms INTEGER, price REAL)",
    "INSERT INTO houses VALUES ('Ulm', 3, 1.5), ('Bonn', 2, NULL), ('Bonn', 1, 2)",
)


class TestOrder:
    def test_rows_without_an_order_are_sorted_by_what_they_hold(self, sqlite):
        """A database may return rows in any order; the holdout must stay the same."""
        source = sqlite(*HOUSES, query="SELECT * FROM houses")

        table = source.read()

        assert table["rooms"].tolist() == [1, 2, 3]
        assert table["town"].tolist() == ["Bonn", "Bonn", "Ulm"]

    def test_an_order_of_the_query_is_kept(self, sqlite):
        source = sqlite(*HOUSES, query="SELECT * FROM houses ORDER BY rooms DESC")

        assert source.read()["rooms"].tolist() == [3, 2, 1]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("SELECT a FROM t ORDER  BY a", True),
            ("select a from t order\nby a", True),
            ("SELECT a FROM (SELECT a FROM t ORDER BY a) s", False),
            ("SELECT rank() OVER (PARTITION BY f(b) ORDER BY a) FROM t", False),
            ("SELECT a FROM t -- ORDER BY a", False),
            ("SELECT a FROM t /* ORDER BY a */", False),
            ("SELECT ' ORDER BY ' FROM t", False),
            ('SELECT "order by" FROM t', False),
            ("SELECT ')' FROM t ORDER BY a", True),
        ],
    )
    def test_only_the_querys_own_order_counts(self, query, expected):
        """The words in a comment, a text or an inner query order nothing."""
        assert is_ordered(query) is expected


class TestReading:
    def test_colons_and_percents_are_no_parameters(self, sqlite):
        """A text such as 12:30 or a LIKE must reach the database as it stands."""
        query = "SELECT 'a:b %s 50%' AS t, rooms FROM houses WHERE town LIKE 'B%'"

        assert set(sqlite(*HOUSES, query=query).read()["t"]) == {"a:b %s 50%"}

    def test_a_view_is_a_table(self, sqlite):
        view = "CREATE VIEW small AS SELECT * FROM houses WHERE rooms < 3"

        assert len(sqlite(*HOUSES, view, table="small").read()) == 2

    def test_names_with_spaces_and_quotes_are_found(self, sqlite):
        statements = (
            'CREATE TABLE "my ""houses" ("a b" INTEGER, "größe" REAL)',
            'INSERT INTO "my ""houses" VALUES (1, 2.5)',
        )
        table = sqlite(*statements, table='my "houses').read()

        assert list(table.columns) == ["a b", "größe"]

    def test_integers_and_blanks_of_later_rows_make_one_column(self, sqlite):
        """Rows come some thousand at a time; a column's type is that of all of them."""
        rows = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE "
            "i < 25000) SELECT i, CASE WHEN i <= 10000 THEN i WHEN i <= 20000 THEN "
            "i + 0.5 END AS v, CASE WHEN i > 20000 THEN 'x' END AS t FROM n ORDER BY i"
        )
        table = sqlite(query=rows).read()

        assert table["i"].tolist() == list(range(1, 25_001))
        assert table["v"].dtype == "float64"
        assert table["v"].isna().sum() == 5000
        assert table["t"].isna().sum() == 20_000
        assert table["t"].dtype == "str"

    def test_nothing_is_written(self, sqlite):
        """A query with a side effect would change the next run's table."""
        query = "WITH x AS (SELECT 1) INSERT INTO houses SELECT 'Jena', 1, 1 FROM x"
        source = sqlite(*HOUSES, query=query)

        assert "readonly" in refusal(source)
        assert len(SqlSource(source.url, table="houses").read()) == 3


class TestPostgresql:
    def test_its_types_become_plain_ones(self, postgresql):
        """Decimals, dates, truth values and UUIDs are what real tables hold."""
        table = postgresql(
            "DROP TABLE IF EXISTS sweepkit_types",
            "CREATE TABLE sweepkit_types (u uuid, n numeric(8,2), d date, "
            "t timestamptz, b boolean, big bigint, s text)",
            "INSERT INTO sweepkit_types SELECT "
            "('00000000-0000-0000-0000-00000000000' || i)::uuid, i / 4.0, "
            "date '2024-01-01' + i, timestamptz '2024-01-01 12:00+02', i = 1, "
            "9007199254740993, 'x%y:z' "
            "FROM generate_series(1, 2) i",
            "INSERT INTO sweepkit_types(u) VALUES (NULL)",
            table="sweepkit_types",
        ).read()

        assert table["n"].tolist()[:2] == [0.25, 0.5]
        assert str(table["d"][0].date()) == "2024-01-02"
        assert table["t"][0].isoformat() == "2024-01-01T10:00:00+00:00"
        assert table["b"].tolist() == [True, False, None]
        assert table["u"][0] == "00000000-0000-0000-0000-000000000001"
        assert table["s"][0] == "x%y:z"

    def test_a_table_of_another_schema_is_named_with_it(self, postgresql):
        source = postgresql(
            "CREATE SCHEMA IF NOT EXISTS sweepkit_s",
            "CREATE TABLE IF NOT EXISTS sweepkit_s.t (a integer)",
            "TRUNCATE sweepkit_s.t",
            "INSERT INTO sweepkit_s.t VALUES (2), (1)",
            table="sweepkit_s.t",
        )
        assert source.read()["a"].tolist() == [1, 2]

    def test_a_query_cannot_write(self, postgresql):
        """Functions may write, which no look at the query can tell."""
        source = postgresql(
            "CREATE TABLE IF NOT EXISTS sweepkit_w (a integer)",
            "CREATE OR REPLACE FUNCTION sweepkit_f() RETURNS integer LANGUAGE sql AS "
            "'INSERT INTO sweepkit_w VALUES (1) RETURNING a'",
            query="SELECT sweepkit_f() AS a",
        )
        assert "read-only transaction" in refusal(source)

    @pytest.mark.parametrize("expression", ["'{}'::jsonb", "array[1]", "'x'::bytea"])
    def test_refuses_what_has_no_plain_value(self, postgresql, expression):
        message = refusal(postgresql(query=f"SELECT {expression} AS doc"))

        assert "Column 'doc' holds" in message
        assert "data.columns" in message

    def test_an_error_of_the_server_shows_no_password(self, postgresql):
        """Messages end in logs, in chats and in bug reports."""
        url = POSTGRESQL.replace("@", f":{SECRET}@", 1).rpartition("/")[0]
        message = refusal(SqlSource(f"{url}/nowhere", query="SELECT 1 AS a"))

        assert '"nowhere" does not exist' in message
        assert "geheim" not in message


class TestRefusals:
    @pytest.mark.parametrize(
        ("query", "said"),
        [
            pytest.param("SELECT * FROM houses WHERE 0", ["no rows"], id="empty"),
            pytest.param(
                "SELECT town, rooms AS town FROM houses",
                ["2 columns", "'town'", "AS"],
                id="doubled name",
            ),
            pytest.param("SELECT x'00' AS a", ["'a'", "binary"], id="binary"),
            pytest.param(
                "SELECT rooms AS a FROM houses UNION ALL SELECT 'many'",
                ["'a'", "integer and text", "CAST"],
                id="mixed",
            ),
            pytest.param("DELETE FROM houses", ["'DELETE'", "SELECT"], id="delete"),
            pytest.param(
                "SELECT 1; DROP TABLE houses", ["several statements"], id="several"
            ),
            pytest.param("  -- nothing", ["is empty"], id="only a comment"),
            pytest.param("SELECT nope FROM houses", ["nope"], id="no such column"),
            pytest.param("SELECT FROM", ["syntax"], id="syntax"),
            pytest.param('SELECT 1 AS " "', ["without a name"], id="no name"),
        ],
    )
    def test_says_what_is_wrong_with_the_query(self, sqlite, query, said):
        """A person can only mend what the message lets them find."""
        message = refusal(sqlite(*HOUSES, query=query))

        for words in said:
            assert words in message
        assert "data." in message

    def test_text_after_thousands_of_numbers_is_refused(self, sqlite):
        """sqlite lets a column of numbers hold a text; pandas would make objects."""
        rows = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE "
            "i < 20001) SELECT CASE WHEN i > 20000 THEN 'x' ELSE i END AS a FROM n"
        )
        assert "Column 'a' holds int64 and string" in refusal(sqlite(query=rows))

    def test_suggests_a_table_of_a_similar_name(self, sqlite):
        message = refusal(sqlite(*HOUSES, table="hosues"))

        assert "Did you mean 'houses'?" in message
        assert "data.table" in message

    def test_suggests_a_column_of_a_similar_name(self, sqlite):
        message = refusal(sqlite(*HOUSES, table="houses", columns=["prize"]))

        assert "Did you mean 'price'?" in message
        assert "data.columns" in message

    @pytest.mark.parametrize("options", [{}, {"query": "SELECT 1", "table": "t"}])
    def test_needs_one_of_query_and_table(self, sqlite, options):
        assert "data.query and data.table" in refusal(sqlite(**options))

    def test_a_missing_file_is_not_made(self, tmp_path):
        """sqlite makes an empty database of any name it is given."""
        (tmp_path / "houses.db").touch()
        message = refusal(SqlSource(f"sqlite:///{tmp_path}/house.db", table="t"))

        assert "Did you mean 'houses.db'?" in message
        assert "data.url" in message
        assert not (tmp_path / "house.db").exists()

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            pytest.param(f"postgresql://me:{SECRET}", "no address", id="malformed"),
            pytest.param(f"nosql://me:{SECRET}@h/x", "'nosql'", id="unknown kind"),
            pytest.param(
                f"mssql+pymssql://me:{SECRET}@h/x", "pip install", id="no driver"
            ),
            pytest.param(
                f"postgresql://me:{SECRET}@127.0.0.1:1/x?application_name=geheim",
                "postgresql://127.0.0.1:1/x refuses",
                id="nobody answers",
            ),
        ],
    )
    def test_a_bad_address_is_explained_without_its_password(self, url, said):
        """Messages end in logs, in chats and in bug reports."""
        source = SqlSource(url, query="SELECT 1 AS a")

        message = refusal(source)

        assert said in message
        assert "geheim" not in message + repr(source)


def test_decimals_are_numbers():
    """A driver returns NUMERIC as Decimal, of which no model can make anything."""
    from sweepkit.data.sql_cells import SqlColumn

    column = SqlColumn("a")
    column.add([Decimal("1.50"), None, 2])

    assert column.finish().to_pylist() == [1.5, None, 2.0]
