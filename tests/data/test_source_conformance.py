"""What the rest of the project may rely on, whatever the source."""

import bz2
import gzip
import lzma
import os
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import fsspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pandas.testing import assert_frame_equal

from sweepkit.data.fingerprint import fingerprint
from sweepkit.data.schema import infer_schema
from sweepkit.data.sources import CsvSource, ParquetSource
from sweepkit.data.sql import SqlSource

POSTGRESQL = os.environ.get("SWEEPKIT_TEST_POSTGRESQL", "")
N = 40
# In the order of its rows' content, which is that of a database without ORDER BY.
TABLE = pd.DataFrame(
    {
        "code": pd.Series([f"{n:05d}" for n in range(N)], dtype="str"),
        "rooms": np.arange(N) % 7 - 3,
        "size": [np.nan if n % 9 == 4 else n / 7 for n in range(N)],
        "place": pd.Series(
            [None if n % 5 == 2 else f'Straße {n % 3}, "Hof"' for n in range(N)],
            dtype="str",
        ),
        "sold_on": pd.Series(
            [f"2024-01-{n % 28 + 1:02d}" for n in range(N)], dtype="str"
        ),
        "price": [0.1 + n / 3 for n in range(N)],
    }
)
CSV = TABLE.to_csv(index=False).encode()


def write(path, content):
    path.write_bytes(content)
    return path


def make_zip(tmp_path):
    with zipfile.ZipFile(tmp_path / "t.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/t.csv", CSV)
    return CsvSource(tmp_path / "t.zip")


def make_csv_parts(tmp_path):
    (tmp_path / "parts").mkdir()
    for number, start in enumerate(range(0, N, 15)):
        part = TABLE.iloc[start : start + 15]
        part.to_csv(tmp_path / "parts" / f"{number}.csv", index=False)
    return CsvSource(f"{tmp_path}/parts/*.csv")


def make_parquet(tmp_path):
    TABLE.to_parquet(tmp_path / "t.parquet")
    return ParquetSource(tmp_path / "t.parquet")


def make_filtered_parquet(tmp_path):
    """pandas keeps the index of a part of a table in the file."""
    twice = pd.concat([TABLE, TABLE])
    twice[N:].to_parquet(tmp_path / "t.parquet")
    return ParquetSource(tmp_path / "t.parquet")


def make_parquet_folder(tmp_path):
    for number, start in enumerate(range(0, N, 15)):
        folder = tmp_path / "whole" / f"{number}"
        folder.mkdir(parents=True)
        TABLE.iloc[start : start + 15].to_parquet(folder / "part.parquet")
    (tmp_path / "whole" / "_SUCCESS").touch()
    return ParquetSource(tmp_path / "whole")


def make_sqlite(tmp_path):
    with closing(sqlite3.connect(tmp_path / "t.db")) as database:
        TABLE.sample(frac=1, random_state=1).to_sql("t", database, index=False)
    return SqlSource(f"sqlite:///{tmp_path}/t.db", table="t")


def make_query(tmp_path):
    source = make_sqlite(tmp_path)
    return SqlSource(source.url, query="SELECT * FROM t ORDER BY code;")


def make_postgresql(tmp_path):
    if not POSTGRESQL:
        pytest.skip("SWEEPKIT_TEST_POSTGRESQL names no server")
    import sqlalchemy as sa

    engine = sa.create_engine(POSTGRESQL)
    with engine.begin() as connection:
        shuffled = TABLE.sample(frac=1, random_state=1)
        shuffled.to_sql("sweepkit_t", connection, index=False, if_exists="replace")
    engine.dispose()
    return SqlSource(POSTGRESQL, table="sweepkit_t")


def make_remote(tmp_path):
    with fsspec.open("memory://conformance/t.csv", "wb") as file:
        file.write(CSV)
    return CsvSource("memory://conformance/t.csv", cache=str(tmp_path / "cache"))


