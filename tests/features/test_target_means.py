import warnings

import numpy as np
import pytest
from sklearn.base import clone

from sweepkit.features.target_means import SMOOTHING, TargetMeans, deal_folds

RNG = np.random.default_rng(0)
TOWNS = RNG.choice(["a", "b", "c", "(blank)"], 400).astype(object)[:, None]
PRICES = RNG.normal(size=400) + 3 * (TOWNS[:, 0] == "a")
STRANGER = np.array([["nowhere"]], dtype=object)


def test_a_category_becomes_its_smoothed_mean():
    """Seen often it is its own mean; five rows of average are mixed in."""
    step = TargetMeans().fit(TOWNS, PRICES)

    own = PRICES[TOWNS[:, 0] == "a"]
    expected = (own.sum() + SMOOTHING * PRICES.mean()) / (len(own) + SMOOTHING)
    assert step.transform(np.array([["a"]], dtype=object)).item() == pytest.approx(
        expected
    )


def test_an_unseen_category_becomes_the_mean_of_all():
    """The best guess there is; a request may name a town founded since."""
    step = TargetMeans().fit(TOWNS, PRICES)

    assert step.transform(STRANGER).item() == pytest.approx(PRICES.mean())


def test_a_blank_is_a_category_of_its_own():
    """That nothing is known may mean much."""
    prices = PRICES + 10 * (TOWNS[:, 0] == "(blank)")
    step = TargetMeans().fit(TOWNS, prices)

    assert step.transform(np.array([["(blank)"]], dtype=object)).item() > 8


def test_a_training_row_does_not_see_its_own_target():
    """A town of one row would otherwise hand the model the answer."""
    lone = np.array([f"town {i}" for i in range(400)], dtype=object)[:, None]

    training = TargetMeans().fit_transform(lone, PRICES)

    np.testing.assert_allclose(training, PRICES.mean(), atol=0.1)


def test_rows_to_come_are_encoded_by_all_training_rows():
    """Cross-fitting is for training only."""
    step, fitted = TargetMeans(), TargetMeans().fit(TOWNS, PRICES)
    training = step.fit_transform(TOWNS, PRICES)

    ahead = step.transform(TOWNS)

    assert not np.array_equal(training, ahead)
    np.testing.assert_array_equal(ahead, fitted.transform(TOWNS))


def test_codes_of_classes_are_not_taken_for_numbers():
    """Class 2 is not twice class 1: each gets the share it has in the category."""
    codes = np.where(TOWNS[:, 0] == "a", 2.0, RNG.integers(0, 2, 400))
    step = TargetMeans("multiclass").fit(TOWNS, codes)

    shares = step.transform(np.array([["a"], ["b"]], dtype=object))

    assert shares.shape == (2, 3)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert shares[0, 2] > 0.9
    assert shares[1, 2] < 0.05


@pytest.mark.parametrize(
    ("task", "codes"),
    [
        pytest.param("multiclass", [0.0, 1.0, 2.0], id="three classes"),
        pytest.param("multiclass", [0.0, 2.0], id="a class missing of three"),
        pytest.param("multiclass", [1.0], id="one class left"),
        pytest.param("binary", [0.0, 1.0], id="two classes"),
        pytest.param("binary", [0.0], id="one class of two"),
    ],
)
def test_classes_that_a_fold_lacks_are_no_obstacle(task, codes):
    """A rare class may lie in the fold that is held out."""
    target = RNG.choice(codes, 400)
    step = TargetMeans(task)

    training = step.fit_transform(TOWNS, target)

    assert training.shape == step.transform(TOWNS).shape
    assert np.isfinite(training).all()
    assert len(step.get_feature_names_out(["town"])) == training.shape[1]


def test_a_class_of_one_row_warns_nobody():
    """scikit-learn's stratified folds would, in every fold of every trial."""
    codes = np.zeros(400)
    codes[0], codes[1:200] = 2.0, 1.0

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        TargetMeans("multiclass").fit_transform(TOWNS, codes)


def test_the_same_rows_give_the_same_numbers():
    """One command, one result; nothing hangs on a state of chance."""
    step = TargetMeans()

    first = step.fit_transform(TOWNS, PRICES)

    np.testing.assert_array_equal(clone(step).fit_transform(TOWNS, PRICES), first)


@pytest.mark.parametrize(
    "target",
    [RNG.normal(size=1003), RNG.integers(0, 2, 1003), np.zeros(1003), np.arange(7.0)],
    ids=["numbers", "classes", "one value", "few rows"],
)
def test_folds_hold_every_row_once_and_are_alike(target):
    """The mean of the other folds must not tell which one a row lies in."""
    folds = deal_folds(target)

    tests = np.concatenate([test for _, test in folds])
    assert sorted(tests) == list(range(len(target)))
    for train, test in folds:
        assert sorted([*train, *test]) == list(range(len(target)))
    if len(target) > 100:
        means = [target[test].mean() for _, test in folds]
        assert np.ptp(means) < 0.02
