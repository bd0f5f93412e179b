"""Boosting stops where it should, and all folds agree on one number of rounds."""

import numpy as np
import pytest
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge

from sweepkit.errors import ConfigError, FitError
from sweepkit.models.classify import LabelClassifier
from sweepkit.models.clip import ClippedRegressor
from sweepkit.models.rounds import (
    agree_on_rounds,
    check_stoppable,
    fit_watched,
    set_rounds,
    use_rounds,
)

RNG = np.random.default_rng(7)
ROWS = RNG.normal(size=(400, 5))
NOISY = ROWS[:, 0] + RNG.normal(size=400)
SETTINGS = {"verbosity": -1, "n_jobs": 1, "random_state": 1, "learning_rate": 0.3}


def _watch(model, target, patience=5):
    half = len(ROWS) // 2
    parts = (ROWS[:half], target[:half], ROWS[half:], target[half:])
    return fit_watched(model, *parts, patience=patience)


def test_boosting_stops_where_other_rows_no_longer_gain():
    """On noise 500 rounds are far too many, and each costs time."""
    model = ClippedRegressor(LGBMRegressor(n_estimators=500, **SETTINGS))
    stopped = _watch(model, NOISY)
    best = int(np.argmin(stopped.curve))
    assert len(stopped.curve) == best + 1 + 5
    assert len(stopped.curve) < 100


def test_the_watched_rows_teach_nothing():
    """Other rows decide when to stop; trees must be those of the training rows."""
    model = ClippedRegressor(LGBMRegressor(n_estimators=40, **SETTINGS))
    stopped = _watch(model, NOISY, patience=40)
    alone = ClippedRegressor(LGBMRegressor(n_estimators=40, **SETTINGS))
    alone.fit(ROWS[:200], NOISY[:200])
    said = use_rounds(stopped.model, 40).predict(ROWS)
    np.testing.assert_array_equal(said, alone.predict(ROWS))


@pytest.mark.parametrize("rounds", [1, 7], ids=["one round", "seven rounds"])
def test_a_model_of_fewer_rounds_is_the_one_fitted_with_so_many(rounds):
    """What is carried into the last fit must be what was judged."""
    model = ClippedRegressor(LGBMRegressor(n_estimators=40, **SETTINGS))
    stopped = _watch(model, NOISY, patience=40)
    fresh = set_rounds(ClippedRegressor(LGBMRegressor(**SETTINGS)), rounds)
    fresh.fit(ROWS[:200], NOISY[:200])
    said = use_rounds(stopped.model, rounds).predict(ROWS)
    np.testing.assert_array_equal(said, fresh.predict(ROWS))


@pytest.mark.parametrize("weight", [None, "balanced"], ids=["equal", "balanced"])
def test_classes_are_watched_by_their_codes(weight):
    """A class that the watched rows alone have must not stop the fit."""
    labels = ["a", "b", "c"]
    codes = np.where(ROWS[:, 0] > 0, 1.0, 0.0)
    codes[-3:] = 2.0  # only among the watched rows
    model = LabelClassifier(
        LGBMClassifier(n_estimators=200, **SETTINGS), labels, weight
    )
    stopped = _watch(model, codes)
    assert 0 < len(stopped.curve) < 200
    assert stopped.model.predict_proba(ROWS).shape == (400, 3)


def test_rows_of_one_class_have_nothing_to_watch():
    """A fold may hold one class only; it then says that class."""
    model = LabelClassifier(LGBMClassifier(n_estimators=5, **SETTINGS), ["a", "b"])
    stopped = _watch(model, np.zeros(400))
    assert len(stopped.curve) == 0
    assert agree_on_rounds([stopped.curve]) is None
    assert set(use_rounds(stopped.model, 3).predict(ROWS)) == {"a"}


def test_folds_agree_on_the_best_round_of_their_mean():
    """A best round for each fold would flatter all of them."""
    curves = [np.array([5.0, 3.0, 1.0, 4.0]), np.array([5.0, 1.0, 4.0])]
    # Means: 5, 2, 2.5, 4 (the shorter one stays at 4).
    assert agree_on_rounds(curves) == 2


@pytest.mark.parametrize(
    "estimator",
    [Ridge(), RandomForestRegressor(), LGBMRegressor(boosting_type="dart")],
    ids=["ridge", "forest", "dart"],
)
def test_what_cannot_stop_is_refused(estimator):
    """A key that is silently ignored would be believed."""
    with pytest.raises(ConfigError, match=r"model\.early_stopping=null"):
        check_stoppable(ClippedRegressor(estimator))


def test_a_refusal_by_lightgbm_names_the_setting():
    """A person reads which key to change, not a C++ message alone."""
    model = ClippedRegressor(LGBMRegressor(num_leaves=1, verbosity=-1))
    with pytest.raises(FitError, match=r"model\.estimator"):
        _watch(model, NOISY)
