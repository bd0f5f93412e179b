"""CSV and Parquet are read as the same rows as JSON, and refused as clearly."""

import io
import json
import subprocess
import sys
from datetime import date, datetime
from random import Random

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from sweepkit.data.csv_cells import BLANK_WORDS as TRAINING_BLANK_WORDS
from sweepkit.serving.csv_body import BLANK_WORDS
from sweepkit.serving.refusal import RequestRefused
from sweepkit.serving.request import compile_reader
from sweepkit.serving.rules import Rules

HEADER = "size,age,town,street,new,sold"
PARQUET = "application/vnd.apache.parquet"
READ = [
    (1.5, 2.0, "a", "x", True, datetime(2024, 1, 31)),
    (3.0, None, "b", None, False, None),
]
TABLE = {
    "size": [1.5, 3.0],
    "age": [2.0, None],
    "town": ["a", "b"],
    "street": ["x", None],
    "new": [True, False],
    "sold": [datetime(2024, 1, 31), None],
}


@pytest.fixture
def reader(small_profile):
    return compile_reader(small_profile, Rules(max_bytes=100_000, max_rows=50))


def to_csv(*lines, header=HEADER):
    return "\n".join([header, *lines]).encode()


def to_parquet(columns, **options):
    buffer = io.BytesIO()
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    parquet.write_table(table, buffer, **options)
    return buffer.getvalue()


def refuse(reader, body, content_type):
    with pytest.raises(RequestRefused) as caught:
        reader.read(body, content_type)
    return caught.value


CSV = {
    "as written": to_csv("1.5,2,a,x,true,2024-01-31", "3,,b,,false,"),
    "another order": to_csv(
        "2024-01-31,True,x,a,2,1.5",
        ",False,,b,,3",
        header="sold,new,street,town,age,size",
    ),
    "line ends of Windows": b"\r\n".join(
        to_csv("1.5,2,a,x,TRUE,2024-01-31", "3,,b,,FALSE,").split(b"\n")
    ),
    "byte order mark": b"\xef\xbb\xbf"
    + to_csv("1.5,2,a,x,true,2024-01-31", "3,,b,,false,"),
    "quotes and blank lines": to_csv(
        '"1.5","2","a","x","true","2024-01-31"', "", '3,"",b,"","false",""', ""
    ),
    "blanks around": to_csv(" 1.5 , 2,a , x,true ,2024-01-31 ", "3, , b, ,false, "),
    "words for a blank": to_csv("1.5,2,a,x,true,2024-01-31", "3,NA,b,null,false,NaN"),
    "exponents and signs": to_csv("+15e-1,2.,a,x,true,2024-01-31", ".3E1,,b,,false,"),
}


@pytest.mark.parametrize("body", CSV.values(), ids=CSV)
def test_csv_is_read_like_json(reader, body):
    """The same table, whatever program wrote it."""
    assert reader.read(body, "text/csv; charset=utf-8").rows == READ


def test_csv_of_pandas_is_read(reader):
    """Its unnamed column of row numbers is an extra one."""
    batch = reader.read(pd.DataFrame(TABLE).to_csv().encode(), "text/csv")
    assert batch.rows == READ
    assert batch.extra_columns == ("",)


def test_csv_has_the_blank_words_of_the_training_table():
    """A cell that was blank in training is blank in service."""
    assert frozenset(TRAINING_BLANK_WORDS) == BLANK_WORDS


def test_a_category_called_none_is_no_blank(small_profile):
    """A model that learnt it from Parquet knows it as a text."""
    town = small_profile.columns[2]
    fields = {name: getattr(town, name) for name in ("name", "kind", "required")}
    columns = list(small_profile.columns)
    columns[2] = type(town)(**fields, categories={"None": 0.5, "a": 0.5})
    profile = type(small_profile)(target="y", columns=tuple(columns))
    batch = compile_reader(profile, Rules()).read(to_csv("1,,None,,true,"), "text/csv")
    assert batch.rows[0][2] == "None"


BAD_CSV = {
    "empty": (b"", "no rows"),
    "header only": (to_csv(), "no rows"),
    "a short line": (to_csv("1,2,a,x,true,", "1,2"), "1 of the lines"),
    "a long line": (to_csv("1,2,a,x,true,,"), "1 of the lines"),
    "an open quote": (to_csv('1,2,"a,x,true,'), "not CSV"),
    "text after a quote": (to_csv('1,2,"a"b,x,true,'), "not CSV"),
    "invalid UTF-8": (to_csv("1,2,a,x,true,") + b"\xff", "UTF-8"),
    "a column twice": (to_csv("1,2", header="size,size"), "more than once"),
    "a missing column": (to_csv("1", header="size"), "lacks 'town', 'new'"),
    "semicolons": (b"size;town;new\n1;a;true", "lacks 'size'"),
    "a field of 200,000 characters": (to_csv("1,2," + "a" * 99_000), "1 of the lines"),
}