MAKERS = {
    "csv": lambda p: CsvSource(write(p / "t.csv", CSV)),
    "csv as utf-16": lambda p: CsvSource(
        write(p / "t.csv", CSV.decode().encode("utf-16")), encoding="utf-16"
    ),
    "csv by gzip": lambda p: CsvSource(write(p / "t.csv.gz", gzip.compress(CSV))),
    "csv by bzip2": lambda p: CsvSource(write(p / "t.csv.bz2", bz2.compress(CSV))),
    "csv by xz": lambda p: CsvSource(write(p / "t.csv.xz", lzma.compress(CSV))),
    "csv by zstd": lambda p: CsvSource(
        write(p / "t.csv.zst", pa.compress(CSV, "zstd", asbytes=True))
    ),
    "csv by zip": make_zip,
    "csv parts": make_csv_parts,
    "csv from a store": make_remote,
    "parquet": make_parquet,
    "parquet of some rows": make_filtered_parquet,
    "parquet folder": make_parquet_folder,
    "sqlite table": make_sqlite,
    "sqlite query": make_query,
    "postgresql table": make_postgresql,
}


@pytest.fixture(params=[*MAKERS, "csv from the web"])
def source(request, tmp_path, web):
    if request.param == "csv from the web":
        return CsvSource(web.put("t.csv", CSV), cache=str(tmp_path / "cache"))
    return MAKERS[request.param](tmp_path)


class TestEverySource:
    def test_yields_the_very_same_table(self, source):
        """Where a table lies is no property of a model; the last bit counts."""
        table = source.read()

        assert_frame_equal(table, TABLE)
        assert fingerprint(table) == fingerprint(TABLE)

    def test_names_are_unique_text_and_rows_are_numbered_from_zero(self, source):
        """Splits select by position and columns by name."""
        table = source.read()

        assert table.columns.is_unique
        assert all(isinstance(name, str) for name in table.columns)
        assert isinstance(table.index, pd.RangeIndex)
        assert table.index.equals(pd.RangeIndex(N))

    def test_large_tables_hold_the_same_in_fewer_bytes(self, source, monkeypatch):
        """A table grows past a million rows and still is the table it was."""
        monkeypatch.setattr("sweepkit.data.compact.LARGE_ROWS", 1)

        table = source.read()

        assert table.dtypes["rooms"] == "int8"
        assert table.dtypes["place"] == "category"
        for ordered in (True, False):
            expected = fingerprint(TABLE, ordered=ordered)
            assert fingerprint(table, ordered=ordered) == expected

    @pytest.mark.parametrize("target", ["price", "sold_on", "rooms"])
    def test_large_tables_make_the_same_schema_and_rows(
        self, source, monkeypatch, target
    ):
        """What a model gets must not hang on how the table lies in memory."""
        monkeypatch.setattr("sweepkit.data.compact.LARGE_ROWS", 1)
        table = source.read()
        roles = {"place": "categorical"}
        if target == "sold_on":  # labels
            table, plain = (t.assign(sold_on=t["place"]) for t in (table, TABLE))
            keep = plain["sold_on"].notna()
            table, plain = table[keep].reset_index(), plain[keep].reset_index()
            roles = {}
        else:
            plain = TABLE

        schema = infer_schema(table, target=target, overrides=roles)

        assert schema == infer_schema(plain, target=target, overrides=roles)
        assert_frame_equal(schema.conform(table), schema.conform(plain))
        known = schema.target_values(plain)
        np.testing.assert_array_equal(schema.target_values(table), known)


def test_only_chosen_columns_are_read(tmp_path):
    """A table of hundreds of columns need not fit into memory with all of them."""
    for make in (MAKERS["csv"], make_csv_parts, make_parquet, make_sqlite, make_query):
        folder = Path(tmp_path / make.__name__)
        folder.mkdir(exist_ok=True)
        whole = make(folder / "")
        chosen = {**{n: getattr(whole, n) for n in whole.__slots__}}
        source = type(whole)(**{**chosen, "columns": ["price", "code"]})

        # In the order of the table, whatever that of the words.
        assert_frame_equal(source.read(), TABLE[["code", "price"]])
