"""A small table with a column of every kind, and rows to serve it with."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from sweepkit.data.column_profile import ColumnProfile

N_ROWS = 1500
N_TOWNS = 500
_WORDS = ["bright", "damp", "garden", "noisy", "quiet", "renovated", "sea", "view"]


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    """Numbers, positions, two kinds of category, dates and prose, a tenth blank."""
    rng = np.random.default_rng(0)
    blank = rng.random((5, N_ROWS)) < 0.1
    days = rng.integers(9_000, 20_000, N_ROWS)
    prose = [" ".join(rng.choice(_WORDS, 5)) for _ in range(N_ROWS)]
    table = pd.DataFrame(
        {
            "latitude": rng.uniform(33, 41, N_ROWS),
            "longitude": rng.uniform(-123, -115, N_ROWS),
            "rooms": rng.lognormal(6, 1, N_ROWS),
            "homes": rng.lognormal(5, 1, N_ROWS).round(),
            "kind": pd.Series(rng.choice(["flat", "house"], N_ROWS)),
            "town": pd.Series([f"town {i}" for i in rng.integers(0, N_TOWNS, N_ROWS)]),
            "sold": pd.Series(days.astype("M8[D]").astype("M8[ns]")),
            "note": pd.Series(prose),
        }
    ).astype({"kind": "str", "town": "str", "note": "str"})
    for name, where in zip(
        ["latitude", "rooms", "town", "sold", "note"], blank, strict=True
    ):
        table[name] = table[name].mask(where)
    return table


@pytest.fixture(scope="session")
def profiles(table) -> list[ColumnProfile]:
    """The table's columns as a saved model describes them."""
    kinds = {"f": "double", "M": "datetime"}
    return [
        ColumnProfile(
            name=name, kind=kinds.get(column.dtype.kind, "string"), required=False
        )
        for name, column in table.items()
    ]


@pytest.fixture(scope="session")
def edge_cells(table) -> list[list]:
    """Rows as a server's reader hands them over: usual ones, blanks, strangers."""
    rows = [
        [None if pd.isna(cell) else _plain(cell) for cell in row]
        for row in table.head(40).itertuples(index=False)
    ]
    usual = next(row for row in rows if None not in row)
    strange = {
        0: [0.0, -90.0],
        1: [0.0, 180.0],
        2: [0.0, -1.0, 1e12],
        3: [0.0, -1.0, 1e12],
        5: ["no town", "", "(blank)", "Ünïcôdé"],
        6: [datetime(1900, 1, 1), datetime(2100, 12, 31, 23, 59, 59)],
        7: ["", "völlig anders", "sea " * 500, "海の見える家"],
    }
    for place, cells in strange.items():
        rows += [[*usual[:place], c, *usual[place + 1 :]] for c in [None, *cells]]
    return [*rows, [None] * len(usual)]


def _plain(cell):
    return cell.to_pydatetime() if isinstance(cell, pd.Timestamp) else cell
