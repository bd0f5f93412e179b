import logging
import sys
from concurrent.futures import ThreadPoolExecutor

import lightgbm
import numpy as np
import pytest

from sweepkit.data.example import load_california_housing
from sweepkit.models.predictor import trees as walks
from sweepkit.models.predictor.compiled import load_walk
from sweepkit.models.predictor.compiled_booster import (
    compile_booster,
    probe_rows,
    rebuild,
)
from sweepkit.models.predictor.lightgbm_trees import read_lightgbm
from sweepkit.models.predictor.plugs import NotPlain

RNG = np.random.default_rng(0)
X = np.where(RNG.random((600, 5)) < 0.1, np.nan, 3 * RNG.normal(size=(600, 5)))
X[:, 3] = np.where(RNG.random(600) < 0.6, 0.0, X[:, 3])  # mostly zeros
X[:, 4] = np.nan_to_num(X[:, 4])  # no blanks in training
SCORE = np.nan_to_num(X[:, 0] - X[:, 1] + X[:, 3]) + RNG.normal(size=600)
AMOUNT = np.abs(SCORE) + 0.1
SHARE = AMOUNT / AMOUNT.max()
TWO, MANY = (SCORE > 0).astype(int), np.digitize(SCORE, np.arange(-4, 5))
QUIET = {"n_estimators": 30, "n_jobs": 1, "verbosity": -1, "random_state": 0}
RF = {"boosting_type": "rf", "subsample": 0.5, "subsample_freq": 1}
needs_numba = pytest.mark.skipif(
    load_walk() is None, reason="numba, of the extra `fast`, is not installed"
)


@pytest.fixture(params=["numpy", pytest.param("compiled", marks=needs_numba)])
def walk(request, monkeypatch):
    """Both walks read the same trees; one of them needs no extra."""
    if request.param == "numpy":
        monkeypatch.setattr(walks, "load_walk", lambda: None)
    return request.param


def fit(target, **settings):
    kind = "LGBMRegressor" if target.dtype == float else "LGBMClassifier"
    return getattr(lightgbm, kind)(**(QUIET | settings)).fit(X, target).booster_


@pytest.mark.parametrize(
    ("target", "settings"),
    [
        pytest.param(SCORE, {}, id="squares"),
        pytest.param(SCORE, {"objective": "quantile", "alpha": 0.9}, id="quantile"),
        pytest.param(AMOUNT, {"objective": "poisson"}, id="poisson"),
        pytest.param(AMOUNT, {"objective": "gamma"}, id="gamma"),
        pytest.param(AMOUNT, {"objective": "tweedie"}, id="tweedie"),
        pytest.param(SHARE, {"objective": "cross_entropy"}, id="cross entropy"),
        pytest.param(SCORE, {"boosting_type": "dart"}, id="dart"),
        pytest.param(SCORE, RF, id="averaged"),
        pytest.param(SCORE, {"n_estimators": 1}, id="one tree"),
        pytest.param(SCORE, {"min_child_samples": 400}, id="single leaves"),
        pytest.param(SCORE, {"use_missing": False}, id="blanks taken for 0"),
        pytest.param(SCORE, {"num_leaves": 200, "min_child_samples": 1}, id="deep"),
        pytest.param(TWO, {}, id="two classes"),
        pytest.param(TWO, {"sigmoid": 1.23456789}, id="another sigmoid"),
        pytest.param(TWO, RF, id="two classes averaged"),
        pytest.param(MANY, {}, id="many classes"),
        pytest.param(MANY, {"objective": "multiclassova"}, id="one against all"),
    ],
)
def test_rebuilt_trees_say_what_lightgbm_says_to_the_last_bit(target, settings, walk):
    """On the training rows, and on rows around every threshold with odd values."""
    booster = fit(target, **settings)
    run, trees = rebuild(booster.model_to_string())

    for rows in (X, probe_rows(trees, 5), X[:1], X[:0]):
        expected = booster.predict(rows) if len(rows) else run(rows)
        np.testing.assert_array_equal(run(rows), expected)


