"""What each kind of column takes, and how a cell that does not fit is told."""

import json
from datetime import datetime

import pytest

from sweepkit.data.column_profile import ColumnProfile
from sweepkit.serving.cells import compile_column
from sweepkit.serving.refusal import MOST_DETAILS, RequestRefused
from sweepkit.serving.request import compile_reader
from sweepkit.serving.rules import Rules

ROW = {"size": 1.5, "age": 2, "town": "a", "street": "x", "new": True, "sold": None}
NAMES = list(ROW)


def body_of(*rows, extra=()):
    table = {"columns": [*NAMES, *extra], "data": [list(row) for row in rows]}
    return json.dumps({"dataframe_split": table}).encode()


def literal(column, text):
    """A good row with one cell replaced by JSON text, whatever it is."""
    cells = {name: json.dumps(cell) for name, cell in ROW.items()} | {column: text}
    row = ", ".join(cells.values())
    names = json.dumps(NAMES)
    return f'{{"dataframe_split": {{"columns": {names}, "data": [[{row}]]}}}}'.encode()


def refuse(profile, body, rules=None):
    reader = compile_reader(profile, rules or Rules())
    with pytest.raises(RequestRefused) as caught:
        reader.read(body, "application/json")
    assert caught.value.status == 400
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"
    return caught.value


GOOD = {
    "truth in words": ("new", '"Yes"', True),
    "truth as text": ("new", '" false "', False),
    "integer": ("size", "3", 3.0),
    "negative zero": ("size", "-0.0", -0.0),
    "large": ("size", "1.7e308", 1.7e308),
    "integer of 30 digits": ("size", "1" + "0" * 30, 1e30),
    "blank number": ("age", "null", None),
    "NaN for a blank number": ("age", "NaN", None),
    "blank text": ("street", "null", None),
    "NaN for a blank text": ("street", "NaN", None),
    "empty text": ("street", '""', ""),
    "text in any script": ("street", '"Größe ☃"', "Größe ☃"),
    "false": ("new", "false", False),
    "date": ("sold", '"2024-01-31"', datetime(2024, 1, 31)),
    "date and time": (
        "sold",
        '"2024-01-31T12:30:15.5"',
        datetime(2024, 1, 31, 12, 30, 15, 500_000),
    ),
    "nanoseconds": (
        "sold",
        '"2024-01-31T00:00:00.123456789"',
        datetime(2024, 1, 31, 0, 0, 0, 123456),
    ),
    "zone becomes UTC": (
        "sold",
        '"2024-01-31T01:00:00+02:00"',
        datetime(2024, 1, 30, 23),
    ),
    "Z": ("sold", '"2024-01-31T01:00:00Z"', datetime(2024, 1, 31, 1)),
    "pandas' blank date": ("sold", '"NaT"', None),
    "NaN for a blank date": ("sold", "NaN", None),
}


@pytest.mark.parametrize(("column", "text", "cell"), GOOD.values(), ids=GOOD)
def test_a_cell_that_fits_is_read(small_profile, column, text, cell):
    """What a model was trained on, and what MLflow's clients write for it."""
    (row,) = (
        compile_reader(small_profile, Rules())
        .read(literal(column, text), "application/json")
        .rows
    )
    read = row[NAMES.index(column)]
    assert (read, type(read)) == (cell, type(cell))


BAD = {
    "null in a required number": ("size", "null", "null", "a finite number"),
    "NaN in a required number": ("size", "NaN", "number nan", "value in every row"),
    "infinity": ("size", "Infinity", "number inf", "a finite number"),
    "minus infinity": ("age", "-Infinity", "number -inf", "a finite number"),
    "1e999": ("size", "1e999", "number inf", "a finite number"),
    "400 digits": ("size", "1" * 400, "number of more than 150", "a finite number"),
    "5000 digits": ("size", "1" * 5000, "number inf", "a finite number"),
    "number as text": ("size", '"8.3"', "text '8.3'", "a finite number"),
    "truth as number": ("size", "true", "true", "a finite number"),
    "list as number": ("age", "[1, 2]", "a list of 2", "null for a blank"),
    "object as number": ("age", '{"a": 1}', "an object of 1", "a finite number"),
    "null in a required text": ("town", "null", "null", "a text"),
    "NaN in a required text": ("town", "NaN", "number nan", "a text"),
    "number as text column": ("town", "7", "number 7", "a text"),
    "truth as text": ("street", "true", "true", "a text"),
    "number as truth": ("new", "1", "number 1", "true or false"),
    "text as truth": ("new", '"perhaps"', "text 'perhaps'", "true or false"),
    "null in a required truth": ("new", "null", "null", "true or false"),
    "seconds as date": ("sold", "1700000000", "number 1700000000", "2024-01-31"),
    "date of another order": (
        "sold",
        '"31.01.2024"',
        "text '31.01.2024'",
        "2024-01-31",
    ),
    "time only": ("sold", '"12:30"', "text '12:30'", "2024-01-31"),
    "date before nanoseconds": ("sold", '"1600-01-01"', "text", "1677-09-22"),
    "date after nanoseconds": ("sold", '"9999-12-31"', "text", "2262-04-11"),
    "date that overflows in UTC": ("sold", '"0001-01-01T00:00+14:00"', "text", "from"),
    "truth as date": ("sold", "true", "true", "2024-01-31"),
}


