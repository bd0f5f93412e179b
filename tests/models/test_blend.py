import numpy as np
import pytest
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.base import BaseEstimator, clone
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier

from sweepkit.errors import ConfigError
from sweepkit.models.blend import BlendClassifier, BlendRegressor
from sweepkit.models.blend_members import take_columns
from sweepkit.models.classify import LabelClassifier
from sweepkit.models.clip import ClippedRegressor
from sweepkit.models.feature_sets import join_sets
from sweepkit.models.pipeline import use_threads

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 4))
Y = 3 * X[:, 0] + X[:, 1] ** 2 + RNG.normal(size=300)
CODES = np.argmax(X[:, :3] + RNG.normal(size=(300, 3)), axis=1)
LIGHT = {"n_estimators": 8, "verbosity": -1, "deterministic": True}
NUMBERS = [
    LGBMRegressor(**LIGHT),
    ExtraTreesRegressor(8, random_state=0),
    Ridge(),
]
CLASSES = [
    LGBMClassifier(**LIGHT),
    ExtraTreesClassifier(8, random_state=0),
    LogisticRegression(),
]
WEIGHTS = [3.0, 2.0, 1.0]


def test_numbers_are_the_weighted_mean_of_the_members():
    """Each as it would be alone, so that what was selected is what is served."""
    blend = BlendRegressor(NUMBERS, WEIGHTS).fit(X, Y)

    alone = [ClippedRegressor(clone(one)).fit(X, Y).predict(X) for one in NUMBERS]

    expected = np.average(alone, axis=0, weights=WEIGHTS)
    np.testing.assert_allclose(blend.predict(X), expected, rtol=1e-12)
    assert blend.weights_.tolist() == pytest.approx([1 / 2, 1 / 3, 1 / 6])


def test_probabilities_are_the_weighted_mean_of_the_members():
    """And still add up to 1."""
    blend = BlendClassifier(CLASSES, WEIGHTS).fit(X, CODES)

    alone = [clone(one).fit(X, CODES).predict_proba(X) for one in CLASSES]

    shares = blend.predict_proba(X)
    np.testing.assert_allclose(shares, np.average(alone, axis=0, weights=WEIGHTS))
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert blend.predict(X).tolist() == np.argmax(shares, axis=1).tolist()


def test_a_member_that_leaves_the_targets_range_is_held_within():
    """One straight line far outside of the table would pull all others with it."""
    far = np.array([[1000.0, 0, 0, 0], [-1000.0, 0, 0, 0]])
    members = [LinearRegression(), DummyRegressor()]
    clipped = BlendRegressor(members, [1.0, 1.0]).fit(X, Y)
    free = BlendRegressor(members, [1.0, 1.0], clip=False).fit(X, Y)

    expected = (np.array([Y.max(), Y.min()]) + Y.mean()) / 2
    np.testing.assert_allclose(clipped.predict(far), expected)
    assert free.predict(far)[0] > 1000


def test_each_member_reads_its_own_columns():
    """A linear model wants them filled and scaled, trees as they are."""
    first, second = X[:, :2], X[:, 2:] * 10
    inputs = [{"scale": True}, {}, {"scale": True}]
    members = [LinearRegression(), LinearRegression(), Ridge()]

    blend = BlendRegressor(members, WEIGHTS, inputs=inputs, clip=False)
    blend.fit(join_sets([first, second]), Y)

    assert blend.slices_ == [slice(0, 2), slice(2, 4), slice(0, 2)]
    for member, block in zip(blend.members_, (first, second, first), strict=True):
        expected = clone(member).fit(block, Y).coef_
        np.testing.assert_allclose(member.coef_, expected)


@pytest.mark.parametrize("n_jobs", [None, 2, 7])
def test_threads_change_nothing(n_jobs):
    """Members side by side are the same models; the sum keeps its order."""
    expected = BlendRegressor(NUMBERS, WEIGHTS, n_jobs=1).fit(X, Y).predict(X)

    blend = BlendRegressor(NUMBERS, WEIGHTS, n_jobs=n_jobs).fit(X, Y)

    np.testing.assert_array_equal(blend.predict(X), expected)


