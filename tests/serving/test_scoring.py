"""What a model takes is measured, so that a slow one never stops the event loop."""

from datetime import datetime

import numpy as np
import pytest

from sweepkit.data.column_profile import ColumnProfile, TableProfile
from sweepkit.serving.scoring import (
    ScoringFailed,
    measure_pace,
    score_together,
    typical_row,
)


class Clock:
    """Stands still until a model moves it."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_pace_is_a_call_and_so_much_a_row(profile):
    """A hundred rows of a forest are slow though one is not."""
    clock = Clock()

    def predict(rows):
        clock.now += 0.002 + 0.0005 * len(rows)
        return np.zeros(len(rows))

    pace = measure_pace(predict, profile, clock)
    assert pace.estimate_s(1) == pytest.approx(0.0025)
    assert pace.estimate_s(100) == pytest.approx(0.052)


def test_a_model_that_fails_on_a_typical_row_is_slow(profile, caplog):
    """It costs its requests a thread, and the log says why."""

    def predict(rows):
        raise ValueError("cannot")

    assert not measure_pace(predict, profile).estimate_s(1) < 1e9
    assert "cannot" in caplog.text


def test_a_typical_row_is_one_the_predictor_takes(profile, small_profile):
    """Floats, texts, booleans and dates, also where the profile tells of no values."""
    assert typical_row(profile)[0] == 3.5
    assert typical_row(profile)[-1] == "<1H OCEAN"
    assert list(map(type, typical_row(small_profile))) == [
        *(float, float, str, str, bool, datetime)
    ]


def test_a_typical_row_holds_median_dates_and_commonest_booleans():
    """Dates are seconds since 1970 in a profile and without zone in a row."""
    noon = datetime(2024, 1, 31, 12)
    seconds = (noon - datetime(1970, 1, 1)).total_seconds()
    columns = (
        ColumnProfile(
            name="sold", kind="datetime", required=True, quantiles=(seconds,) * 11
        ),
        ColumnProfile(
            name="new",
            kind="boolean",
            required=True,
            categories={"true": 0.9, "false": 0.1},
        ),
    )
    assert typical_row(TableProfile(target="y", columns=columns)) == [noon, True]


def test_predictions_are_split_as_their_rows_were():
    """One place off and everybody gets a neighbour's answer."""
    tables = [[(i, k) for k in range(i)] for i in (3, 1, 2)]
    found = score_together(lambda rows: np.array([10 * i + k for i, k in rows]), tables)
    assert [f.tolist() for f in found] == [[30, 31, 32], [10], [20, 21]]


def test_a_call_that_loses_rows_fails():
    """Predictions for fewer rows belong to nobody."""
    (failed,) = score_together(lambda rows: np.zeros(len(rows) - 1), [[(1,), (2,)]])
    assert isinstance(failed, ScoringFailed) and "1 predictions for 2" in str(failed)


@pytest.mark.parametrize(
    "found", [None, 5.0, object()], ids=["nothing", "one", "other"]
)
def test_whatever_a_model_returns_a_request_is_answered(found):
    """A request without an outcome would wait for ever."""
    (failed,) = score_together(lambda _: found, [[(1,)]])
    assert isinstance(failed, ScoringFailed)
