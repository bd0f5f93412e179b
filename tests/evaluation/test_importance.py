import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from sweepkit.evaluation.importance import permutation_importance
from sweepkit.evaluation.metrics import METRICS
from sweepkit.evaluation.predicted import Predicted

RNG = np.random.default_rng(0)
ROWS = pd.DataFrame(RNG.normal(size=(400, 3)), columns=["strong", "weak", "noise"])
TARGET = (5 * ROWS["strong"] + ROWS["weak"]).to_numpy()
MODEL = LinearRegression().fit(ROWS, TARGET)


def ask(rows):
    return Predicted(MODEL.predict(rows))


def measure(**changes):
    settings = {"metric": METRICS["rmse"], "repeats": 3, "max_rows": 400, "seed": 0}
    return permutation_importance(ask, ROWS, TARGET, **{**settings, **changes})


@pytest.mark.parametrize("metric", ["rmse", "r2"], ids=["minimized", "maximized"])
def test_ranks_columns_by_what_their_loss_costs(metric):
    """A loss is positive in either direction of the metric."""
    entries = measure(metric=METRICS[metric])

    assert [entry.column for entry in entries] == ["strong", "weak", "noise"]
    assert entries[0].loss > entries[1].loss > 0
    assert entries[2].loss == pytest.approx(0, abs=1e-9)


def test_shuffling_a_column_costs_its_share_of_the_error():
    """Of an exact model only shuffling makes errors: 5 * sqrt(2) for `strong`."""
    strong = measure()[0]

    assert strong.loss == pytest.approx(5 * np.sqrt(2), rel=0.1)


def test_is_repeatable_and_leaves_the_rows_alone():
    """Same seed, same figures; the caller still needs its rows."""
    before = ROWS.copy()

    assert measure(max_rows=100) == measure(max_rows=100)
    pd.testing.assert_frame_equal(ROWS, before)


def test_one_repeat_has_no_spread():
    """Zero rather than NaN, which JSON cannot hold."""
    assert {entry.spread for entry in measure(repeats=1)} == {0.0}