@pytest.mark.parametrize(("column", "text", "found", "needed"), BAD.values(), ids=BAD)
def test_a_cell_that_does_not_fit_is_told(small_profile, column, text, found, needed):
    """Row, column, what was found, what is needed: enough to mend it."""
    refused = refuse(small_profile, literal(column, text))
    (detail,) = refused.details
    assert (detail.row, detail.column) == (0, column)
    assert found in detail.found
    assert needed in detail.needed
    assert refused.message == f"1 cell of 1 row cannot be used, in '{column}'."


def test_one_infinity_among_finite_numbers_is_found(small_profile):
    """The quick look at a whole column must not let one through."""
    rows = [[*ROW.values()] for _ in range(5)]
    rows[2][0], rows[4][0] = float("inf"), float("-inf")
    refused = refuse(small_profile, body_of(*rows))
    assert [detail.row for detail in refused.details] == [2, 4]


def test_numbers_whose_sum_is_infinite_are_finite(small_profile):
    """The quick look adds them up, which may overflow."""
    rows = [[1.7e308, *list(ROW.values())[1:]] for _ in range(5)]
    batch = compile_reader(small_profile, Rules()).read(
        body_of(*rows), "application/json"
    )
    assert [row[0] for row in batch.rows] == [1.7e308] * 5


def test_the_first_faults_are_listed_by_row_and_the_others_counted(small_profile):
    """An answer stays short however bad the table is."""
    rows = [["1", "2", "a", "x", True, None] for _ in range(30)]
    refused = refuse(small_profile, body_of(*rows))
    assert len(refused.details) == MOST_DETAILS
    assert [(d.row, d.column) for d in refused.details[:3]] == [
        (0, "size"),
        (0, "age"),
        (1, "size"),
    ]
    assert refused.n_more == 60 - MOST_DETAILS
    assert json.loads(refused.to_json())["more"] == 40
    assert refused.message == "60 cells of 30 rows cannot be used, in 'size', 'age'."


@pytest.mark.parametrize(
    "cell",
    ["secret" * 1000, "x\r\ny" * 500, "ü" * 500, int("7" * 150)],
    ids=["long", "line ends", "umlauts", "digits"],
)
def test_an_answer_holds_little_of_what_was_sent(small_profile, cell):
    """What is wrong may be a secret in the wrong place, or a megabyte."""
    column = "size" if isinstance(cell, str) else "town"
    refused = refuse(small_profile, literal(column, json.dumps(cell)))
    (detail,) = refused.details
    assert len(detail.found) <= 50
    assert detail.found.isascii()
    assert detail.found.isprintable()
    assert len(refused.to_json()) < 500


def test_an_unknown_category_is_answered_counted_and_named(small_profile):
    """By default a new town is scored like the encoder of the model does it."""
    rows = [[1, 2, town, "new street", True, None] for town in ("a", "c", "c", "d")]
    batch = compile_reader(small_profile, Rules()).read(
        body_of(*rows), "application/json"
    )
    assert [row[2] for row in batch.rows] == ["a", "c", "c", "d"]
    assert batch.unknown_categories == 3
    assert batch.warnings == ("'town' has 'c', 'd', not in training (3 cells)",)


def test_an_unknown_category_can_be_refused(small_profile):
    """Where a category steers much, no answer is better than a wrong one."""
    rules = Rules(unknown_category="refuse")
    (detail,) = refuse(small_profile, literal("town", '"c"'), rules).details
    assert detail.found == "text 'c'"
    assert detail.needed.startswith("one of 'a', 'b'")


def test_an_unknown_category_can_be_ignored(small_profile):
    """Some columns bring new texts every day."""
    reader = compile_reader(small_profile, Rules(unknown_category="ignore"))
    batch = reader.read(literal("town", '"c"'), "application/json")
    assert (batch.unknown_categories, batch.warnings) == (0, ())


def test_an_extra_column_is_answered_and_named(small_profile):
    """Clients often send their whole table; its cells may be anything."""
    reader = compile_reader(small_profile, Rules())
    for _ in range(2):  # the second time its layout could be remembered
        batch = reader.read(
            body_of([*ROW.values(), [{"deep": 1}]], extra=["id\n"]), "application/json"
        )
        assert batch.extra_columns == ("id\n",)
        assert batch.warnings == (r"the model does not take 'id\n'",)


def test_an_extra_column_can_be_refused(small_profile):
    """A misspelt optional column is an extra one."""
    reader = compile_reader(small_profile, Rules(extra_columns="refuse"))
    with pytest.raises(RequestRefused, match="takes no column 'id'"):
        reader.read(body_of([*ROW.values(), 1], extra=["id"]), "application/json")


def test_an_extra_column_can_be_ignored(small_profile):
    """Then nothing is said of it."""
    reader = compile_reader(small_profile, Rules(extra_columns="ignore"))
    body = body_of([*ROW.values(), 1], extra=["id"])
    batch = reader.read(body, "application/json")
    assert (batch.extra_columns, batch.warnings) == ((), ())


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        pytest.param("yes", "true", id="word"),
        pytest.param(False, "false", id="truth value"),
        pytest.param("false", "false", id="text"),
        pytest.param(None, None, id="blank"),
    ],
)
def test_truths_with_blanks_are_read_as_training_wrote_them(sent, text):
    """Training makes texts of them; as unseen ones they would count for nothing."""
    shares = {"true": 0.5, "false": 0.4}
    column = ColumnProfile(name="new", kind="string", required=False, categories=shares)

    reader = compile_column(column, "warn")

    assert list(reader.read([sent])) == [text]
