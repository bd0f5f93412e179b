"""Prediction sets of classes keep what they promise."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sweepkit.evaluation.coverage import measure_sets
from sweepkit.evaluation.predicted import Predicted
from sweepkit.models.calibrators import TemperatureCalibrator
from sweepkit.models.classify import LabelClassifier
from sweepkit.models.interval_asking import ask_sets, measure_coverage
from sweepkit.models.intervals import learn_intervals
from sweepkit.models.prediction_sets import ClassSets, fit_sets
from sweepkit.tasks import Task


def draw(n_rows, seed, n_classes=4, sureness=1.5):
    """Return probabilities that come true, and the codes that came of them."""
    rng = np.random.default_rng(seed)
    powers = np.exp(sureness * rng.normal(size=(n_rows, n_classes)))
    shares = powers / powers.sum(axis=1, keepdims=True)
    drawn = (rng.random(n_rows)[:, None] > shares.cumsum(axis=1)).sum(axis=1)
    return shares, drawn.clip(max=n_classes - 1)


@pytest.mark.parametrize("n_classes", [2, 4, 9])
@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
def test_the_true_class_is_in_as_many_sets_as_was_asked_for(n_classes, coverage):
    """On rows that nothing was learned from; where one label covers more, more."""
    sets = fit_sets(*draw(3_000, 1, n_classes))
    shares, codes = draw(4_000, 2, n_classes)

    found = measure_sets(sets.sets(shares, coverage), codes, coverage)

    best = np.mean(shares.argmax(axis=1) == codes)
    assert found.covered == pytest.approx(max(coverage, best), abs=0.02)


def test_unsure_rows_get_larger_sets():
    """The size of a set is what says how sure the model is of a row."""
    sets = fit_sets(*draw(3_000, 1))
    sizes = sets.sets(np.array([[0.97, 0.01, 0.01, 0.01], [0.25] * 4]), 0.9).sum(axis=1)

    assert sizes.tolist() == [1, 4]


def test_no_set_is_empty():
    """Where no label is sure enough, the likeliest one is the answer."""
    sets = ClassSets(np.full(99, 0.9))

    members = sets.sets(np.array([[0.4, 0.35, 0.25]]), 0.5)

    assert members.tolist() == [[True, False, False]]


def test_more_than_the_rows_can_promise_gets_every_label():
    """50 rows cannot tell 99 % from 100 %."""
    members = ClassSets(np.full(50, 0.9)).sets(np.array([[1.0, 0.0]]), 0.99)

    assert members.all()


@pytest.mark.parametrize("n_scores", [50, 99, 1_234])
@pytest.mark.parametrize("coverage", [0.5, 0.9, 0.95])
def test_the_limit_is_the_rank_of_conformal_prediction(n_scores, coverage):
    """As many of the scores and the row to come reach it as were asked for."""
    reached = np.random.default_rng(0).random(n_scores)

    limit = ClassSets(reached).find_limit(coverage)

    needed = np.ceil(round(coverage * (n_scores + 1), 9))
    assert np.sum(reached >= limit) == needed


def fit_model():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(300, 2))
    codes = (rows[:, 0] + rng.normal(size=300) > 0).astype(float)
    last = LabelClassifier(LogisticRegression(), ["no", "yes"])
    return make_pipeline(FunctionTransformer(), last).fit(rows, codes), rows, codes


def teach(model, rows, codes):
    raw = model[-1].estimator_.predict_proba(rows)
    learn_intervals(
        model,
        rows,
        np.arange(len(rows)),
        Predicted(codes, raw),
        codes,
        task=Task.BINARY,
        seed=0,
        threads=1,
    )


def test_sets_speak_of_calibrated_probabilities():
    """A limit on probabilities as they came would be one of other numbers."""
    model, rows, codes = fit_model()
    teach(model, rows, codes)
    plain = model[-1].intervals_.find_limit(0.9)

    model[-1].calibrator_ = TemperatureCalibrator(0.2)
    teach(model, rows, codes)

    mended = model[-1].intervals_.find_limit(0.9)
    assert mended > plain
    share = np.array([[1 - plain, plain]])
    expected = model[-1].calibrator_.calibrate(share)[0, 1]
    assert mended == pytest.approx(expected)


def test_a_pipeline_tells_its_sets_and_how_often_they_are_right():
    """The report and the server ask in this way."""
    model, rows, codes = fit_model()
    teach(model, rows, codes)

    members = ask_sets(model, rows, 0.9)
    said = Predicted(codes, model.predict_proba(rows))

    found = measure_coverage(model, rows, said, codes)
    assert members.shape == (300, 2)
    assert found.covered == pytest.approx(0.9, abs=0.02)
    assert found.width == members.sum(axis=1).mean()
    assert ask_sets(make_pipeline(FunctionTransformer()), rows, 0.9) is None
