import numpy as np
from sklearn.base import clone
from sklearn.linear_model import LinearRegression

from sweepkit.models.clip import ClippedRegressor

X = np.arange(10.0).reshape(-1, 1)
Y = 2 * X.ravel()
FAR_AWAY = np.array([[-100.0], [100.0]])


def test_predictions_stay_within_what_was_seen():
    """A price cannot exceed the cap of the census, whatever a line says."""
    model = ClippedRegressor(LinearRegression()).fit(X, Y)

    assert model.predict(FAR_AWAY).tolist() == [0.0, 18.0]


def test_predictions_inside_are_untouched():
    """Clipping may not cost accuracy where there is nothing to clip."""
    model = ClippedRegressor(LinearRegression()).fit(X, Y)

    np.testing.assert_array_equal(
        model.predict(X[2:5]), LinearRegression().fit(X, Y).predict(X[2:5])
    )


def test_the_given_estimator_stays_unfitted():
    """Folds share it; a fitted one would leak from fold to fold."""
    estimator = LinearRegression()

    ClippedRegressor(estimator).fit(X, Y)

    assert not hasattr(estimator, "coef_")
    assert clone(ClippedRegressor(estimator)).estimator is not estimator
