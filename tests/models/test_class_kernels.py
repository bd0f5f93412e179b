from concurrent.futures import ThreadPoolExecutor

import lightgbm
import numpy as np
import pytest
from lightgbm import LGBMClassifier
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from sweepkit.models.calibration import CALIBRATIONS, fit_calibrator
from sweepkit.models.classify import LabelClassifier
from sweepkit.models.predictor import build as _registers  # noqa: F401
from sweepkit.models.predictor.kernels import build_kernel
from sweepkit.models.predictor.plugs import NotPlain

RNG = np.random.default_rng(0)
X = np.round(RNG.normal(size=(300, 4)), 2)
MANY = np.concatenate([3 * RNG.normal(size=(1500, 4)), X])
QUIET = {"n_jobs": 1, "verbosity": -1, "random_state": 0}
LIGHT = QUIET | {"n_estimators": 8, "min_child_samples": 5}
BAGGED = {"boosting_type": "rf", "subsample": 0.5, "subsample_freq": 1}

MODELS = [
    pytest.param(LGBMClassifier(**LIGHT), id="lightgbm"),
    pytest.param(LGBMClassifier(**LIGHT | BAGGED), id="lightgbm's forest"),
    pytest.param(LGBMClassifier(**LIGHT, boosting_type="dart"), id="dart"),
    pytest.param(RandomForestClassifier(7, random_state=0), id="forest"),
    pytest.param(RandomForestClassifier(3, max_depth=1), id="stumps"),
    pytest.param(ExtraTreesClassifier(7, random_state=0), id="extra trees"),
    pytest.param(DecisionTreeClassifier(min_samples_leaf=5), id="one tree"),
    pytest.param(HistGradientBoostingClassifier(max_iter=6), id="histograms"),
    pytest.param(LogisticRegression(), id="logistic"),
    pytest.param(LogisticRegression(C=np.inf, solver="newton-cholesky"), id="newton"),
    pytest.param(DummyClassifier(), id="shares"),
    pytest.param(DummyClassifier(strategy="uniform"), id="uniform"),
    pytest.param(DummyClassifier(strategy="most_frequent"), id="commonest"),
]


def draw_codes(n_classes):
    pull = X[:, :1] * np.linspace(-2, 2, n_classes)
    return np.argmax(pull + np.random.default_rng(1).gumbel(size=pull.shape), axis=1)


def fit_codes(estimator, codes, n_classes):
    return LabelClassifier(estimator, list(range(n_classes))).fit(X, codes)


def assert_same(kernel, model):
    expected = model.predict_proba(MANY)
    np.testing.assert_array_equal(kernel.run(MANY), expected)
    for start in range(0, len(MANY), 150):
        for size in (1, 6):
            rows = MANY[start : start + size]
            np.testing.assert_array_equal(kernel.run(rows), model.predict_proba(rows))


@pytest.mark.parametrize("n_classes", [2, 3, 11])
@pytest.mark.parametrize("estimator", MODELS)
class TestEveryClassifier:
    """Plain forms against the libraries' own, of two classes, several and many."""

    def test_it_says_the_very_probabilities(self, estimator, n_classes):
        """Same comparisons, same order of the sums: the same bits."""
        model = fit_codes(estimator, draw_codes(n_classes), n_classes)
        kernel = build_kernel(model)

        assert kernel.n_outputs == n_classes
        assert_same(kernel, model)

    def test_it_knows_the_classes_its_rows_lacked(self, estimator, n_classes):
        """The columns of a model of fewer classes go where they belong."""
        codes = draw_codes(n_classes)
        codes = codes + (codes >= 1)  # one class more, which no row has
        model = fit_codes(estimator, codes, n_classes + 1)
        kernel = build_kernel(model)

        assert (kernel.run(MANY)[:, 1] == 0).all()
        assert_same(kernel, model)

    def test_what_it_calls_independent_is(self, estimator, n_classes):
        """The server joins requests by it: no row may hang on another, in any bit."""
        kernel = build_kernel(fit_codes(estimator, draw_codes(n_classes), n_classes))
        if kernel.sums_by_layout or kernel.sums_by_rows:
            return
        alone = [kernel.run(MANY[i : i + 1])[0] for i in range(0, len(MANY), 9)]

        np.testing.assert_array_equal(alone, kernel.run(MANY)[::9])


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("method", sorted(CALIBRATIONS))
def test_calibration_goes_into_the_plain_form(method, n_classes):
    """What is served is what was judged, mended likewise."""
    codes = draw_codes(n_classes)
    model = fit_codes(LGBMClassifier(**LIGHT), codes, n_classes)
    model.calibrator_ = fit_calibrator(method, model.predict_proba(X), codes)

    assert_same(build_kernel(model), model)