class Threads(BaseEstimator):
    """Notes how many threads it had when it was fitted."""

    def __init__(self, n_jobs=-1):
        self.n_jobs = n_jobs

    def fit(self, X, y):
        self.fitted_on_ = self.n_jobs
        return self


def test_members_share_the_threads_they_are_given():
    """Two at once on two threads each would take turns on two cores."""
    three = [Threads(), Threads(), Threads()]

    def fitted_on(estimators, threads):
        blend = BlendRegressor(estimators, [1.0] * len(estimators))
        last = use_threads(ClippedRegressor(blend), threads).fit(X, Y)
        return [member.fitted_on_ for member in last.estimator_.members_]

    assert fitted_on(three, 2) == [1, 1, 1]
    assert fitted_on(three, 7) == [2, 2, 2]
    assert fitted_on(three[:1], 2) == [2]


def test_members_predict_on_one_thread():
    """A forest's sum by several has its last bit from whoever finished first."""
    forest = ExtraTreesRegressor(8, random_state=0, n_jobs=4)
    blend = BlendRegressor([NUMBERS[0], forest], [1.0, 1.0], n_jobs=4).fit(X, Y)

    assert [member.n_jobs for member in blend.members_] == [1, 1]


def test_what_it_was_given_stays_unfitted():
    """Each fold fits the same estimators again."""
    blend = BlendRegressor(NUMBERS, WEIGHTS, inputs=None).fit(X, Y)

    copy = clone(blend)

    assert not hasattr(copy, "members_")
    assert not hasattr(blend.estimators[2], "coef_")
    assert copy.get_params()["weights"] == WEIGHTS


def test_weights_of_rows_reach_every_member():
    """As `task.class_weight` asks; a member that ignored them would work against it."""
    rare = (CODES == 2).astype(int)
    weights = np.where(rare, 50.0, 1.0)
    estimators = [LogisticRegression(), ExtraTreesClassifier(5, random_state=0)]

    blend = BlendClassifier(estimators, [1.0, 1.0]).fit(X, rare, sample_weight=weights)

    for member, estimator in zip(blend.members_, estimators, strict=True):
        alone = clone(estimator).fit(X, rare, sample_weight=weights)
        np.testing.assert_array_equal(member.predict_proba(X), alone.predict_proba(X))
    with pytest.raises(ConfigError, match="KNeighborsClassifier, a member"):
        BlendClassifier([KNeighborsClassifier()], [1.0]).fit(X, rare, weights)


def test_labels_that_rows_lack_have_no_probability():
    """A fold may miss a rare class; its columns stay where the labels are."""
    codes = np.where(CODES == 1, 3, CODES)  # of four, nobody is 1
    blend = BlendClassifier(CLASSES[1:], [1.0, 1.0])
    model = LabelClassifier(blend, list("abcd")).fit(X, codes)

    shares = model.predict_proba(X)

    assert shares.shape == (300, 4)
    assert (shares[:, 1] == 0).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1)


def test_a_member_may_know_fewer_classes():
    """Fitted elsewhere, on fewer rows: what it never saw, it cannot expect."""
    few = CODES < 2
    some, all_ = (
        LogisticRegression().fit(X[rows], CODES[rows]) for rows in (few, CODES >= 0)
    )
    blend = BlendClassifier([some, all_], [1.0, 1.0])
    blend.set_members([some, all_], [slice(0, 4)] * 2, CODES)

    shares = blend.predict_proba(X)

    np.testing.assert_allclose(shares[:, 2], all_.predict_proba(X)[:, 2] / 2)


def test_columns_are_taken_as_a_copy_of_fixed_layout():
    """The order of a linear model's sum hangs on it, one row no exception."""
    for matrix in (X, np.asfortranarray(X), X[:1], np.asfortranarray(X)[3:4]):
        taken = take_columns(matrix, slice(1, 3))
        assert taken.strides == (16, 8)
        np.testing.assert_array_equal(taken, matrix[:, 1:3])
        assert taken.base is None
