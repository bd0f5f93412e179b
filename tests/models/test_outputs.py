import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sweepkit.models.calibrators import TemperatureCalibrator
from sweepkit.models.classify import LabelClassifier
from sweepkit.models.clip import ClippedRegressor
from sweepkit.models.floor import floor_of
from sweepkit.models.outputs import ask, threshold_of
from sweepkit.models.threshold import set_decision
from sweepkit.tasks import Task

X = np.random.default_rng(0).normal(size=(60, 2))
CODES = (X[:, 0] > 0).astype(float)


def steps(last):
    return make_pipeline(StandardScaler(), last)


@pytest.mark.parametrize("wrap", [steps, lambda last: last], ids=["pipeline", "alone"])
class TestAsk:
    """Whoever judges a model asks it the same way, whatever its task."""

    def test_a_regression_says_numbers(self, wrap):
        """And nothing of classes."""
        model = wrap(ClippedRegressor(LinearRegression())).fit(X, X[:, 0])

        said = ask(model, X)

        assert said.probabilities is None
        assert said.values.tolist() == model.predict(X).tolist()
        assert threshold_of(model) is None

    def test_classes_come_as_codes_and_probabilities(self, wrap):
        """By the model's own threshold, after its calibration."""
        model = wrap(LabelClassifier(LogisticRegression(), ["b", "a"])).fit(X, CODES)
        raw = model.predict_proba(X)
        set_decision(model, threshold=0.2, calibrator=TemperatureCalibrator(0.5))

        said = ask(model, X)

        assert said.values.dtype == np.float64
        assert threshold_of(model) == 0.2
        assert said.values.tolist() == (said.probabilities[:, 1] >= 0.2).tolist()
        assert (np.abs(said.probabilities - 0.5) <= np.abs(raw - 0.5)).all()
        names = np.where(said.values == 1, "a", "b")
        assert model.predict(X).tolist() == names.tolist()

    def test_classifiers_of_others_are_asked_too(self, wrap):
        """A champion need not come from this package."""
        model = wrap(LogisticRegression()).fit(X, CODES)

        said = ask(model, X)

        assert said.values.tolist() == model.predict(X).tolist()
        assert said.probabilities.tolist() == model.predict_proba(X).tolist()


def test_the_floor_of_numbers_is_their_median():
    """The least a regression must beat."""
    floor = floor_of(Task.REGRESSION, np.array([1.0, 2.0, 90.0]), 2, 0)

    assert floor.values.tolist() == [2, 2]
    assert floor.probabilities is None


def test_the_floor_of_classes_is_their_share():
    """Also of a class the training rows lack."""
    floor = floor_of(Task.MULTICLASS, np.array([0.0, 2.0, 2.0, 2.0]), 2, 4)

    assert floor.values.tolist() == [2, 2]
    assert floor.probabilities.tolist() == [[0.25, 0, 0.75, 0]] * 2
