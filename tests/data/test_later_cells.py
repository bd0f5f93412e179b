from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

from sweepkit.data.conform import CONVERSIONS
from sweepkit.data.later_cells import settle
from sweepkit.data.roles import Role


@pytest.mark.parametrize(
    ("role", "kind", "values"),
    [
        pytest.param(Role.CATEGORICAL, "string", [1, 20, None, 1], id="codes"),
        pytest.param(
            Role.CATEGORICAL, "string", [1.0, 2.5, None], id="codes as floats"
        ),
        pytest.param(
            Role.CATEGORICAL, "string", [True, False, None], id="truths as text"
        ),
        pytest.param(Role.BOOLEAN, "boolean", [1, 0, 1], id="ones and zeros"),
        pytest.param(Role.NUMERIC, "double", [Decimal("1.25"), None], id="decimals"),
    ],
)
def test_a_part_of_a_later_table_reads_as_the_whole_one_of_training(role, kind, values):
    """The very table a model was trained on must be one that it can score."""
    settled = settle(pa.array(values), kind).to_pylist()

    column = pa.array(values).to_pandas()
    column = pd.Series(column, name="a")
    if kind == "double":
        column = column.astype("float64")
    trained = CONVERSIONS[role](column)
    expected = [None if pd.isna(value) else value for value in trained]
    if kind == "boolean":
        expected = [value == "true" for value in expected]
    assert settled == expected


def test_truth_values_with_blanks_are_the_texts_that_training_made_of_them():
    """A boolean column with blanks becomes the texts true and false."""
    column = pa.array([True, None, False])

    settled = settle(column, "string", {"true", "false"})
    assert settled.to_pylist() == ["true", None, "false"]


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("boolean", pa.array([0, 1, 2])),
        ("double", pa.array(["x"])),
        ("string", pa.array(["1", None])),
        ("datetime", pa.array([1])),
        ("double", pa.array([1, None])),
    ],
    ids=["two as truth", "text as number", "text", "number as date", "numbers"],
)
def test_what_has_no_such_reading_stays_as_it_is(kind, column):
    """It is for the check of rows to refuse it, by row and column."""
    assert settle(column, kind).equals(column)


def test_labels_of_a_dictionary_are_texts():
    column = pa.array(["a", None, "a"]).dictionary_encode()

    assert settle(column, "string").to_pylist() == ["a", None, "a"]


@pytest.mark.parametrize(
    ("known", "settled"),
    [
        pytest.param({"7", "12"}, ["7", None], id="numbers"),
        pytest.param({"7", "north"}, ["7", None], id="numbers and words"),
        pytest.param({"007", "12"}, [7, None], id="zeros in front"),
        pytest.param({"7.50", "12.25"}, [7, None], id="zeros behind"),
    ],
)
def test_numbers_are_texts_only_where_no_zero_can_have_been_lost(known, settled):
    """7 may have been 007, and then it is another code."""
    column = pa.array([7, None])

    assert settle(column, "string", known).to_pylist() == settled
