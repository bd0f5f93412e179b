import sys
from concurrent.futures import ThreadPoolExecutor

import lightgbm
import numpy as np
import pytest

from sweepkit.models.predictor import booster as _registers  # noqa: F401
from sweepkit.models.predictor import compiled_booster
from sweepkit.models.predictor.kernels import build_kernel

RNG = np.random.default_rng(0)
X = np.where(RNG.random((800, 5)) < 0.1, np.nan, RNG.normal(size=(800, 5)))
Y = np.nan_to_num(X[:, 0] * 3 - X[:, 1]) + RNG.normal(size=800)
QUIET = {"n_jobs": 1, "verbosity": -1, "random_state": 0}


@pytest.fixture(autouse=True)
def no_compiler(monkeypatch):
    """With one, LightGBM itself is not asked; see test_compiled_booster.py."""
    monkeypatch.setattr(compiled_booster, "load_walk", lambda: None)


def fitted(**settings):
    return lightgbm.LGBMRegressor(**(QUIET | {"n_estimators": 40} | settings)).fit(X, Y)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="squares"),
        pytest.param({"objective": "gamma"}, id="with a link"),
        pytest.param({"linear_tree": True}, id="linear leaves"),
        pytest.param({"boosting_type": "dart"}, id="dart"),
        pytest.param(
            {"boosting_type": "rf", "subsample": 0.5, "subsample_freq": 1}, id="rf"
        ),
    ],
)
def test_one_row_gets_the_number_it_gets_among_many(settings):
    """One row goes through another call of LightGBM's than many."""
    target = np.abs(Y) + 0.1
    model = lightgbm.LGBMRegressor(**(QUIET | {"n_estimators": 40} | settings))
    model.fit(X, target)
    kernel, expected = build_kernel(model), model.predict(X)

    np.testing.assert_array_equal(kernel.run(X), expected)
    alone = [kernel.run(X[i : i + 1])[0] for i in range(len(X))]
    np.testing.assert_array_equal(alone, expected)


@pytest.mark.parametrize("early", [False, True], ids=["all trees", "stopped early"])
def test_threads_do_not_disturb_each_other(early):
    """LightGBM keeps buffers and the number of trees where threads could share them."""
    stop = [lightgbm.early_stopping(3, verbose=False)] if early else []
    model = lightgbm.LGBMRegressor(**QUIET, n_estimators=200)
    model.fit(X[:400], Y[:400], eval_X=X[400:], eval_y=Y[400:], callbacks=stop)
    kernel, expected = build_kernel(model), model.predict(X)
    assert (model.booster_.best_iteration > 0) == early

    def differences(seed):
        wrong = 0
        for row in np.random.default_rng(seed).integers(0, 700, 1500):
            size = 40 if row % 20 == 0 else 1
            part = slice(row, row + size)
            wrong += not np.array_equal(kernel.run(X[part]), expected[part])
        return wrong

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(6) as threads:
            assert list(threads.map(differences, range(6))) == [0] * 6
    finally:
        sys.setswitchinterval(interval)


def test_another_lightgbm_is_asked_by_its_public_way_only(monkeypatch):
    """The call for one row goes past the Python package, so its version counts."""
    monkeypatch.setattr(lightgbm, "__version__", "5.0.0")
    model = fitted()

    kernel = build_kernel(model)

    np.testing.assert_array_equal(kernel.run(X[:1]), model.predict(X[:1]))


def test_more_features_than_the_model_has_are_not_read():
    """The call for one row trusts its caller with memory; ours checks the shape."""
    kernel = build_kernel(fitted())

    with pytest.raises(lightgbm.basic.LightGBMError, match="number of features"):
        kernel.run(X[:1, :3].copy())
