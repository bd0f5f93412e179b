"""Columns that know the target are found; columns that are merely good are not."""

import numpy as np
import pandas as pd
import pytest

from sweepkit.data.alike import find_sum
from sweepkit.data.alone import explain_all
from sweepkit.data.leakage import find_leaks
from sweepkit.data.problems import Plan, find_problems
from sweepkit.data.sample import draw_sample
from sweepkit.data.schema import infer_schema

RNG_SEED = 3


def sample_of(table, roles=None):
    schema = infer_schema(table, target="y", overrides=roles or {})
    return draw_sample(table, schema)


def explain(table):
    return explain_all(sample_of(table))


def severities(table, plan=None):
    found = find_leaks(sample_of(table), plan or Plan())
    return {problem.column: problem.severity for problem in found}


def make(n=600):
    rng = np.random.default_rng(RNG_SEED)
    y = np.exp(rng.normal(0, 1.5, n))  # far values must hide nothing
    return rng, pd.DataFrame({"other": rng.normal(size=n), "y": y})


def make_classes(n=600):
    rng = np.random.default_rng(RNG_SEED)
    y = rng.choice(["a", "b", "c"], n, p=[0.6, 0.3, 0.1])
    return rng, pd.DataFrame({"other": rng.normal(size=n), "y": y})


@pytest.mark.parametrize("n", [100, 600, 25_000])
@pytest.mark.parametrize(
    "leak",
    [
        pytest.param(lambda y: y, id="copy"),
        pytest.param(lambda y: -0.92 * y + 3, id="other unit"),
        pytest.param(lambda y: np.log(y), id="logarithm"),
        pytest.param(lambda y: y.round(2), id="rounded"),
        pytest.param(lambda y: 1 / y, id="reciprocal"),
    ],
)
def test_a_number_that_is_the_target_stops(leak, n):
    """Under whatever name and unit it stands in the table."""
    _, table = make(n)

    assert severities(table.assign(x=leak(table["y"]))) == {"x": "stop"}


@pytest.mark.parametrize("n", [100, 600, 25_000])
def test_a_column_that_is_the_label_stops(n):
    """As text in other letters, or as codes."""
    _, table = make_classes(n)
    code = table["y"].map({"a": 2, "b": 0, "c": 1}).astype("int64")
    assert severities(table.assign(x=table["y"].str.upper())) == {"x": "stop"}
    assert severities(table.assign(x=code)) == {"x": "stop"}


@pytest.mark.parametrize("n", [100, 600, 25_000])
def test_a_date_that_only_one_class_has_stops(n):
    """That an account has been closed says that its owner left."""
    rng, table = make_classes(n)
    table["y"] = np.where(table["y"] == "a", "left", "stayed")
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 9, n), "D")

    closed = pd.Series(day).where(table["y"] == "left")

    assert severities(table.assign(x=closed)) == {"x": "stop"}


@pytest.mark.parametrize(
    ("noise", "expected"),
    [(0.01, "stop"), (0.04, "stop"), (0.15, "warn"), (0.25, "warn"), (0.5, None)],
)
def test_the_better_a_column_the_louder_the_warning(noise, expected):
    """An honest forecast may be good; only what hardly errs is no forecast."""
    rng, table = make(3_000)
    spread = np.log(table["y"]).std()
    x = np.log(table["y"]) + rng.normal(0, noise * spread, len(table))

    assert severities(table.assign(x=x)).get("x") == expected


def test_one_wrong_label_in_twenty_is_no_leak():
    """A doctor's first guess is as good, and known in time."""
    rng, table = make_classes(3_000)
    wrong = rng.random(len(table)) < 0.05

    found = severities(table.assign(x=table["y"].where(~wrong, "b")))

    assert found.get("x") != "stop"


def test_columns_without_a_relation_explain_nothing():
    """By chance some of many columns would, were they judged on rows they saw."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({f"x{i}": rng.normal(size=200) for i in range(20)})
    table["many"] = [f"v{i}" for i in rng.integers(0, 120, 200)]
    table["y"] = rng.normal(size=200)

    assert max(explain(table).values()) < 0.1


def test_what_is_explained_is_r2_of_a_relation_of_any_form():
    """The number stands in the profile, beside numbers of other tools."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, 5_000)
    parabola = pd.DataFrame({"x": x, "y": x**2 + rng.normal(0, 0.1, 5_000)})

    ranks = parabola["y"].rank()
    bins = pd.qcut(parabola["x"], 50)
    between = ranks.groupby(bins, observed=True).transform("mean").var() / ranks.var()
    assert explain(parabola)["x"] == pytest.approx(between, abs=0.02)


def test_that_there_is_something_is_not_how_much():
    """Closed shops sell nothing, which nobody needs to hide from a model."""
    rng, table = make(2_000)
    is_open = rng.random(2_000) < 0.4
    table["y"] = table["y"].where(is_open, 0.0)

    assert severities(table.assign(is_open=is_open)) == {}


def test_a_date_that_tells_all_asks_for_later_rows():
    """Where the target goes up steadily, random folds know the days on either side."""
    days = pd.date_range("2022-01-01", periods=600)
    table = pd.DataFrame({"day": days, "y": np.arange(600.0) ** 2})

    (problem,) = find_leaks(sample_of(table), Plan())

    assert "`evaluation=time_series evaluation.time=day`" in problem.advice
    assert find_leaks(sample_of(table), Plan(time="day")) == []


def test_a_group_that_tells_all_asks_to_be_kept_together():
    """All rows of a patient have her diagnosis; new patients are not in the table."""
    rng = np.random.default_rng(0)
    sick = rng.random(40) < 0.4
    patient = np.arange(800) % 40
    table = pd.DataFrame(
        {
            "patient": [f"p{i}" for i in patient],
            "other": rng.normal(size=800),
            "y": np.where(sick[patient], "sick", "well"),
        }
    )

    (problem,) = find_leaks(sample_of(table), Plan())

    assert problem.severity == "stop"
    assert "`evaluation=group_kfold evaluation.group=patient`" in problem.advice
    assert find_leaks(sample_of(table), Plan(group="patient")) == []


def test_columns_that_add_up_to_the_target_stop():
    """Guests and members make the number of riders, and each alone looks honest."""
    rng, table = make()
    table = table.assign(guests=rng.poisson(9, 600), members=rng.poisson(30, 600))
    table["y"] = table["guests"] + table["members"].astype("float64")

    (problem,) = find_sum(sample_of(table))

    assert "'guests', 'members':" in problem.found
    noisy = table.assign(y=table["y"] + rng.normal(0, 0.1, 600))
    assert find_sum(sample_of(noisy)) == []


def test_of_a_leaking_column_nothing_else_is_told():
    """It must go, whatever else is wrong with it."""
    _, table = make()
    x = table["y"].where(np.arange(600) < 599, 1e9)

    schema = infer_schema(table.assign(x=x), target="y", overrides={})
    problems = find_problems(table.assign(x=x), schema, holdout=None)

    assert [problem.kind for problem in problems if problem.column == "x"] == [
        "leakage"
    ]


def test_any_number_of_classes_is_examined():
    """Beyond a dozen the rare ones count as one."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 40, 2_000)
    table = pd.DataFrame({"other": rng.normal(size=2_000), "code": codes * 10})
    table["y"] = [f"label {code}" for code in codes]

    assert severities(table) == {"code": "stop"}
