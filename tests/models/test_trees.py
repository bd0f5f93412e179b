import numpy as np
import pytest
from sklearn.ensemble import (
    ExtraTreesRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeRegressor

from sweepkit.errors import DataError
from sweepkit.models.predictor import build as _registers  # noqa: F401
from sweepkit.models.predictor import trees as walks
from sweepkit.models.predictor.compiled import load_walk
from sweepkit.models.predictor.kernels import build_kernel
from sweepkit.models.predictor.plugs import NotPlain

RNG = np.random.default_rng(0)
X = np.round(RNG.normal(size=(300, 4)), 2)
Y = 3 * X[:, 0] + np.where(np.isnan(X[:, 1]), 5, X[:, 1]) ** 2 + RNG.normal(size=300)
BLANKS = np.where(RNG.random(X.shape) < 0.2, np.nan, X)
# More rows than are walked at once, some of them right on the thresholds.
MANY = np.concatenate([RNG.normal(size=(3000, 4)), X, BLANKS])

needs_numba = pytest.mark.skipif(
    load_walk() is None, reason="numba, of the extra `fast`, is not installed"
)


@pytest.fixture(
    autouse=True, params=["numpy", pytest.param("compiled", marks=needs_numba)]
)
def walk(request, monkeypatch):
    """Whichever walk serves, the library's number is the only right one."""
    if request.param == "numpy":
        monkeypatch.setattr(walks, "load_walk", lambda: None)


MODELS = [
    pytest.param(RandomForestRegressor(10, random_state=0), id="forest"),
    pytest.param(ExtraTreesRegressor(10, random_state=0), id="extra trees"),
    pytest.param(RandomForestRegressor(10, max_leaf_nodes=9), id="best first"),
    pytest.param(RandomForestRegressor(3, max_depth=1), id="stumps"),
    pytest.param(RandomForestRegressor(3, min_samples_leaf=200), id="bare roots"),
    pytest.param(DecisionTreeRegressor(random_state=0), id="one tree"),
    pytest.param(HistGradientBoostingRegressor(max_iter=10), id="histograms"),
    pytest.param(
        HistGradientBoostingRegressor(loss="poisson", max_iter=5), id="with a link"
    ),
    pytest.param(
        HistGradientBoostingRegressor(max_iter=5, early_stopping=True), id="stopped"
    ),
]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("train", [X, BLANKS], ids=["no blanks seen", "blanks seen"])
def test_trees_walked_together_give_the_librarys_sum(model, train):
    """Same comparisons, same way for blanks, same order of the sum: the same bits."""
    model.fit(train, Y - Y.min())
    kernel = build_kernel(model)

    np.testing.assert_array_equal(kernel.run(MANY), model.predict(MANY))
    for row in range(0, len(MANY), 400):
        one = MANY[row : row + 1]
        np.testing.assert_array_equal(kernel.run(one), model.predict(one))


def test_a_forest_looks_at_float32():
    """Fed float64, a value beside a threshold goes the other way, silently."""
    model = DecisionTreeRegressor().fit([[0.1], [0.1 + 1e-7]], [0.0, 1.0])
    between = np.linspace(0.1 - 2e-8, 0.1 + 2e-7, 400)[:, None]

    got = build_kernel(model).run(between)

    np.testing.assert_array_equal(got, model.predict(between))


def test_a_forest_that_takes_no_blanks_refuses_them():
    """As the pipeline does; the walk would send them left without a word."""
    kernel = build_kernel(
        RandomForestRegressor(3, monotonic_cst=[1, 0, 0, 0]).fit(X, Y)
    )

    with pytest.raises(DataError, match="takes no blanks"):
        kernel.run(BLANKS)


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(
            RandomForestRegressor(2).fit(X, np.stack([Y, Y], axis=1)), id="two targets"
        ),
        pytest.param(
            HistGradientBoostingRegressor(max_iter=2, categorical_features=[0]).fit(
                np.abs(np.round(X)), Y
            ),
            id="its own categories",
        ),
    ],
)
def test_what_the_walk_cannot_do_has_no_plain_form(model):
    """It is served by the pipeline, not by half an answer."""
    with pytest.raises(NotPlain):
        build_kernel(model)
