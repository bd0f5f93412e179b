import numpy as np
import pandas as pd
import pytest

from sweepkit.tracking.columns import Column, fit_rows, read_column, read_columns


@pytest.mark.parametrize(
    ("values", "column"),
    [
        pytest.param([1, 2], Column("c", "double"), id="integers"),
        pytest.param([1.5, np.nan], Column("c", "double", False), id="blank number"),
        pytest.param(["a", "b"], Column("c", "string"), id="text"),
        pytest.param(["a", None], Column("c", "string", False), id="blank text"),
        pytest.param([True, False], Column("c", "boolean"), id="boolean"),
        pytest.param(
            pd.array([True, None], dtype="boolean"),
            Column("c", "string", False),
            id="blank boolean",
        ),
        pytest.param(
            pd.Categorical(["a", "b"]), Column("c", "string"), id="category dtype"
        ),
        pytest.param(
            pd.to_datetime(["2020-01-01", None]),
            Column("c", "datetime", False),
            id="date",
        ),
    ],
)
def test_a_column_is_described_by_what_it_holds(values, column):
    """The schema decides what a served model accepts."""
    assert read_column("c", pd.Series(values)) == column


def test_rows_take_the_schemas_types():
    """MLflow refuses an integer where a double is announced."""
    table = pd.DataFrame({"n": [1, 2], "c": pd.Categorical(["a", None])})

    rows = fit_rows(table, read_columns(table))

    assert rows["n"].dtype == np.float64
    assert rows["c"].tolist() == ["a", None]
