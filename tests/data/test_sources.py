from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

from sweepkit.data.fingerprint import fingerprint
from sweepkit.data.sources import CsvSource, ExampleSource, ParquetSource
from sweepkit.errors import DataError

TABLE = pd.DataFrame(
    {
        "rooms": [3, 4, 5],
        "price": [1.5, np.nan, 0.1 + 0.2],
        "place": pd.Series(["INLAND", None, "ISLAND"], dtype="str"),
    }
)


@pytest.fixture
def csv(tmp_path):
    """Return a function that writes text or bytes and returns the source of it."""

    def write(content, **options):
        path = tmp_path / "houses.csv"
        raw = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(raw)
        return CsvSource(path, **options)

    return write


@pytest.fixture
def parquet(tmp_path):
    def write(table):
        path = tmp_path / "houses.parquet"
        pq.write_table(table, path)
        return ParquetSource(path)

    return write


def refusal(source):
    """Return what a source says when it refuses to read."""
    with pytest.raises(DataError) as caught:
        source.read()
    return str(caught.value)


class TestEverySource:
    """What the rest of the project may rely on, whatever the source."""

    @pytest.fixture(params=["example", "csv", "parquet"])
    def source(self, request, tmp_path):
        if request.param == "example":
            return ExampleSource()
        path = tmp_path / f"table.{request.param}"
        if request.param == "csv":
            TABLE.to_csv(path, index=False)
            return CsvSource(str(path))
        # A filtered table: pandas stores its index in the file as well.
        TABLE[TABLE["rooms"] > 3].to_parquet(path)
        return ParquetSource(str(path))

    def test_column_names_are_unique_text(self, source):
        """A doubled name would select two columns where one is meant."""
        columns = source.read().columns

        assert columns.is_unique
        assert all(isinstance(name, str) for name in columns)

    def test_rows_are_numbered_from_zero(self, source):
        """Splits select by position; a left-over index would mislead them."""
        table = source.read()

        assert isinstance(table.index, pd.RangeIndex)
        assert table.index.equals(pd.RangeIndex(len(table)))

    def test_reading_twice_gives_the_same_table(self, source):
        """A run is only reproducible if its table is."""
        assert fingerprint(source.read()) == fingerprint(source.read())


class TestCsvReading:
    def test_numbers_and_text_come_back_exactly(self, csv):
        """The last bit counts: equal metrics need equal inputs."""
        assert_frame_equal(csv(TABLE.to_csv(index=False)).read(), TABLE)

    @pytest.mark.parametrize(
        "mark",
        [
            pytest.param(",", id="comma"),
            pytest.param(";", id="semicolon"),
            pytest.param("\t", id="tab"),
            pytest.param("|", id="bar"),
        ],
    )
    def test_finds_the_delimiter(self, csv, mark):
        """Nobody should have to know what separates their cells."""
        assert_frame_equal(csv(TABLE.to_csv(index=False, sep=mark)).read(), TABLE)

    def test_a_comma_in_every_text_does_not_hide_the_semicolon(self, csv):
        """What divides the header decides, not what is most frequent."""
        table = csv("name;size\na, b, c;1\nd, e, f;2\n").read()

        assert list(table.columns) == ["name", "size"]

    @pytest.mark.parametrize("word", ["\\t", "tab", "\t"])
    def test_a_tab_can_be_typed(self, csv, word):
        """A shell passes backslash and t as two characters."""
        assert csv("a\tb\n1\t2\n", delimiter=word).read().shape == (1, 2)

    def test_decimal_commas_are_read_when_told(self, csv):
        table = csv("a;b\n1,5;-2\n,25;3e2\n", decimal=",").read()

        assert table["a"].tolist() == [1.5, 0.25]
        assert table["b"].tolist() == [-2.0, 300.0]

    @pytest.mark.parametrize(
        "word", ["", "NA", "n/a", "?", "null", "NaN", " ", "None", "#N/A"]
    )
    def test_blank_words_leave_a_column_numeric(self, csv, word):
        """One `?` must not turn twenty thousand numbers into text."""
        column = csv(f"a,b\n1,x\n{word},y\n3,{word}\n").read()

        assert column["a"].dtype == "float64"
        assert column["a"].isna().tolist() == [False, True, False]
        assert column["b"].isna().tolist() == [False, False, True]

    def test_blanks_around_names_and_cells_are_dropped(self, csv):
        """`a, b` is written by hand as often as `a,b`."""
        table = csv('a , b\n 1 ,x \n 2, "y, z"\n').read()

        assert table["a"].tolist() == [1, 2]
        assert table["b"].tolist() == ["x", "y, z"]

    def test_codes_keep_their_digits(self, csv):
        """The postal code 02139 and a card number are no quantities."""
        table = csv("zip,card,n\n02139,4000123412341234,1\n94016,7,2\n").read()

        assert table["zip"].tolist() == ["02139", "94016"]
        assert table["card"].tolist() == ["4000123412341234", "7"]
        assert table["n"].tolist() == [1, 2]

    @pytest.mark.parametrize("encoding", ["utf-8", "UTF8", "utf-8-sig"])
    def test_a_byte_order_mark_is_no_part_of_the_first_name(self, csv, encoding):
        """Excel writes one; the target would otherwise be missing."""
        raw = b"\xef\xbb\xbfprice,b\n1,2\n"

        assert list(csv(raw, encoding=encoding).read().columns) == ["price", "b"]

    def test_other_encodings_are_read_when_told(self, csv):
        raw = "ort,n\nMünchen,1\n".encode("cp1252")

        assert csv(raw, encoding="cp1252").read()["ort"].tolist() == ["München"]

    def test_line_ends_of_windows_and_blank_lines_are_no_rows(self, csv):
        assert csv("a,b\r\n1,2\r\n\r\n3,4\r\n\r\n").read()["a"].tolist() == [1, 3]

    def test_line_breaks_in_quotes_stay_in_the_cell(self, csv):
        table = csv('a,b\n"x\ny",1\nz,2\n').read()

        assert table["a"].tolist() == ["x\ny", "z"]

    def test_a_chosen_role_keeps_text_that_looks_numeric(self, csv):
        """The cure a refusal names has to work."""
        text = "grade,n\n1,1\n2,2\nK,3\n"

        table = csv(text, roles={"grade": "categorical"}).read()
        assert table["grade"].tolist() == ["1", "2", "K"]

    def test_home_folder_is_expanded(self, tmp_path, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path))
        (tmp_path / "t.csv").write_text("a,b\n1,2\n")

        assert CsvSource("~/t.csv").read().shape == (1, 2)


