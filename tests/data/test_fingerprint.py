import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from sweepkit.data.fingerprint import fingerprint
from sweepkit.data.sources import CsvSource, ParquetSource

TABLE = pd.DataFrame(
    {
        "n": [1.0, np.nan, 3.0, 3.0],
        "k": [1, 2, 3, 3],
        "text": pd.Series(["a", "b", None, None], dtype="str"),
        "day": pd.to_datetime(["2024-01-01", None, "2024-01-03", "2024-01-03"]),
    }
)
PRINT = "print(fingerprint(pd.DataFrame({'a': ['x', 'y'], 'b': [0.1, None]})))"


def changed(column, row, value):
    table = TABLE.copy()
    table.loc[row, column] = value
    return table


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(
            changed("n", 0, np.nextafter(1.0, 2.0)), id="last bit of a number"
        ),
        pytest.param(changed("n", 0, np.nan), id="a new blank"),
        pytest.param(changed("text", 0, "A"), id="a text"),
        pytest.param(changed("text", 2, "a"), id="a filled blank"),
        pytest.param(changed("day", 0, pd.Timestamp("2024-01-02")), id="a date"),
        pytest.param(TABLE.rename(columns={"n": "m"}), id="a column name"),
        pytest.param(TABLE[["k", "n", "text", "day"]], id="order of columns"),
        pytest.param(TABLE.astype({"k": "float64"}), id="a type"),
        pytest.param(TABLE.iloc[:3], id="a row less"),
        pytest.param(TABLE.drop(columns="k"), id="a column less"),
    ],
)
@pytest.mark.parametrize("ordered", [True, False])
def test_any_change_shows(other, ordered):
    """Two runs of one fingerprint must have seen the same data."""
    assert fingerprint(other, ordered=ordered) != fingerprint(TABLE, ordered=ordered)


def test_order_of_rows_shows():
    """The holdout is drawn by position, so another order is another holdout."""
    assert fingerprint(TABLE.iloc[::-1]) != fingerprint(TABLE)


@pytest.mark.parametrize("seed", range(5))
def test_order_of_rows_can_be_left_out(seed):
    """An export without an order is still the same table, equal rows included."""
    shuffled = TABLE.sample(frac=1, random_state=seed)

    assert fingerprint(shuffled, ordered=False) == fingerprint(TABLE, ordered=False)


def test_text_is_not_confused_at_its_borders():
    """`ab` and `c` must not hash like `a` and `bc`."""
    one, other = pd.DataFrame({"t": ["ab", "c"]}), pd.DataFrame({"t": ["a", "bc"]})

    assert fingerprint(one) != fingerprint(other)


@pytest.mark.parametrize(
    "same",
    [
        pytest.param(TABLE.set_axis(list("wxyz")), id="another index"),
        pytest.param(TABLE.iloc[::-1].iloc[::-1], id="a view with negative strides"),
        pytest.param(pd.concat([TABLE.iloc[:2], TABLE.iloc[2:]]), id="in two blocks"),
        pytest.param(
            pd.concat([TABLE[[name]] for name in TABLE], axis=1), id="by column"
        ),
    ],
)
def test_how_a_table_lies_in_memory_does_not_show(same):
    """What pandas did on the way is no property of the data."""
    assert fingerprint(same) == fingerprint(TABLE)


def test_all_kinds_of_nan_and_zero_are_one():
    """Libraries disagree on the bits of NaN and on the sign of zero."""
    bits = np.array([0x7FF8000000000000, 0xFFF8000000000001], dtype="uint64")
    one = pd.DataFrame({"a": np.append(bits.view("float64"), 0.0)})
    other = pd.DataFrame({"a": [np.nan, np.nan, -0.0]})

    assert fingerprint(one) == fingerprint(other)


def test_is_left_unchanged_by_the_hashing():
    """Bringing NaN to one form must happen on a copy."""
    table = pd.DataFrame({"a": [-0.0, 1.0]})
    fingerprint(table)

    assert np.signbit(table["a"][0])


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_is_the_same_in_every_process(hash_seed):
    """Python salts its own hashes anew in each process; this one is no such hash."""
    code = f"import pandas as pd\nfrom sweepkit.data.fingerprint import *\n{PRINT}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    here = fingerprint(pd.DataFrame({"a": ["x", "y"], "b": [0.1, None]}))

    assert done.stdout.strip() == here
    assert len(here) == 64


def test_is_the_same_from_csv_and_from_parquet(tmp_path):
    """The table counts, not its file."""
    table = TABLE.drop(columns="day")
    table.to_csv(tmp_path / "t.csv", index=False)
    table.to_parquet(tmp_path / "t.parquet")

    from_csv = CsvSource(tmp_path / "t.csv").read()
    from_parquet = ParquetSource(tmp_path / "t.parquet").read()
    assert fingerprint(from_csv) == fingerprint(from_parquet) == fingerprint(table)


def test_truth_values_with_blanks_can_be_hashed():
    """They come as a column of objects, unlike all others."""
    table = pd.DataFrame({"a": [True, None, False]})

    assert fingerprint(table) != fingerprint(pd.DataFrame({"a": [True, None, True]}))