def test_rows_of_one_class_have_a_plain_form():
    """A model of the constant is served like any other."""
    model = fit_codes(LGBMClassifier(**LIGHT), np.ones(300), 2)

    assert build_kernel(model).run(MANY[:2]).tolist() == [[0, 1], [0, 1]]


def test_blanks_go_where_the_library_sends_them():
    """Trees learn a way for blanks from the rows they are fitted on."""
    blanks = np.where(RNG.random(X.shape) < 0.2, np.nan, X)
    for estimator in (
        LGBMClassifier(**LIGHT),
        RandomForestClassifier(5, random_state=0),
        HistGradientBoostingClassifier(max_iter=5),
    ):
        model = LabelClassifier(estimator, ["a", "b", "c"]).fit(blanks, draw_codes(3))

        np.testing.assert_array_equal(
            build_kernel(model).run(blanks), model.predict_proba(blanks)
        )


def test_eight_scores_are_added_up_by_how_many_rows_there_are():
    """scikit-learn's softmax: such rows must not be joined with those of others."""
    few, many = (
        fit_codes(HistGradientBoostingClassifier(max_iter=3), draw_codes(n), n)
        for n in (7, 8)
    )

    assert not build_kernel(few).sums_by_rows
    assert build_kernel(many).sums_by_rows
    some = MANY[:200]
    alone = [many.predict_proba(row[None])[0] for row in some]
    assert (np.array(alone) != many.predict_proba(some)).any()


def test_threads_do_not_disturb_each_other():
    """LightGBM keeps buffers and the number of trees where threads could share them."""
    codes = draw_codes(3)
    classifier = LGBMClassifier(**QUIET, n_estimators=60)
    classifier.fit(
        *(X[:200], codes[:200]),
        eval_X=X[200:],
        eval_y=codes[200:],
        callbacks=[lightgbm.early_stopping(2, verbose=False)],
    )
    model = fit_codes(DummyClassifier(), codes, 3)
    model.estimator_ = classifier
    kernel, expected = build_kernel(model), model.predict_proba(MANY)

    def differences(seed):
        starts = np.random.default_rng(seed).integers(0, 1700, 600)
        sizes = np.where(starts % 20 == 0, 40, 1)
        parts = [slice(a, a + n) for a, n in zip(starts, sizes, strict=True)]
        return sum(not np.array_equal(kernel.run(MANY[p]), expected[p]) for p in parts)

    assert classifier.booster_.best_iteration > 0
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(differences, range(4))) == [0] * 4


@pytest.mark.parametrize(
    ("model", "words"),
    [
        pytest.param(
            fit_codes(DummyClassifier(strategy="stratified"), draw_codes(2), 2),
            "draws lots",
            id="lots",
        ),
        pytest.param(
            fit_codes(KNeighborsClassifier(), draw_codes(2), 2),
            "KNeighborsClassifier has no form",
            id="neighbours",
        ),
        pytest.param(
            LogisticRegression().fit(X, draw_codes(2)),
            "LogisticRegression has no form",
            id="a stranger's, which has no labels",
        ),
    ],
)
def test_what_has_no_plain_form_is_served_by_its_pipeline(model, words):
    """Rather than by half an answer, or by probabilities nobody asked for."""
    with pytest.raises(NotPlain, match=words):
        build_kernel(model)
