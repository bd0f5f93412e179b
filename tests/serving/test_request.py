"""Every layout of the protocol gives the same rows; every fault is named."""

import json
from datetime import datetime

import pytest

from sweepkit.data.column_profile import ColumnProfile, TableProfile
from sweepkit.serving.refusal import RequestRefused
from sweepkit.serving.request import compile_reader
from sweepkit.serving.rules import Rules

NAMES = ["size", "age", "town", "street", "new", "sold"]
ROWS = [
    [1.5, 2, "a", "x", True, "2024-01-31"],
    [3, None, "b", None, False, None],
]
READ = [
    (1.5, 2.0, "a", "x", True, datetime(2024, 1, 31)),
    (3.0, None, "b", None, False, None),
]
RECORDS = [dict(zip(NAMES, row, strict=True)) for row in ROWS]
COLUMNS = dict(zip(NAMES, map(list, zip(*ROWS, strict=True)), strict=True))
SPLIT = {"columns": NAMES, "data": ROWS}


@pytest.fixture
def reader(small_profile):
    return compile_reader(small_profile, Rules())


def read(reader, body, content_type="application/json", encoding=None):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    return reader.read(body, content_type, encoding)


def refuse(reader, body, content_type="application/json", encoding=None):
    with pytest.raises(RequestRefused) as caught:
        read(reader, body, content_type, encoding)
    answer = json.loads(caught.value.to_json())
    assert answer.keys() == {"error_code", "message", "details", "more"}
    assert caught.value.message.endswith((".", "?"))
    return caught.value


def split(**changes):
    """One good row with some cells changed, as dataframe_split."""
    row = dict(zip(NAMES, ROWS[0], strict=True)) | changes
    return {"dataframe_split": {"columns": list(row), "data": [list(row.values())]}}


SAME = {
    "split": {"dataframe_split": SPLIT},
    "split with an index": {"dataframe_split": {**SPLIT, "index": [7, 9]}},
    "split in another order": {
        "dataframe_split": {
            "columns": NAMES[::-1],
            "data": [row[::-1] for row in ROWS],
        }
    },
    "records": {"dataframe_records": RECORDS},
    "records in another order": {
        "dataframe_records": [RECORDS[0], dict(reversed(RECORDS[1].items()))]
    },
    "records without their blanks": {
        "dataframe_records": [
            {name: cell for name, cell in record.items() if cell is not None}
            for record in RECORDS
        ]
    },
    "instances": {"instances": RECORDS},
    "inputs by column": {"inputs": COLUMNS},
    "inputs by row": {"inputs": RECORDS},
    "params of null": {"dataframe_split": SPLIT, "params": None},
    "params without any": {"dataframe_split": SPLIT, "params": {}},
}


@pytest.mark.parametrize("body", SAME.values(), ids=SAME)
def test_every_layout_gives_the_same_rows(reader, body):
    """A client chooses how to write a table, never what it says."""
    batch = read(reader, body)
    assert batch.rows == READ
    assert [list(map(type, row)) for row in batch.rows] == [
        list(map(type, row)) for row in READ
    ]
    assert not batch.warnings


def test_inputs_of_bare_cells_are_one_row(reader):
    """`{"inputs": {"size": 1.5, ...}}` is how a single row is often written."""
    assert read(reader, {"inputs": RECORDS[0]}).rows == READ[:1]


def test_a_list_of_cells_is_enough_for_a_model_of_one_column():
    """With one column there is no doubt which it is; MLflow reads it so, too."""
    column = ColumnProfile(name="size", kind="double", required=True)
    reader = compile_reader(TableProfile(target="y", columns=(column,)), Rules())
    for key in ("inputs", "instances"):
        assert read(reader, {key: [1, 2.5]}).rows == [(1.0,), (2.5,)]
    assert read(reader, {"dataframe_records": [{"size": 1}]}).rows == [(1.0,)]


@pytest.mark.parametrize(
    "body",
    [
        {
            "dataframe_split": {
                "columns": ["size", "town", "new"],
                "data": [[1, "a", True]],
            }
        },
        {"inputs": {"size": [1], "town": ["a"], "new": [True]}},
    ],
    ids=["split", "inputs"],
)
def test_an_optional_column_may_lack(reader, body):
    """A column that may be blank may be left out; its cells are blank then."""
    assert read(reader, body).rows == [(1.0, None, "a", None, True, None)]


