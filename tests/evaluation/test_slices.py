import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sweepkit.errors import ConfigError
from sweepkit.evaluation.metrics import METRICS
from sweepkit.evaluation.predicted import Predicted
from sweepkit.evaluation.slices import MIN_ROWS, compare_slices, score_slices
from sweepkit.evaluation.slicing import list_slices
from sweepkit.tasks import decide

RMSE = METRICS["rmse"]


@pytest.fixture
def rows():
    """600 rows in three towns, one of them tiny, and two equally good models."""
    rng = np.random.default_rng(0)
    towns = np.repeat(["a", "b", "tiny"], [400, 180, 20])
    inputs = pd.DataFrame(
        {
            "town": pd.Series(towns, dtype="str"),
            "garden": rng.random(600) > 0.5,
            "size": rng.normal(size=600),
            "sold_on": pd.date_range("2024-01-01", periods=600),
        }
    )
    noise = rng.normal(size=(2, 600))
    return inputs, np.zeros(600), noise[0], 0.95 * noise[0] + 0.3 * noise[1]


def test_categories_with_rows_enough_are_looked_at(rows):
    """A slice of twenty rows says little, and numbers and dates are none."""
    found = compare_slices(RMSE, *rows, limit=0.1)

    seen = {(entry.column, entry.value) for entry in found}
    assert seen == {
        ("town", "a"),
        ("town", "b"),
        ("garden", "True"),
        ("garden", "False"),
    }
    assert all(entry.n_rows >= MIN_ROWS for entry in found)
    assert not any(entry.beyond_chance for entry in found)


def test_the_category_that_pays_comes_first(rows):
    """Its loss is a share of what the champion's error there was."""
    inputs, actual, candidate, champion = rows
    in_b = (inputs["town"] == "b").to_numpy()
    candidate = np.where(in_b, 1.5 * champion, 0.8 * champion)
    worst = compare_slices(RMSE, inputs, actual, candidate, champion, limit=0.1)[0]

    assert (worst.column, worst.value, worst.n_rows) == ("town", "b", 180)
    assert worst.loss == pytest.approx(0.5)
    assert worst.beyond_chance


def test_the_worst_of_many_small_categories_is_no_proof():
    """Of a hundred towns, some are a good deal worse by luck alone."""
    rng = np.random.default_rng(1)
    towns = pd.Series(rng.integers(0, 100, 4_000).astype(str), dtype="str")
    noise = rng.normal(size=(2, 4_000))
    candidate, champion = noise[0], 0.9 * noise[0] + math.sqrt(0.19) * noise[1]
    found = compare_slices(
        RMSE,
        pd.DataFrame({"town": towns}),
        np.zeros(4_000),
        candidate,
        champion,
        limit=0.1,
    )

    assert max(entry.loss for entry in found) > 0.1
    assert not any(entry.beyond_chance for entry in found)


def test_a_slice_is_judged_the_way_the_metric_goes(rows):
    """R2 that falls is a loss."""
    inputs, _, candidate, champion = rows
    actual = np.random.default_rng(2).normal(0, 5, 600)
    worse = actual + 3 * candidate
    found = compare_slices(
        METRICS["r2"], inputs, actual, worse, actual + champion, limit=0.1
    )

    assert all(entry.loss > 0.1 and entry.beyond_chance for entry in found)


def test_a_slice_without_a_score_is_left_out(rows):
    """Where all targets are zero there is no percentage."""
    inputs, actual, candidate, champion = rows
    mape = replace(METRICS["mape"])
    actual = np.where(inputs["town"] == "a", 0.0, 10.0)
    found = compare_slices(mape, inputs, actual, candidate, champion, limit=0.1)

    assert ("town", "a") not in {(entry.column, entry.value) for entry in found}
    assert ("town", "b") in {(entry.column, entry.value) for entry in found}


