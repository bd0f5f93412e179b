"""A table described: what each column holds and how it goes along with the target."""

import json

import numpy as np
import pandas as pd
import pytest

from sweepkit.data import table_report
from sweepkit.data.relation import correlation_ratio, cramers_v, relate
from sweepkit.data.roles import Role
from sweepkit.data.sample import read_column
from sweepkit.data.schema import infer_schema
from sweepkit.data.table_report import describe_table
from sweepkit.tasks import Task

N = 300


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    size = rng.normal(100, 20, N)
    town = pd.Series(rng.choice(["b", "a", None], N, p=[0.5, 0.3, 0.2]), dtype="str")
    return pd.DataFrame(
        {
            "house_id": np.arange(N),
            "size": size,
            "town": town,
            "garden": rng.random(N) > 0.5,
            "sold_on": pd.date_range("2024-01-01", periods=N).astype("str"),
            "price": size + 10 * (town == "a") + rng.normal(0, 5, N),
        }
    )


def describe(table, target="price", **chosen):
    return describe_table(table, infer_schema(table, target=target, overrides=chosen))


def test_each_column_is_described_in_its_own_way(table):
    """The page and the terminal show these numbers, and programs read them."""
    report = describe(table)
    columns = {column.name: column for column in report.columns}

    assert list(columns) == ["house_id", "size", "town", "garden", "sold_on"]
    size, town = columns["size"], columns["town"]
    assert (size.low, size.high) == (table["size"].min(), table["size"].max())
    assert size.middle == pytest.approx(table["size"].median())
    assert (size.n_distinct, size.blank_share, size.dtype) == (N, 0, "float64")
    shares = (table["town"].value_counts() / N).to_dict()
    assert dict(town.top) == shares
    assert [value for value, _ in town.top] == ["b", "a"], "commonest first"
    assert town.blank_share == table["town"].isna().mean()
    assert {value for value, _ in columns["garden"].top} == {"true", "false"}
    sold_on = columns["sold_on"]
    assert (sold_on.low, sold_on.high) == ("2024-01-01", "2024-10-26")
    assert columns["house_id"].role == Role.IDENTIFIER
    assert columns["house_id"].alone is None, "nothing is learned from it"


def test_bars_count_every_row_with_a_value(table):
    """A drawing that leaves rows out shows another table."""
    table.loc[0, "size"] = 1e6
    report = describe(table)
    size = next(column for column in report.columns if column.name == "size")

    assert sum(size.bars) == N
    assert size.bars_to < 1e6 == size.high, "one wild value leaves the rest visible"
    assert max(size.bars) < N / 2


def test_features_come_in_the_order_of_what_they_tell(table):
    """What is worth a look comes first."""
    report = describe(table)

    assert report.features[0].name == "size"
    assert [column.name for column in report.left_out] == ["house_id"]


def test_the_target_is_described_like_a_column(table):
    """A cap or a rare label is seen here first."""
    labels = describe(table.assign(price=np.where(table["size"] > 120, "high", "low")))
    numbers = describe(table)

    assert numbers.target.role == labels.target.role == Role.TARGET
    assert sum(numbers.target.bars) == N
    assert [value for value, _ in labels.target.top] == ["low", "high"]
    assert (labels.task, labels.classes) == (Task.BINARY, ("high", "low"))


def test_it_is_strict_json(table):
    """Programs read it, and NaN is no JSON."""
    table["lone"] = [1.0, *[None] * (N - 1)]

    text = json.dumps(describe(table).to_dict(), allow_nan=False)

    assert json.loads(text)["columns"][1]["relation"]["measure"] == "rank correlation"


def test_of_a_large_table_some_rows_are_examined(table, monkeypatch):
    """That numbers hold for a part only must be known to who reads them."""
    monkeypatch.setattr(table_report, "MAX_ROWS", 100)

    report = describe(table)

    assert (report.n_rows, report.n_examined) == (N, 100)


def related(values, role, target, task):
    column = read_column(pd.Series(values), role)
    return relate(column, np.asarray(target, dtype=np.float64), task)


def test_two_numbers_correlate_by_rank():
    """As pandas says, ties and blanks included."""
    rng = np.random.default_rng(0)
    x = pd.Series(rng.integers(0, 9, 200)).astype("float64")
    y = pd.Series(x + rng.normal(0, 3, 200)).round()
    x[:20] = np.nan

    found = related(x, Role.NUMERIC, y, Task.REGRESSION)

    assert found.measure == "rank correlation"
    assert found.value == pytest.approx(x.corr(y, "spearman"))


def test_a_number_and_two_classes_have_an_area_under_the_curve():
    """As scikit-learn computes it."""
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 200)
    x = (rng.normal(size=200) + y).round(1)

    found = related(x, Role.NUMERIC, y, Task.BINARY)

    assert found.measure == "ROC AUC"
    assert found.value == pytest.approx(roc_auc_score(y, x))


def test_groups_without_a_relation_have_none():
    """Uncorrected, a hundred groups of four rows would seem to tell half of it."""
    rng = np.random.default_rng(0)
    groups = rng.integers(0, 100, 400)

    assert correlation_ratio(groups, rng.normal(size=400)) < 0.2
    assert cramers_v(groups, rng.integers(0, 3, 400)) < 0.2
    assert correlation_ratio(groups, groups * 2.0) == pytest.approx(1)
    assert cramers_v(groups, groups) == pytest.approx(1)


@pytest.mark.parametrize("task", list(Task))
@pytest.mark.parametrize("role", [Role.NUMERIC, Role.CATEGORICAL])
def test_a_column_that_does_not_vary_has_no_relation(role, task):
    """Rather no number than one that means nothing."""
    values = [1.0] * 50 if role == Role.NUMERIC else ["a"] * 50

    assert related(values, role, np.arange(50) % 2, task) is None