@pytest.mark.parametrize(
    "content_type",
    ["application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"'],
)
def test_a_charset_of_utf_8_is_welcome(reader, content_type):
    """Many clients add it unasked."""
    assert read(reader, {"inputs": RECORDS}, content_type).rows == READ


def test_a_byte_order_mark_is_dropped(reader):
    """Editors of Windows write one in front of everything."""
    body = b"\xef\xbb\xbf" + json.dumps({"inputs": RECORDS}).encode()
    assert read(reader, body).rows == READ


def test_a_name_with_escapes_and_colons_is_still_one_key(reader):
    """Looking for keys that are there twice must not mistake texts for pairs."""
    body = rb'{"inputs": [{"size": 1, "town": "a:\u003a\"b", "new": true}]}'
    assert read(reader, body).rows[0][2] == 'a::"b'


NOT_A_TABLE = {
    "empty body": (b"", "not JSON"),
    "half of it": (b'{"inputs": [', "not JSON"),
    "a trailing comma": (b'{"inputs": [1,]}', "not JSON"),
    "invalid UTF-8": (b'{"inputs": "\xff"}', "UTF-8"),
    "UTF-16": ('{"inputs": []}'.encode("utf-16"), "UTF-8"),
    "half a character": (rb'{"inputs": [{"town": "\ud800"}]}', "UTF-8"),
    "half a character beside NaN": (rb'{"inputs": ["\ud800", NaN]}', "UTF-8"),
    "a list": (b"[1]", "no object"),
    "a number": (b"1e3", "no object"),
    "deep nesting": (b'{"inputs":' + b"[" * 100_000, "nested too deeply"),
    "deep closed nesting": (
        b'{"inputs":' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
        "nested too deeply",
    ),
    "no key of the protocol": ({"rows": ROWS}, "none of them"),
    "two keys": ({"inputs": RECORDS, "instances": RECORDS}, "inputs and instances"),
    "a key twice": (
        b'{"inputs": {"size": 1, "size": 2, "town": "a", "new": true}}',
        "'size' more than once",
    ),
    "the table twice": (b'{"inputs": [], "inputs": [{}]}', "'inputs' more than once"),
    "a key twice beside NaN": (b'{"inputs": {"a": NaN, "a": 1}}', "more than once"),
    "a key twice in escapes": (
        rb'{"inputs": {"size": 1, "\u0073ize": 2, "town": "\u003a\u003a"}}',
        "more than once",
    ),
    "a key twice deep within": (
        b'{"inputs": [[{"a:": 1, "a:": 2}]]}',
        "more than once",
    ),
    "a column twice": (
        {"dataframe_split": {"columns": ["size", "size"], "data": [[1, 2]]}},
        "'size' more than once",
    ),
    "names that are numbers": (
        {"dataframe_split": {"columns": [0, 1], "data": [[1, 2]]}},
        "names are texts; found number 0",
    ),
    "names that are lists": (
        {"dataframe_split": {"columns": [["size"]], "data": [[1]]}},
        "names are texts; found a list of 1",
    ),
    "split without columns": ({"dataframe_split": {"data": ROWS}}, "without column"),
    "split without data": ({"dataframe_split": {"columns": NAMES}}, "found 'columns'"),
    "split with another key": (
        {"dataframe_split": {**SPLIT, "dtype": 1}},
        "`columns` and `data`; found",
    ),
    "split that is a list": ({"dataframe_split": ROWS}, "found a list of 2"),
    "split of texts": ({"dataframe_split": {"columns": "ab", "data": "cd"}}, "lists"),
    "records that are an object": ({"dataframe_records": SPLIT}, "an object of 2"),
    "records of lists": ({"dataframe_records": ROWS}, "without column names"),
    "instances of lists": ({"instances": ROWS}, "without column names"),
    "inputs of lists": ({"inputs": ROWS}, "without column names"),
    "inputs that are text": ({"inputs": "size"}, "found text 'size'"),
    "inputs of cells and lists": ({"inputs": {"size": [1], "age": 2}}, "or one row"),
    "inputs of unequal length": (
        {"inputs": {**COLUMNS, "size": [1]}},
        "different length: 1 to 2",
    ),
    "no rows in split": (
        {"dataframe_split": {"columns": NAMES, "data": []}},
        "no rows",
    ),
    "no rows in records": ({"dataframe_records": []}, "no rows"),
    "no rows in instances": ({"instances": []}, "no rows"),
    "no columns in inputs": ({"inputs": {}}, "no rows"),
    "no cells in inputs": ({"inputs": {"size": []}}, "no rows"),
    "params that are a list": ({"inputs": RECORDS, "params": [1]}, "`params` is an"),
}


@pytest.mark.parametrize(("body", "words"), NOT_A_TABLE.values(), ids=NOT_A_TABLE)
def test_what_is_no_table_is_refused_in_words(reader, body, words):
    """400 and a sentence, for whatever a client may send by mistake."""
    refused = refuse(reader, body)
    assert (refused.status, refused.error_code) == (400, "BAD_REQUEST")
    assert words in refused.message


def test_ragged_rows_are_named(reader):
    """Cells that moved by one column must not be scored as something else."""
    rows = [ROWS[0], ROWS[0][:3], "text", [*ROWS[0], 1]]
    refused = refuse(reader, {"dataframe_split": {"columns": NAMES, "data": rows}})
    assert refused.message.startswith("3 of the rows")
    assert [(d.row, d.found) for d in refused.details] == [
        (1, "3 cells"),
        (2, "no row"),
        (3, "7 cells"),
    ]


def test_a_record_that_is_none_is_named(reader):
    """The others may be thousands of good ones."""
    refused = refuse(reader, {"dataframe_records": [RECORDS[0], 1, None]})
    assert [(d.row, d.needed) for d in refused.details] == [
        (1, "an object"),
        (2, "an object"),
    ]


@pytest.mark.parametrize("key", ["dataframe_records", "instances", "inputs"])
def test_a_missing_column_is_named_with_what_it_takes(reader, key):
    """Whoever sends the table learns what to add."""
    refused = refuse(reader, {key: [{"size": 1, "rooms": 3}, {"size": 2}]})
    assert refused.error_code == "INVALID_PARAMETER_VALUE"
    assert "lacks 'town', 'new'" in refused.message
    assert "It has 'rooms'" in refused.message
    assert [(d.column, d.found) for d in refused.details] == [
        ("town", "no such column"),
        ("new", "no such column"),
    ]


def test_a_record_that_lacks_a_required_key_is_named(reader):
    """A column that is there in other records is not missing, a cell is."""
    lacking = {name: RECORDS[1][name] for name in ("size", "town")}
    (detail,) = refuse(reader, {"inputs": [RECORDS[0], lacking]}).details
    assert (detail.row, detail.column, detail.found) == (1, "new", "no such key")


@pytest.mark.parametrize("key", ["dataframe_split", "inputs"])
def test_keys_beside_the_table_are_answered_and_named(reader, key):
    """MLflow reads over them, so its clients may send them; a typo is not hidden."""
    table = SPLIT if key == "dataframe_split" else RECORDS
    batch = read(reader, {"parms": {}, key: table, "id\r\nx": 7})
    assert batch.rows == READ
    assert batch.warnings == (r"keys not read: 'id\r\nx', 'parms'",)


def test_an_interval_is_handed_on_where_the_model_has_one(small_profile):
    """It is the one parameter; the app adds the intervals."""
    reader = compile_reader(small_profile, Rules(), offered={"interval"})
    body = {"inputs": RECORDS, "params": {"interval": 0.9}}
    assert read(reader, body).params == {"interval": 0.9}


@pytest.mark.parametrize("value", [0, 1, -0.5, 90, "0.9", None, True, [0.9], {}])
def test_an_interval_that_is_no_coverage_is_refused(small_profile, value):
    """90 is as easily typed as 0.9."""
    reader = compile_reader(small_profile, Rules(), offered={"interval"})
    refused = refuse(reader, {"inputs": RECORDS, "params": {"interval": value}})
    assert refused.details[0].needed == "a number above 0 and below 1, such as 0.9"


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"interval": 0.9}, "carries no prediction intervals"),
        ({"contributions": True}, "come without contributions"),
        ({"temperature": 1}, "'temperature', which is not known"),
    ],
    ids=["no intervals in the model", "no contributions", "unknown"],
)
def test_a_parameter_the_model_cannot_answer_is_refused(reader, params, words):
    """An answer without what was asked for would look like one with it."""
    refused = refuse(reader, {"inputs": RECORDS, "params": params})
    assert refused.status == 400
    assert words in refused.message