def test_chosen_numbers_are_sliced_at_their_quartiles(rows):
    """Whoever chose a column wants it looked at, blanks by themselves."""
    inputs = rows[0]
    ages = np.arange(600.0) // 6
    ages[:60] = np.nan
    found = list_slices(inputs.assign(age=ages), ["age", "town"])

    assert [(s.column, s.value, s.mask.sum()) for s in found] == [
        ("age", "<= 32", 138),
        ("age", "> 32, <= 54", 132),
        ("age", "> 54, <= 77", 138),
        ("age", "> 77", 132),
        ("age", "blank", 60),
        ("town", "a", 400),
        ("town", "b", 180),
    ]
    ranges = sum(s.mask for s in found[:4])
    assert np.array_equal(ranges == 1, ~np.isnan(ages))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(np.repeat([0.0, 7.0], 300), ["0", "7"], id="two numbers"),
        pytest.param(np.repeat([1, 2, 3], 200), ["1", "2", "3"], id="three integers"),
        pytest.param(
            np.where(np.arange(600) < 500, 0.0, np.arange(600.0)),
            ["<= 0", "> 0"],
            id="mostly zero",
        ),
        pytest.param(np.full(600, 5.0), ["5"], id="constant"),
        pytest.param(
            pd.date_range("2024-01-01", periods=600),
            [
                *("<= 2024-05-29", "> 2024-05-29, <= 2024-10-26"),
                *("> 2024-10-26, <= 2025-03-25", "> 2025-03-25"),
            ],
            id="dates",
        ),
        pytest.param(
            np.linspace(0, 1 / 3, 600),
            [
                *("<= 0.082916", "> 0.082916, <= 0.166388"),
                *("> 0.166388, <= 0.249861", "> 0.249861"),
            ],
            id="fractions",
        ),
    ],
)
def test_every_kind_of_column_is_sliced_into_words_a_person_reads(values, expected):
    """Edges may coincide, and few numbers are categories."""
    found = list_slices(pd.DataFrame({"x": values}), ["x"])

    assert sorted(s.value for s in found) == sorted(expected)


def test_of_many_categories_the_hundred_commonest_are_looked_at():
    """A slice each of 2,000 postcodes is noise, and takes minutes."""
    codes = pd.Series(np.repeat(np.arange(150), 31 + np.arange(150))).astype(str)
    found = list_slices(pd.DataFrame({"code": codes.astype("str")}), None)

    assert len(found) == 100
    assert {s.value for s in found} == {str(code) for code in range(50, 150)}


def test_an_unknown_column_is_refused_by_its_key(rows):
    """With the names there are."""
    with pytest.raises(
        ConfigError, match=r"evaluation\.slices names 'twon'.*town, gar"
    ):
        list_slices(rows[0], ["town", "twon"])


def test_a_range_that_pays_is_named_as_a_range(rows):
    """The gate's sentence must read."""
    inputs, actual, _, champion = rows
    young = (inputs["size"] < inputs["size"].quantile(0.2)).to_numpy()
    candidate = np.where(young, 2 * champion, 0.8 * champion)
    found = compare_slices(
        RMSE, inputs, actual, candidate, champion, limit=0.1, columns=["size", "town"]
    )

    assert found[0].where.startswith("size <= -0.")
    assert found[0].beyond_chance
    assert "town is a" in [entry.where for entry in found]
    assert found[0].to_dict()["is_range"] is True


@pytest.mark.parametrize("name", ["roc_auc", "log_loss", "f1", "accuracy"])
def test_slices_of_classes_are_compared_by_any_score(name):
    """A better model on the whole may have become useless for one town."""
    rng = np.random.default_rng(0)
    logits = rng.normal(size=900)
    codes = (rng.random(900) < 1 / (1 + np.exp(-3 * logits))).astype(float)
    towns = np.repeat(["a", "b", "c"], 300)

    def ask(share):
        shares = np.column_stack([1 - share, share])
        return METRICS[name].pick(Predicted((share >= 0.5).astype(float), shares))

    share = 1 / (1 + np.exp(-3 * logits))
    lost = np.where(towns == "c", 1 - share, share)
    inputs = pd.DataFrame({"town": pd.Series(towns, dtype="str")})
    found = compare_slices(
        METRICS[name], inputs, codes, ask(lost), ask(share), limit=0.1
    )

    assert found[0].where == "town is c"
    assert found[0].beyond_chance
    assert [entry.loss for entry in found[1:]] == [0, 0]


def test_the_report_gets_every_slice_with_its_interval(rows):
    """The worst first, by whichever way the metric goes."""
    inputs, actual, predicted, _ = rows
    predicted = np.where(inputs["town"] == "b", 3 * predicted, predicted)
    found = score_slices(RMSE, inputs, actual, Predicted(predicted), ["town", "size"])

    assert found[0].where == "town is b"
    assert found[0].n_rows == 180
    assert len(found) == 2 + 4
    for entry in found:
        assert entry.low < entry.score < entry.high
    best = score_slices(METRICS["r2"], inputs, actual + 1.0, Predicted(predicted), None)
    assert [s.score for s in best] == sorted(s.score for s in best)


def test_a_slice_of_one_class_is_left_out_of_the_report():
    """It has no order of rows to score."""
    rng = np.random.default_rng(0)
    codes = np.repeat([1.0, 0.0], 100)
    shares = rng.dirichlet([1, 1], 200)
    inputs = pd.DataFrame({"town": pd.Series(["a"] * 60 + ["b"] * 140, dtype="str")})
    said = Predicted(decide(shares, None).astype(float), shares)

    found = score_slices(METRICS["roc_auc"], inputs, codes, said, None)
    assert [entry.value for entry in found] == ["b"]