class TestCsvRefusals:
    """Each of these files is read by pandas without complaint, but wrongly."""

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            pytest.param("", ["is empty", "data.path"], id="no bytes"),
            pytest.param(" \n\n", ["is empty"], id="only blank lines"),
            pytest.param(b"\xef\xbb\xbf", ["is empty"], id="only a byte order mark"),
            pytest.param("a,b\n", ["no rows", "data.path"], id="header only"),
            pytest.param(
                "a,b,a\n1,2,3\n", ["line 1", "'a'", "1 and 3"], id="doubled name"
            ),
            pytest.param(
                ",a,b\n0,1,2\n",
                ["line 1", "column 1 of 3", "index=False"],
                id="no name",
            ),
            pytest.param("1,2.5\n3,4\n", ["line 1", "only numbers"], id="no header"),
            pytest.param(
                "a,b\n1,2\n3\n4,5\n6\n",
                [
                    "line 3",
                    "1 cell where",
                    "has 2",
                    "2 such rows of 4",
                    "data.delimiter",
                ],
                id="short row",
            ),
            pytest.param(
                "a,b\n1,2\n3,4,5\n", ["line 3", "3 cells", "has 2"], id="long row"
            ),
            pytest.param(
                'a,b\n"x\ny\nz",1\nshort\n', ["line 5"], id="line after quoted breaks"
            ),
            pytest.param('a,b\n1,"x\n2,y\n', ["line 2", "quote"], id="open quote"),
            pytest.param('a,b\n"x"y,1\n', ["line 2", "quote"], id="text after a quote"),
            pytest.param(
                "houses\n1\n2\n",
                ["'houses'", "only one column", "data.delimiter"],
                id="single",
            ),
            pytest.param(
                b"a,b\nx,1\nM\xfcnchen,2\n",
                ["line 3", "0xfc", "utf-8", "data.encoding", "cp1252"],
                id="not utf-8",
            ),
            pytest.param(
                "a,b\n1,2\n".encode("utf-16-le"), ["NUL", "utf-16"], id="utf-16"
            ),
            pytest.param(b"PAR1....PAR1", ["data=parquet"], id="parquet"),
            pytest.param(b"PK\x03\x04xl", ["workbook"], id="workbook"),
            pytest.param(b"\x1f\x8b\x08", ["gzip"], id="gzip"),
        ],
    )
    def test_says_what_is_wrong_and_where(self, csv, content, said):
        """A person can only mend what the message lets them find."""
        message = refusal(csv(content))

        assert "houses.csv" in message
        for words in said:
            assert words in message

    @pytest.mark.parametrize(("mark", "name"), [(";", ";"), ("\t", "tab"), ("|", "|")])
    def test_names_the_delimiter_that_would_fit(self, csv, mark, name):
        """One wide column is the commonest wrong reading of all."""
        message = refusal(csv(TABLE.to_csv(index=False, sep=mark), delimiter=","))

        assert f"""`'data.delimiter="{name}"'` would fit""" in message

    def test_a_bad_cell_is_found_by_line_and_column(self, csv):
        """pandas makes text of the whole column; the model would get 20,000 labels."""
        lines = [f"{n},{n}" for n in range(20_000)]
        lines[16] = "abc,16"
        message = refusal(csv("\n".join(["rooms,n", *lines])))

        assert "line 18, column 'rooms': 'abc'" in message
        assert "data.roles.rooms=categorical" in message

    def test_the_line_of_a_bad_cell_counts_breaks_in_quotes(self, csv):
        """The line is for an editor, so it is that of the file."""
        text = 'text,n\n"a\nb",1\n\nc,2\nd,x\ne,3\n'

        assert "line 6, column 'n': 'x'" in refusal(csv(text))

    def test_a_numeric_role_admits_no_text_at_all(self, csv):
        text = "a,b\n1,1\nx,2\ny,3\nz,4\n"

        assert "line 3, column 'a': 'x'" in refusal(csv(text, roles={"a": "numeric"}))

    @pytest.mark.parametrize(
        ("text", "decimal", "cure"),
        [
            pytest.param("a;b\n1,5;x\n2,5;y\n", ".", ",", id="comma for point"),
            pytest.param("a;b\n1.5;x\n2.5;y\n", ",", ".", id="point for comma"),
            pytest.param("a;b\n1;x\n2,5;y\n", ".", ",", id="some are whole"),
        ],
    )
    def test_notices_the_other_decimal_mark(self, csv, text, decimal, cure):
        """As text, 1,5 and 2,5 would be two categories."""
        message = refusal(csv(text, decimal=decimal))

        assert "column 'a'" in message
        assert f"""`'data.decimal="{cure}"'`""" in message

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"decimal": ";"}, "data.decimal"),
            ({"delimiter": ";;"}, "data.delimiter"),
            ({"delimiter": " "}, "data.delimiter"),
            ({"encoding": "utf-9"}, "data.encoding"),
            ({"encoding": "base64"}, "data.encoding"),
        ],
        ids=str,
    )
    def test_names_the_option_that_makes_no_sense(self, csv, options, said):
        assert said in refusal(csv("a,b\n1,2\n", **options))

    def test_a_mark_of_utf8_contradicts_another_encoding(self, csv):
        """The first column would be called `ï»¿a`."""
        raw = b"\xef\xbb\xbfa,b\n1,2\n"

        assert "data.encoding" in refusal(csv(raw, encoding="cp1252"))


