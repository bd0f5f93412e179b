import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweepkit.data import csv_cells
from sweepkit.data.compact import MAX_LABELS, to_labels
from sweepkit.data.conform import to_boolean, to_categorical, to_date, to_numeric
from sweepkit.data.csv_checks import CsvFile
from sweepkit.data.csv_table import CsvTable
from sweepkit.data.memory import count_available, refuse_too_large
from sweepkit.data.parquet_table import ParquetTable
from sweepkit.data.sources import CsvSource, ParquetSource
from sweepkit.data.sql import SqlSource
from sweepkit.data.text_file import check_text
from sweepkit.errors import DataError


class TestBlocks:
    """CSV is read some thousand rows at a time; where they end must not show."""

    @pytest.fixture(autouse=True)
    def few_rows_at_once(self, monkeypatch):
        monkeypatch.setattr("sweepkit.data.csv_table._ROWS_AT_ONCE", 3)
        monkeypatch.setattr("sweepkit.data.text_file._BLOCK", 7)

    @pytest.fixture
    def read(self, tmp_path):
        def read(text, **options):
            raw = text if isinstance(text, bytes) else text.encode()
            (tmp_path / "t.csv").write_bytes(raw)
            return CsvSource(tmp_path / "t.csv", **options).read()

        return read

    def test_a_column_is_what_all_of_its_blocks_are(self, read):
        head = "code,number,whole,text,blank\n"
        rows = ["1,1,1,7,", "2,2,2,8,", "3,3,3,z,", "4,,4,x,", "05,.5,5,y,", "6,1,6,z,"]

        table = read(head + "\n".join(rows))

        assert table["code"].tolist() == ["1", "2", "3", "4", "05", "6"]
        assert table["number"].tolist()[4] == 0.5
        assert table["whole"].dtype == "int64"
        assert table["text"].tolist()[0] == "7"
        assert table["blank"].isna().all()

    def test_letters_of_two_bytes_are_whole_across_blocks(self, read):
        assert read("ä,b\n" + "ßüö,1\n" * 50)["ä"].unique().tolist() == ["ßüö"]

    def test_the_line_of_a_bad_byte_counts_all_blocks(self, read):
        with pytest.raises(DataError, match="line 9: byte 0xfc"):
            read(b"a,b\n" + b"x,1\n" * 7 + b"M\xfcn,1\n")

    def test_a_character_cut_off_at_the_end_is_refused(self, read):
        with pytest.raises(DataError, match="byte 0xc3"):
            read("a,b\nx,ä".encode()[:-1])

    def test_bad_rows_of_all_blocks_are_counted(self, read):
        with pytest.raises(DataError, match=r"line 6: 1 cell .*3 such rows of 9"):
            read("a,b\n" + "1,2\n" * 4 + "3\n4\n" + "1,2\n" * 2 + "5\n")

    def test_an_open_quote_of_a_later_block_is_found(self, read):
        with pytest.raises(DataError, match="line 7: a quoted cell"):
            read("a,b\n" + "1,2\n" * 5 + '3,"x\n')


NUMBERS = st.one_of(
    st.floats().map(repr),
    st.integers().map(str),
    st.text("0123456789+-.,eE", max_size=8),
    st.sampled_from(["inf", "-Infinity", "+.5", "1.", ".", "-nan", "nan(1)", "0x1F"]),
)


@given(texts=st.lists(NUMBERS, min_size=1, max_size=3), decimal=st.sampled_from(".,"))
def test_a_quick_look_at_numbers_agrees_with_the_rule(texts, decimal):
    """Two ways to tell numbers that disagree would make a type hang on its block."""
    blanked = csv_cells.blank_out(csv_cells.trim(texts))

    numbers = csv_cells.to_numbers(blanked, decimal)

    is_number = csv_cells.find_numbers(blanked, decimal)
    rule = pc.all(is_number, min_count=0).as_py()
    assert (numbers is not None) is rule
    if numbers is not None:
        for text, number in zip(blanked.to_pylist(), numbers.to_pylist(), strict=True):
            if text is not None:
                assert number == float(text.replace(decimal, "."))


def test_too_many_labels_stay_texts():
    """Categories of a column of names would take more room than the names."""
    texts = pa.chunked_array([[str(n) for n in range(MAX_LABELS + 1)]])

    assert to_labels(texts.dictionary_encode()) is None


