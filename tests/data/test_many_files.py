import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sweepkit.data.sources import CsvSource, ParquetSource
from sweepkit.errors import DataError


def refusal(source):
    with pytest.raises(DataError) as caught:
        source.read()
    return str(caught.value)


@pytest.fixture
def csvs(tmp_path):
    """Return a function that writes texts as 1.csv, 2.csv ... and returns a source."""

    def write(*texts, **options):
        for number, text in enumerate(texts, 1):
            (tmp_path / f"{number}.csv").write_text(text)
        return CsvSource(tmp_path / "*.csv", **options)

    return write


@pytest.fixture
def parquets(tmp_path):
    def write(*tables):
        for number, table in enumerate(tables, 1):
            pq.write_table(table, tmp_path / f"{number}.parquet")
        return ParquetSource(tmp_path / "*.parquet")

    return write


class TestCsvFiles:
    def test_columns_may_stand_in_another_order(self, csvs):
        """Names say what a cell is, not its place."""
        table = csvs("a,b\n1,x\n", "b,a\ny,2\n").read()

        assert table["a"].tolist() == [1, 2]
        assert table["b"].tolist() == ["x", "y"]

    def test_each_file_may_have_its_own_delimiter(self, csvs):
        assert csvs("a,b\n1,x\n", "a;b\n2;y\n").read().shape == (2, 2)

    def test_a_column_has_the_type_of_all_files(self, csvs):
        """Codes of January must not be numbers because February has no zeros."""
        table = csvs("zip,n\n10115,1\n", "zip,n\n01067,1.5\n").read()

        assert table["zip"].tolist() == ["10115", "01067"]
        assert table["n"].dtype == "float64"

    @pytest.mark.parametrize(
        ("second", "said"),
        [
            pytest.param("a\n1\n", "only one column", id="one column"),
            pytest.param(
                "a,c\n1,2\n", "lacks the column 'b' and has the column 'c'", id="other"
            ),
            pytest.param("a,b,c\n1,2,3\n", "has the column 'c' besides", id="more"),
            pytest.param("a,c,d\n1,2,3\n", "lacks the column 'b'", id="fewer"),
            pytest.param("a,b\n", "no rows", id="no rows"),
            pytest.param("", "is empty", id="empty"),
            pytest.param("a,b\n1\n", "line 2: 1 cell", id="short row"),
        ],
    )
    def test_says_which_file_differs_and_how(self, csvs, second, said):
        """Of a hundred files a person has to find the one."""
        message = refusal(csvs("a,b\n1,2\n", second))

        assert "2.csv" in message
        assert said in message

    def test_a_stray_text_is_found_by_file_and_line(self, csvs):
        good = "a,b\n1,x\n2,y\n3,z\n"
        message = refusal(csvs(good, '\na,b\n4,"x\ny"\nfive,z\n'))

        assert "2.csv, line 5, column 'a': 'five'" in message


class TestParquetFiles:
    def test_types_of_one_family_become_one(self, parquets):
        """One file without a fraction, or without a value, is no other table."""
        table = parquets(
            pa.table({"n": [1, 2], "t": pa.nulls(2), "i": pa.array([1, 2], pa.int8())}),
            pa.table({"n": [0.5], "t": ["x"], "i": pa.array([3], pa.int32())}),
        ).read()

        assert table["n"].tolist() == [1.0, 2.0, 0.5]
        assert table["t"].isna().tolist() == [True, True, False]
        assert table["i"].dtype == "int64"

    @pytest.mark.parametrize(
        ("second", "said"),
        [
            ({"a": ["x"]}, "column 'a': string values, where"),
            ({"b": [1]}, "lacks the column 'a' and has the column 'b' besides"),
        ],
        ids=["type", "name"],
    )
    def test_says_which_file_differs_and_how(self, parquets, second, said):
        message = refusal(parquets(pa.table({"a": [1]}), pa.table(second)))

        assert "2.parquet" in message
        assert said in message


class TestParquetFolders:
    @pytest.fixture
    def folder(self, tmp_path):
        frame = pd.DataFrame({"year": [2023, 2023, 2024], "town": ["a/b", None, "c"]})
        frame["n"] = [1.5, 2.5, 3.5]
        frame["zip"] = ["010", "010", "101"]
        frame.to_parquet(tmp_path / "t", partition_cols=["year", "town", "zip"])
        return tmp_path / "t"

    def test_names_of_folders_are_columns(self, folder):
        """Spark and pandas leave a column out of the files that way."""
        table = ParquetSource(folder).read().sort_values("n")

        assert table["year"].tolist() == [2023, 2023, 2024]
        assert table["town"].fillna("-").tolist() == ["a/b", "-", "c"]
        assert table["zip"].tolist() == ["010", "010", "101"]

    def test_a_folders_name_can_be_the_only_one_wanted(self, folder):
        table = ParquetSource(folder, columns=["n", "year"]).read()

        assert list(table.columns) == ["n", "year"]

    def test_other_keys_are_refused(self, folder):
        pq.write_table(pa.table({"n": [1.0]}), folder / "more.parquet")

        assert "lies under the keys" in refusal(ParquetSource(folder))

    def test_a_folder_without_parquet_is_refused(self, tmp_path):
        (tmp_path / "_temporary.parquet").touch()

        assert "without Parquet files" in refusal(ParquetSource(tmp_path))

    def test_a_folder_of_csv_files_wants_a_pattern(self, tmp_path):
        message = refusal(CsvSource(tmp_path))

        assert "is a folder" in message


def test_a_column_that_is_not_read_may_hold_anything(tmp_path):
    """What a model cannot use must not keep it from the rest of a table."""
    table = pa.table({"a": [1], "doc": [[1, 2]]})
    pq.write_table(table, tmp_path / "t.parquet")

    assert ParquetSource(tmp_path / "t.parquet", columns=["a"]).read().shape == (1, 1)


@pytest.mark.parametrize("columns", [[], ["prize"]], ids=["none", "unknown"])
def test_columns_that_make_no_sense_are_refused(tmp_path, columns):
    (tmp_path / "t.csv").write_text("price,b\n1,2\n")

    message = refusal(CsvSource(tmp_path / "t.csv", columns=columns))
    assert "data.columns" in message
