"""A table's faults are told before time is spent, and stop what would be wasted."""

import json

import numpy as np
import pandas as pd
import pytest

from sweepkit.errors import DataError
from sweepkit.sweep.table_check import check_table


@pytest.fixture
def leaking(bench):
    """A table with a column that is the target in another unit."""
    rng = np.random.default_rng(5)
    size = rng.normal(100, 20, 300)
    price = 3 * size + rng.normal(0, 30, 300)
    table = pd.DataFrame({"size": size, "cents": price * 100, "price": price})
    table.to_csv(bench.folder / "leaking.csv", index=False)
    return (f"data.path={bench.folder / 'leaking.csv'}", "data.target=price")


def test_a_single_run_warns_and_goes_on(bench, leaking, capsys):
    """One fit costs seconds, and its report shows what is wrong."""
    bench.train(*leaking)

    said = capsys.readouterr().err
    assert said.startswith("Warning: ")
    assert "'cents'" in said
    report = json.loads((bench.output / "evaluation_report.json").read_text())
    assert any("'cents'" in warning for warning in report["warnings"])


def test_a_sweep_stops_before_its_first_trial(bench, leaking):
    """A night of trials would tune how well a copy of the target is copied."""
    cfg = bench.compose(*leaking)
    table = pd.read_csv(bench.folder / "leaking.csv")

    with pytest.raises(DataError, match=r"cents(.|\n)*data\.accept=\[leakage\]"):
        check_table(cfg, table)


def test_what_is_accepted_stops_nothing(bench, leaking):
    """The person knows the table better than any rule does."""
    table = pd.read_csv(bench.folder / "leaking.csv")

    check_table(bench.compose(*leaking, "data.accept=[leakage]"), table)
    check_table(bench.compose(*leaking, "data.ignored=[cents]"), table)


def test_an_unknown_kind_is_refused(bench, leaking):
    """A misspelt word would accept nothing, silently."""
    with pytest.raises(DataError, match="leakage"):
        bench.train(*leaking, "data.accept=[leakge]")
