import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sweepkit.evaluation.metrics import METRICS
from sweepkit.evaluation.slices import MIN_ROWS, compare_slices

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