@pytest.mark.parametrize(("body", "words"), BAD_CSV.values(), ids=BAD_CSV)
def test_what_is_no_csv_is_refused(reader, body, words):
    """400 in words, also for text that pandas would bend into a table."""
    refused = refuse(reader, body, "text/csv")
    assert refused.status == 400
    assert words in refused.message


def test_a_field_beyond_the_parsers_limit_is_refused(small_profile):
    """The parser has a limit of its own and an error of its own for it."""
    reader = compile_reader(small_profile, Rules())
    body = to_csv("1,2," + "a" * 140_000)
    assert "field larger than field limit" in refuse(reader, body, "text/csv").message


@pytest.mark.parametrize(
    "cell", ["abc", "1_000", "inf", "1e999", "١٢", "1 000", "1,5", "--1", "0x10", ""]
)
def test_csv_text_that_is_no_number_is_told(reader, cell):
    """Python's own float() takes half of these."""
    refused = refuse(reader, to_csv(f'"{cell}",2,a,x,true,'), "text/csv")
    (detail,) = refused.details
    assert (detail.row, detail.column) == (0, "size")
    assert "finite number" in detail.needed


@pytest.mark.parametrize("cell", ["perhaps", "2", "1.0", ""])
def test_csv_text_that_is_no_truth_is_told(reader, cell):
    """2 is a count that slipped by a column."""
    (detail,) = refuse(reader, to_csv(f"1,2,a,x,{cell},"), "text/csv").details
    assert detail.column == "new"


@pytest.mark.parametrize(
    ("cell", "truth"), [("yes", True), ("NO", False), ("true", True), ("0", False)]
)
def test_csv_has_truths_as_training_reads_them(reader, cell, truth):
    """The very table a model was trained on must be one that it scores."""
    batch = reader.read(to_csv(f"1,2,a,x,{cell},"), "text/csv")
    assert batch.rows[0][4] is truth


PARQUETS = {
    "pyarrow": TABLE,
    "integers": TABLE | {"age": pa.array([2, None], pa.int16())},
    "float32": TABLE | {"size": pa.array([1.5, 3.0], pa.float32())},
    "categories": TABLE | {"town": pa.array(["a", "b"]).dictionary_encode()},
    "large text": TABLE | {"street": pa.array(["x", None], pa.large_string())},
    "days": TABLE | {"sold": [date(2024, 1, 31), None]},
    "nanoseconds": TABLE | {"sold": pa.array(TABLE["sold"], pa.timestamp("ns"))},
    "zone": TABLE
    | {"sold": pa.array(TABLE["sold"], pa.timestamp("us", "America/Lima"))},
    "blank columns": {name: TABLE[name] for name in ("size", "town", "new")}
    | {"age": [2.0, None], "street": ["x", None], "sold": TABLE["sold"]},
    "an extra column of lists": TABLE | {"more": [[1], [2, 3]]},
}


@pytest.mark.parametrize("columns", PARQUETS.values(), ids=PARQUETS)
@pytest.mark.parametrize("compression", ["snappy", "none", "zstd", "gzip"])
def test_parquet_is_read_like_json(reader, columns, compression):
    """Its types are richer than JSON's; the rows are the same."""
    body = to_parquet(columns, compression=compression)
    batch = reader.read(body, PARQUET)
    assert batch.rows == READ
    assert [type(cell) for cell in batch.rows[0]] == [type(cell) for cell in READ[0]]


def test_parquet_of_pandas_is_read_without_its_index(reader):
    """The index pandas adds is no column of the model, nor worth a warning."""
    frame = pd.DataFrame(TABLE, index=pd.Index([5, 9]))
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    batch = reader.read(buffer.getvalue(), "application/x-parquet")
    assert batch.rows == READ
    assert batch.warnings == ()


def test_parquet_blanks_are_refused_where_required(reader):
    """A null and a NaN are the same blank."""
    columns = TABLE | {"size": [float("nan"), None]}
    details = refuse(reader, to_parquet(columns), PARQUET).details
    assert [(d.row, d.column, d.found) for d in details] == [
        (0, "size", "number nan"),
        (1, "size", "null"),
    ]


