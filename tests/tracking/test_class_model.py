"""Saved classifiers: what MLflow's own callers get, and what comes back."""

import mlflow
import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sweepkit.data.column_profile import TableProfile
from sweepkit.models.calibration import CALIBRATIONS, fit_calibrator
from sweepkit.models.classify import LabelClassifier
from sweepkit.models.threshold import set_decision
from sweepkit.tasks import Task
from sweepkit.tracking import start_run
from sweepkit.tracking.columns import read_output
from sweepkit.tracking.model import ModelCard, load_pipeline, save_pipeline
from sweepkit.tracking.model_files import load_folder, read_profile

ESTIMATORS = [
    LGBMClassifier(n_estimators=3, min_child_samples=2, verbosity=-1),
    HistGradientBoostingClassifier(max_iter=3),
    RandomForestClassifier(3, random_state=0),
    LogisticRegression(),
]


def make_rows(n_classes, n=120):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        rng.normal(size=(n, n_classes)), columns=list("abcd")[:n_classes]
    )
    codes = np.argmax(table.to_numpy() + rng.normal(size=table.shape), axis=1)
    return table, codes.astype(float)


def fit(classes, estimator=ESTIMATORS[-1], **settings):
    table, codes = make_rows(len(classes))
    last = LabelClassifier(estimator, list(classes), **settings)
    return table, codes, make_pipeline(StandardScaler(), last).fit(table, codes)


def card(table, classes, **changes):
    task = Task.BINARY if len(classes) == 2 else Task.MULTICLASS
    plain = {"name": "linear", "inputs": table, "target": "kind"}
    return ModelCard(**plain | {"task": task, "classes": classes} | changes)


@pytest.mark.parametrize(
    ("classes", "kind"),
    [
        pytest.param(("benign", "malignant"), "string", id="texts"),
        pytest.param((0, 1, 7), "long", id="integers"),
        pytest.param((False, True), "boolean", id="booleans"),
        pytest.param((1, "one"), "string", id="mixed"),
    ],
)
def test_mlflow_answers_with_labels_of_the_type_it_promises(make_store, classes, kind):
    """Codes would mean something else to everybody who loads it."""
    table, _, model = fit(classes)
    with start_run(make_store(), "run") as run:
        logged = run.log_model(model, card(table, classes))

    served = mlflow.pyfunc.load_model(logged.uri)
    (output,) = served.metadata.signature.outputs
    assert (output.name, output.type.name) == ("kind", kind)
    answers = served.predict(table)
    assert list(answers) == list(model.predict(table))
    assert set(answers) <= set(classes)
    assert len(served.predict(served.input_example)) == 5


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_a_classifier_comes_back_as_it_was(tmp_path, estimator, n_classes):
    """To the bit: what was judged is what will be served."""
    classes = ("a", "b", "c")[:n_classes]
    table, _, model = fit(classes, estimator, class_weight="balanced")
    save_pipeline(model, card(table, classes), tmp_path / "model")

    read = load_folder(tmp_path / "model")
    expected = model.predict_proba(table)
    assert np.array_equal(read.predict_proba(table), expected)
    assert list(read.predict(table)) == list(model.predict(table))


@pytest.mark.parametrize("method", CALIBRATIONS)
def test_calibration_and_threshold_are_saved_with_the_model(tmp_path, method):
    """Without them it would decide otherwise than it was judged."""
    table, codes, model = fit(("a", "b"))
    calibrator = fit_calibrator(method, model.predict_proba(table), codes.astype(int))
    set_decision(model, threshold=0.8, calibrator=calibrator)
    save_pipeline(model, card(table, ("a", "b")), tmp_path / "model")

    read = load_pipeline(str(tmp_path / "model"))
    assert np.array_equal(read.predict_proba(table), model.predict_proba(table))
    assert list(read.predict(table)) == list(model.predict(table))
    assert 0 < (read.predict(table) == "b").sum() < (codes == 1).sum()


def test_the_profile_tells_the_server_how_to_answer(tmp_path):
    """It never loads the table, and scikit-learn not for each request."""
    table, _, model = fit((False, True))
    profile = TableProfile(
        target="kind",
        task="binary",
        classes=(False, True),
        class_shares=(0.25, 0.75),
        threshold=0.3,
    )
    known = card(table, (False, True), profile=profile.to_dict())
    save_pipeline(model, known, tmp_path / "model")

    assert TableProfile.from_dict(read_profile(tmp_path / "model")) == profile


def test_numbers_are_answered_as_they_always_were():
    """An integer target of a regression is no class."""
    assert read_output(()) == "double"