class TestMissingFiles:
    @pytest.mark.parametrize("source", [CsvSource, ParquetSource])
    def test_suggests_a_file_of_a_similar_name(self, source, tmp_path):
        """Most missing files are mistyped ones."""
        (tmp_path / "housing.csv").touch()
        message = refusal(source(tmp_path / "Housng.csv"))

        assert "Did you mean 'housing.csv'?" in message
        assert "data.path" in message

    def test_says_when_the_folder_is_missing_too(self, tmp_path):
        assert "nor does its folder" in refusal(CsvSource(tmp_path / "no" / "a.csv"))

    def test_a_folder_is_no_file(self, tmp_path):
        assert "is a folder" in refusal(ParquetSource(tmp_path))


class TestParquet:
    def test_values_become_plain_ones(self, parquet):
        """Decimals, dictionaries and dates arrive as types every room knows."""
        table = parquet(
            pa.table(
                {
                    "amount": [Decimal("1.50"), None],
                    "label": pa.array(["a", "b"]).dictionary_encode(),
                    "day": pa.array([19_000, None], pa.date32()),
                }
            )
        ).read()

        assert table["amount"].dtype == "float64"
        assert table["label"].dtype == "str"
        assert table["day"].dtype.kind == "M"

    @pytest.mark.parametrize(
        ("table", "said"),
        [
            pytest.param(
                pa.table([[1], [2]], names=["a", "a"]),
                ["2 columns", "'a'"],
                id="doubled",
            ),
            pytest.param(pa.table({" ": [1]}), ["no name"], id="no name"),
            pytest.param(
                pa.table({"a": [[1, 2]]}), ["column 'a'", "list", "Flatten"], id="list"
            ),
            pytest.param(
                pa.table({"a": [{"x": 1}]}), ["column 'a'", "struct"], id="struct"
            ),
            pytest.param(pa.table({"a": [b"x"]}), ["column 'a'", "binary"], id="bytes"),
            pytest.param(
                pa.table({"a": pa.array([], pa.int64())}), ["no rows"], id="no rows"
            ),
        ],
    )
    def test_refuses_what_is_no_plain_table(self, parquet, table, said):
        message = refusal(parquet(table))

        for words in said:
            assert words in message

    @pytest.mark.parametrize(
        "damage",
        [
            pytest.param(lambda _: b"", id="empty"),
            pytest.param(lambda _: b"a,b\n1,2\n", id="a csv file"),
            pytest.param(lambda raw: raw[: len(raw) // 2], id="cut off"),
            pytest.param(
                lambda raw: raw[:4] + b"\xff" * 40 + raw[44:], id="overwritten"
            ),
        ],
    )
    def test_refuses_a_damaged_file(self, parquet, damage):
        """An interrupted copy must not end in a stack trace."""
        source = parquet(pa.table({"a": list(range(1000))}))
        source.path.write_bytes(damage(source.path.read_bytes()))

        assert "cannot be read as Parquet" in refusal(source)