def test_labels_are_sorted_whatever_order_they_came_in():
    """The order of categories must not hang on which row came first."""
    chunks = [pa.array(["b", None, "ä"]).dictionary_encode()]
    chunks += [pa.array(["a", "b", "Z"]).dictionary_encode()]

    labels = to_labels(pa.chunked_array(chunks))

    assert labels.categories.tolist() == ["Z", "a", "b", "ä"]
    assert labels.astype(object).tolist() == ["b", np.nan, "ä", "a", "b", "Z"]


@pytest.mark.parametrize(
    ("convert", "values"),
    [
        (to_categorical, ["x", None, "y", "x"]),
        (to_boolean, ["Yes", None, "no", "yes"]),
        (to_date, ["2024-01-31", None, "2024-02-01 10:00", "2024-01-31"]),
        (to_numeric, ["1.5", None, "2", "1e3"]),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_categories_convert_as_their_texts_do(convert, values):
    texts = pd.Series(values, name="a", dtype="str", index=[3, 5, 7, 9])
    # A part of a large table has categories that none of its rows has.
    labels = texts.astype(pd.CategoricalDtype(["?!", *sorted(texts.dropna().unique())]))

    pd.testing.assert_series_equal(convert(labels), convert(texts))


class TestMemory:
    def test_a_table_that_fits_twice_is_let_pass(self):
        assert refuse_too_large("t.csv", 5e8, 1_000_000_000) is None

    def test_unknown_memory_refuses_nothing(self):
        assert refuse_too_large("t.csv", math.inf, None) is None

    def test_says_how_much_is_needed_and_what_to_do(self):
        with pytest.raises(DataError) as caught:
            refuse_too_large("t.csv", 3e9, 4_000_000_000)

        for words in ("t.csv", "3.0 GB", "4.0 GB are available", "data.columns"):
            assert words in str(caught.value)

    @pytest.fixture
    def system(self, tmp_path):
        """Return a function that writes what a kernel says, by path."""

        def write(**texts):
            files = {"proc/meminfo": "MemTotal: 9 kB\nMemAvailable: 1000 kB\n"} | {
                name.replace("__", "/").replace("_DOT_", "."): text
                for name, text in texts.items()
            }
            for name, text in files.items():
                (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / name).write_text(text)
            return tmp_path

        return write

    def test_the_machine_decides_where_no_group_limits(self, system):
        assert count_available(system()) == 1_024_000

    def test_a_limit_of_a_group_counts(self, system):
        """In a container, the machine's memory is not one's own."""
        root = system(
            proc__self__cgroup="0::/box\n",
            sys__fs__cgroup__box__memory_DOT_max="500000\n",
            sys__fs__cgroup__box__memory_DOT_current="200000\n",
            sys__fs__cgroup__box__memory_DOT_stat="anon 5\ninactive_file 50000\n",
        )
        assert count_available(root) == 350_000

    def test_a_limit_of_a_group_above_counts(self, system):
        root = system(
            proc__self__cgroup="0::/pod/box\n",
            sys__fs__cgroup__pod__memory_DOT_max="300000\n",
            sys__fs__cgroup__pod__memory_DOT_current="100000\n",
            sys__fs__cgroup__pod__box__memory_DOT_max="max\n",
            sys__fs__cgroup__pod__box__memory_DOT_current="0\n",
        )
        assert count_available(root) == 200_000

    def test_limits_of_older_kernels_count(self, system):
        root = system(
            proc__self__cgroup="4:memory:/box\n1:cpu:/\n",
            sys__fs__cgroup__memory__box__memory_DOT_limit_in_bytes="70000\n",
            sys__fs__cgroup__memory__box__memory_DOT_usage_in_bytes="20000\n",
            sys__fs__cgroup__memory__memory_DOT_limit_in_bytes=f"{2**63 - 4096}\n",
            sys__fs__cgroup__memory__memory_DOT_usage_in_bytes="90000\n",
        )
        assert count_available(root) == 50_000

    def test_other_systems_say_nothing(self, tmp_path):
        assert count_available(tmp_path) is None

    @pytest.mark.parametrize("kind", ["csv", "parquet", "sql"])
    def test_every_source_refuses_before_memory_is_full(
        self, tmp_path, monkeypatch, kind
    ):
        """A process that the kernel kills says nothing at all."""
        frame = pd.DataFrame({"a": np.arange(30_000), "b": ["text"] * 30_000})
        monkeypatch.setattr(
            f"sweepkit.data.{_reader(kind)}.count_available", lambda: 1000
        )
        source = _write(frame, tmp_path, kind)

        with pytest.raises(DataError, match="are available"):
            source.read()

    def test_estimates_are_of_the_right_size(self, tmp_path):
        """Twice too low is a kill, twice too high a refusal without need."""
        rng = np.random.default_rng(0)
        columns = {f"x{n}": rng.normal(size=20_000) for n in range(5)}
        names = [f"name {n}" for n in rng.integers(0, 10**9, 20_000)]
        frame = pd.DataFrame({**columns, "name": names})
        size = frame.memory_usage(deep=True).sum()
        frame.to_csv(tmp_path / "t.csv", index=False)
        frame.to_parquet(tmp_path / "t.parquet")

        facts = check_text(tmp_path / "t.csv", "utf-8")
        table = CsvTable.open([CsvFile(tmp_path / "t.csv", "utf-8", ",")], ".")
        by_csv = table.estimate_bytes([facts], list(frame), {})
        by_parquet = ParquetTable([tmp_path / "t.parquet"]).estimate_bytes(list(frame))

        assert 0.7 < by_csv / size < 1.4
        assert 0.7 < by_parquet / size < 1.4


def _reader(kind):
    return "sql" if kind == "sql" else "sources"


def _write(frame, folder, kind):
    if kind == "csv":
        frame.to_csv(folder / "t.csv", index=False)
        return CsvSource(folder / "t.csv")
    if kind == "parquet":
        frame.to_parquet(folder / "t.parquet")
        return ParquetSource(folder / "t.parquet")
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(folder / "t.db")) as database:
        frame.to_sql("t", database, index=False)
    return SqlSource(f"sqlite:///{folder}/t.db", table="t")


CELLS = st.text(
    st.characters(exclude_characters='"\r\n,\x00', exclude_categories=["Cs"]),
    max_size=4,
)


@given(
    rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=6),
    end=st.sampled_from(["\n", "\r\n"]),
    names=st.sampled_from(["a,b", '"a","b"', '\n"a", "b ""c"""']),
    blank=st.booleans(),
    characters=st.integers(1, 12),
)
def test_text_without_quotes_is_split_as_it_is_parsed(
    tmp_path_factory, rows, end, names, blank, characters
):
    """A quick way and a strict one that disagree would read two tables in one file."""
    lines = [names, *map(",".join, rows), *[""] * blank]
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    path.write_text(end.join(lines) + end, newline="", encoding="utf-8")
    strict = CsvFile(path, "utf-8", ",")
    quick = CsvFile(path, "utf-8", ",", check_text(path, "utf-8").is_plain)
    assert quick.is_plain

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sweepkit.data.csv_lines._CHARACTERS", characters)
        found = [join(file.blocks(["a", "b"], 2)) for file in (strict, quick)]

    assert found[0] == found[1]


def join(blocks):
    """All cells by column, without the blanks around them that both ways drop."""
    trimmed = [
        [csv_cells.trim(cells).to_pylist() for cells in block] for block in blocks
    ]
    return [[cell for block in trimmed for cell in block[at]] for at in (0, 1)]


@pytest.mark.parametrize(
    "text",
    ['a,b\n"1",2\n', "a,b\r1,2\r", "a,b\n1\r,2\n", 'a,"b\n1,2\n', 'a,"b\nc"\n1,2\n'],
    ids=["quoted cell", "lone returns", "lone return", "open quote", "quoted break"],
)
@pytest.mark.parametrize("block", [1, 3, 100])
def test_other_text_is_parsed_strictly(tmp_path, monkeypatch, text, block):
    """What only looks like lines must not be split at their ends."""
    monkeypatch.setattr("sweepkit.data.text_file._BLOCK", block)
    (tmp_path / "t.csv").write_text(text, newline="")

    assert not check_text(tmp_path / "t.csv", "utf-8").is_plain