def test_every_row_of_the_table_gets_lightgbms_number(walk):
    """All 20,640, since the check at load sees only some hundred."""
    table = load_california_housing()
    features = table.drop(columns=["median_house_value", "ocean_proximity"]).to_numpy()
    model = lightgbm.LGBMRegressor(**QUIET | {"n_estimators": 60})
    booster = model.fit(features, table["median_house_value"]).booster_
    run, _ = rebuild(booster.model_to_string())

    np.testing.assert_array_equal(run(features), booster.predict(features))


@needs_numba
def test_trees_after_the_best_round_are_left_out():
    """As `Booster.predict` leaves them out."""
    seen, unseen = (lightgbm.Dataset(X[i::2], SCORE[i::2]) for i in range(2))
    settings = {"verbosity": -1, "num_threads": 1, "early_stopping_rounds": 3}
    booster = lightgbm.train(settings, seen, 300, [unseen], keep_training_booster=True)
    assert 0 < booster.best_iteration < booster.num_trees()

    run = compile_booster(booster)

    np.testing.assert_array_equal(run(X), booster.predict(X))


REFUSED = [
    pytest.param({"linear_tree": True}, "linear leaves", id="linear leaves"),
    pytest.param({"zero_as_missing": True}, "0 for a blank", id="0 is a blank"),
    pytest.param({"reg_sqrt": True}, "'regression sqrt'", id="an odd link"),
]


@pytest.mark.parametrize(("settings", "reason"), REFUSED)
def test_what_is_not_plain_is_left_to_lightgbm(settings, reason, caplog):
    """And the log says why."""
    booster = fit(AMOUNT, **settings)

    with pytest.raises(NotPlain, match=reason):
        rebuild(booster.model_to_string())
    if load_walk() is not None:
        with caplog.at_level(logging.INFO):
            assert compile_booster(booster) is None
        assert reason in caplog.text


def test_splits_on_categories_are_left_to_lightgbm():
    """They ask whether a value is among some, not whether it is below one."""
    rows = np.abs(np.round(np.nan_to_num(X)))
    model = lightgbm.LGBMRegressor(**QUIET)
    model.fit(rows, rows[:, 0] % 3 + SCORE, categorical_feature=[0])

    with pytest.raises(NotPlain, match="categorical splits"):
        read_lightgbm(model.booster_.model_to_string())


@needs_numba
@pytest.mark.parametrize("lost", ["leaf_value", "threshold", "max_feature_idx"])
def test_a_text_of_another_form_is_left_to_lightgbm(lost, caplog):
    """A later LightGBM may write its models in other words."""
    booster = fit(SCORE)
    text = booster.model_to_string().replace(f"{lost}=", "renamed=")
    booster.model_to_string = lambda: text

    assert compile_booster(booster) is None
    assert "cannot be read" in caplog.text


@needs_numba
def test_trees_that_say_otherwise_are_not_used(caplog):
    """A LightGBM whose text means something else must not change a prediction."""
    booster, other = fit(SCORE), fit(AMOUNT)
    booster.model_to_string = other.model_to_string

    assert compile_booster(booster) is None
    assert "said otherwise" in caplog.text


def test_without_a_compiler_lightgbm_is_faster(monkeypatch):
    """The numpy walk is for forests, whose own call costs more."""
    name = "sweepkit.models.predictor.compiled_booster.load_walk"
    monkeypatch.setattr(name, lambda: None)

    assert compile_booster(fit(SCORE)) is None


@needs_numba
def test_threads_walk_without_disturbing_each_other():
    """Calls run side by side, without the interpreter's lock."""
    booster = fit(MANY, n_estimators=10)
    run, expected = compile_booster(booster), booster.predict(X)

    def differences(seed):
        starts = np.random.default_rng(seed).integers(0, 500, 200)
        parts = [slice(start, start + 1 + start % 40) for start in starts]
        return sum(not np.array_equal(run(X[part]), expected[part]) for part in parts)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(4) as threads:
            assert list(threads.map(differences, range(4))) == [0] * 4
    finally:
        sys.setswitchinterval(interval)