WHOLE = to_parquet(TABLE)
BAD_PARQUET = {
    "empty": (b"", "damaged"),
    "text": (b"size,age\n1,2\n", "damaged"),
    "its first half": (WHOLE[: len(WHOLE) // 2], "damaged"),
    "its magic words only": (b"PAR1" + b"\xff\xff\xff\x7f" + b"PAR1", "damaged"),
    "holes": (WHOLE[:4] + b"\0" * 200 + WHOLE[204:], "damaged"),
    "invalid UTF-8": (
        to_parquet(
            TABLE | {"town": pa.array([b"\xff", b"a"]).view(pa.string())},
            use_dictionary=False,
        ),
        "damaged",
    ),
    "no rows": (to_parquet(pa.table(TABLE).slice(0, 0)), "no rows"),
    "lists as a column": (to_parquet(TABLE | {"size": [[1.0], [2.0]]}), "no plain"),
    "bytes as a column": (to_parquet(TABLE | {"town": [b"a", b"b"]}), "no plain"),
    "texts as changes of each other": (
        to_parquet(
            TABLE,
            use_dictionary=False,
            column_encoding={"town": "DELTA_BYTE_ARRAY"},
        ),
        "damaged",
    ),
    "a missing column": (to_parquet({"size": [1.0]}), "lacks 'town', 'new'"),
}


@pytest.mark.parametrize(("body", "words"), BAD_PARQUET.values(), ids=BAD_PARQUET)
def test_what_is_no_plain_parquet_is_refused(reader, body, words):
    """400 in words, never Arrow's own error with its offsets."""
    refused = refuse(reader, body, PARQUET)
    assert refused.status == 400
    assert words in refused.message


def test_parquet_of_too_many_rows_is_refused(reader):
    """Rows are counted before they are unpacked."""
    table = pa.table({"size": [1.0] * 51})
    refused = refuse(reader, to_parquet(table), PARQUET)
    assert (refused.status, "51 rows" in refused.message) == (413, True)


@pytest.mark.parametrize("column", ["town", "no column of the model"])
def test_parquet_that_unpacks_to_much_more_is_refused(small_profile, column):
    """Twenty megabytes of one letter pack into one."""
    columns = {**TABLE, column: ["a" * 10_000_000, "b" * 10_000_000]}
    body = to_parquet(
        columns, compression="zstd", use_dictionary=False, write_statistics=False
    )
    assert len(body) < 1_000_000
    reader = compile_reader(small_profile, Rules())
    refused = refuse(reader, body, PARQUET)
    assert (refused.status, "unpacks" in refused.message) == (413, True)


def test_one_text_for_all_rows_is_kept_once(small_profile):
    """The dictionary of a column may hold one text that all rows point to."""
    n_rows = 2_000
    columns = {
        "size": [1.0] * n_rows,
        "town": pa.array(["a" * 20_000]).take(pa.array([0] * n_rows)),
        "new": [True] * n_rows,
    }
    body = to_parquet(columns)
    batch = compile_reader(small_profile, Rules()).read(body, PARQUET)
    assert len({id(row[2]) for row in batch.rows}) <= n_rows // 1024 + 1


def test_damaged_parquet_never_ends_the_process(reader):
    """Arrow aborts on some damaged structures, which no `except` can catch."""
    random = Random(7)
    refusals = 0
    for _ in range(1_000):
        body = bytearray(WHOLE)
        for _ in range(random.choice([1, 1, 2, 4])):
            body[random.randrange(len(body))] ^= 1 << random.randrange(8)
        try:
            rows = reader.read(bytes(body), PARQUET).rows
        except RequestRefused as refused:
            assert refused.status in (400, 413)
            refusals += 1
        else:
            assert len(rows) == 2
    assert 100 < refusals < 1_000


def test_reading_needs_neither_pandas_nor_mlflow(small_profile):
    """They take seconds to import and a hundred megabytes each worker."""
    script = """
import json, sys
from sweepkit.data.column_profile import TableProfile
from sweepkit.serving.request import compile_reader
from sweepkit.serving.rules import Rules
profile, body = json.loads(sys.argv[1]), bytes.fromhex(sys.argv[2])
reader = compile_reader(TableProfile.from_dict(profile), Rules())
assert "pyarrow" not in sys.modules
assert len(reader.read(body, "application/parquet").rows) == 2
heavy = {"pandas", "sklearn", "mlflow", "scipy"} & sys.modules.keys()
print("heavy:", heavy)
"""
    columns = TABLE | {"sold": pa.array(TABLE["sold"], pa.timestamp("ns", "UTC"))}
    arguments = [json.dumps(small_profile.to_dict()), to_parquet(columns).hex()]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "heavy: set()\n"
