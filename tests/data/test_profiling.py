import json

import numpy as np
import pandas as pd
import pytest

from sweepkit.data.column_profile import TableProfile
from sweepkit.data.profiling import MAX_CATEGORIES, N_EXAMPLES, profile_table
from sweepkit.tracking.columns import read_columns


def profile(inputs):
    return profile_table(
        inputs, read_columns(inputs), target="price", target_unit="US dollars"
    )


@pytest.fixture
def inputs():
    """Every kind of column, with blanks where there may be some."""
    return pd.DataFrame(
        {
            "size": [0.5, *np.arange(1.0, 20.0)],
            "rooms": [np.nan, np.nan, *np.arange(18.0)],
            "town": pd.Series(["b"] * 10 + ["a"] * 9 + [None], dtype="str"),
            "garden": [True] * 15 + [False] * 5,
            "sold_on": pd.date_range("2024-01-01", periods=20).astype("datetime64[ns]"),
        }
    )


def test_each_kind_of_column_is_described_in_its_own_way(inputs):
    """Requests are checked against it, and drift is measured from it."""
    found = profile(inputs)
    size, rooms, town, garden, sold_on = found.columns

    assert (found.target, found.target_unit, found.n_rows) == (
        "price",
        "US dollars",
        20,
    )
    assert (size.kind, size.required, size.whole) == ("double", True, False)
    assert len(size.quantiles) == 11
    assert (size.quantiles[0], size.quantiles[-1]) == (0.5, 19.0)
    assert (rooms.required, rooms.whole, rooms.blank_share) == (False, True, 0.1)
    assert rooms.quantiles[5] == 8.5
    assert town.categories == {"b": 0.5, "a": 0.45}
    assert list(town.categories) == ["b", "a"]
    assert town.blank_share == 0.05
    assert (garden.kind, garden.categories) == (
        "boolean",
        {"true": 0.75, "false": 0.25},
    )
    assert (sold_on.kind, sold_on.quantiles[0]) == ("datetime", 1_704_067_200.0)
    assert sold_on.quantiles[-1] - sold_on.quantiles[0] == 19 * 86_400


def test_examples_are_rows_as_a_caller_writes_them(inputs):
    """The page shows them, and the server's documentation too."""
    examples = profile(inputs).examples

    assert len(examples) == N_EXAMPLES
    assert examples[0] == (0.5, None, "b", True, "2024-01-01T00:00:00")
    assert examples[2] == (2.0, 0.0, "b", True, "2024-01-03T00:00:00")


def test_a_profile_survives_strict_json(inputs):
    """It travels as a file beside the model."""
    found = profile(inputs)
    text = json.dumps(found.to_dict(), allow_nan=False)

    assert TableProfile.from_dict(json.loads(text)) == found


def test_of_very_many_categories_the_commonest_are_kept():
    """A profile is to be small, whatever the table."""
    values = [f"c{n:03}" for n in range(250)] + ["c007"] * 3
    column = profile(pd.DataFrame({"c": pd.Series(values, dtype="str")})).columns[0]

    assert len(column.categories) == MAX_CATEGORIES
    assert next(iter(column.categories.items())) == ("c007", 4 / 253)
    assert column.more_categories
    assert list(column.categories)[1:4] == ["c000", "c001", "c002"], "then by name"


def test_a_column_without_any_value_has_nothing_to_tell():
    """It may be blank in a small training part only."""
    inputs = pd.DataFrame({"size": [np.nan] * 3, "rooms": [1.0, 2.0, 3.0]})
    column = profile(inputs).columns[0]

    assert (column.blank_share, column.quantiles, column.whole) == (1.0, (), False)


def test_dates_count_seconds_whatever_their_unit(inputs):
    """pandas keeps dates in seconds, micro- or nanoseconds."""
    expected = profile(inputs).columns[4].quantiles
    for unit in ("s", "us", "ms"):
        other = inputs.assign(sold_on=inputs["sold_on"].astype(f"datetime64[{unit}]"))
        assert profile(other).columns[4].quantiles == expected
