"""Scores of classes, on rows that have every class and on rows that do not."""

import math
import warnings

import numpy as np
import pytest
from sklearn import metrics as reference

from sweepkit.evaluation.metrics import METRICS, list_metrics_of, score_all
from sweepkit.evaluation.predicted import Predicted
from sweepkit.tasks import Task, decide

TASKS = {2: Task.BINARY, 4: Task.MULTICLASS}


def draw(n_classes, n_rows=200, seed=0):
    """Codes, and a model that knows something of them."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.ones(n_classes), n_rows)
    codes = np.array([rng.choice(n_classes, p=row) for row in shares], dtype=float)
    return codes, Predicted(decide(shares, None).astype(float), shares)


def score(name, codes, said):
    return METRICS[name].judge(codes, said)


def test_scores_of_two_classes_equal_scikit_learns():
    """Their names promise what everybody else's have under them."""
    codes, said = draw(2)
    positive, decided = said.probabilities[:, 1], said.values

    assert score_all(Task.BINARY, codes, said) == pytest.approx(
        {
            "roc_auc": reference.roc_auc_score(codes, positive),
            "average_precision": reference.average_precision_score(codes, positive),
            "log_loss": reference.log_loss(codes, positive),
            "f1": reference.f1_score(codes, decided),
            "accuracy": reference.accuracy_score(codes, decided),
            "balanced_accuracy": reference.balanced_accuracy_score(codes, decided),
            "brier": reference.brier_score_loss(codes, positive),
            "calibration_error": score("calibration_error", codes, said),
        },
        rel=1e-12,
    )


def test_scores_of_more_classes_equal_scikit_learns():
    """One-vs-rest where scikit-learn asks how; the mean over classes, not weighted."""
    codes, said = draw(4)
    shares, decided = said.probabilities, said.values
    one_hot = codes[:, None] == np.arange(4)

    assert score_all(Task.MULTICLASS, codes, said) == pytest.approx(
        {
            "roc_auc": reference.roc_auc_score(codes, shares, multi_class="ovr"),
            "average_precision": reference.average_precision_score(one_hot, shares),
            "log_loss": reference.log_loss(codes, shares),
            "f1": reference.f1_score(codes, decided, average="macro"),
            "accuracy": reference.accuracy_score(codes, decided),
            "balanced_accuracy": reference.balanced_accuracy_score(codes, decided),
            "brier": reference.brier_score_loss(codes, shares),
            "calibration_error": score("calibration_error", codes, said),
        },
        rel=1e-12,
    )


@pytest.mark.parametrize("n_classes", [2, 4])
def test_rows_of_one_class_have_no_order_to_score(n_classes):
    """A slice of them must not look perfect, nor end the training with an error."""
    _, said = draw(n_classes)
    scores = score_all(TASKS[n_classes], np.ones(200), said)

    assert not {"roc_auc", "average_precision"} & scores.keys()
    assert {"log_loss", "accuracy", "brier", "calibration_error"} <= scores.keys()


def test_a_class_without_rows_does_not_count():
    """A rare class may be missing in a fold; the others are scored all the same."""
    codes, said = draw(4)
    there = codes != 3
    codes, said = codes[there], said.take(there)
    shares = said.probabilities

    for name, of_one in (
        ("roc_auc", reference.roc_auc_score),
        ("average_precision", reference.average_precision_score),
    ):
        expected = np.mean([of_one(codes == c, shares[:, c]) for c in range(3)])
        assert score(name, codes, said) == pytest.approx(expected)
    assert math.isfinite(score("log_loss", codes, said))


def test_f1_is_that_of_the_positive_class_however_many_rows_have_it():
    """Two codes of three must not pass for the two classes of a binary task."""
    codes, said = np.array([0.0, 1.0, 1.0]), np.array([0.0, 1.0, 0.0])
    two = Predicted(said, np.eye(2)[said.astype(int)])
    three = Predicted(said, np.eye(3)[said.astype(int)])

    assert score("f1", codes, two) == pytest.approx(2 / 3)
    assert score("f1", codes, three) == pytest.approx(2 / 3)  # of 2/3 and 2/3
    codes = np.array([0.0, 0.0, 1.0])
    assert score("f1", codes, two) == 0
    assert score("f1", codes, three) == pytest.approx((1 / 2 + 0) / 2)
    assert math.isnan(
        score("f1", np.zeros(2), Predicted(np.zeros(2), np.eye(2)[[0, 0]]))
    )


def test_an_impossible_event_that_happens_costs_much_and_not_infinity():
    """Infinity would make every mean of it useless, and MLflow's chart too."""
    said = Predicted(np.zeros(1), np.array([[1.0, 0.0]]))

    assert score("log_loss", np.ones(1), said) == pytest.approx(36.04, abs=0.01)


def test_a_share_above_one_by_rounding_is_no_error():
    """A mean of a hundred trees may be 1 + 2e-16, which scikit-learn refuses."""
    said = Predicted(np.ones(1), np.array([[0.0, 1 + 2.3e-16]]))

    assert score("log_loss", np.ones(1), said) == pytest.approx(0)
    assert score("brier", np.ones(1), said) == pytest.approx(0)


def test_calibration_is_the_distance_of_promises_from_what_came_true():
    """Worked by hand: of 10 rows at 0.8 six came true, of 10 at 0.1 one did."""
    shares = np.repeat([0.8, 0.1], 10)
    codes = np.concatenate(
        [np.repeat([1.0, 0.0], [6, 4]), np.repeat([1.0, 0.0], [1, 9])]
    )
    said = Predicted(
        (shares >= 0.5).astype(float), np.column_stack([1 - shares, shares])
    )

    assert score("calibration_error", codes, said) == pytest.approx(0.2 / 2)


def test_calibration_of_more_classes_is_that_of_the_likeliest():
    """Ten rows at 0.6, of which six came true, promise what they keep."""
    shares = np.tile([0.6, 0.3, 0.1], (10, 1))
    codes = np.repeat([0.0, 1.0, 2.0], [6, 3, 1])

    said = Predicted(np.zeros(10), shares)
    assert score("calibration_error", codes, said) == pytest.approx(0)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_scoring_says_nothing_beside_the_score(n_classes):
    """A warning of a library about a fold without a class is noise to a person."""
    _, said = draw(n_classes)
    one = Predicted(np.zeros(200), np.eye(n_classes)[np.zeros(200, dtype=int)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for codes in (np.zeros(200), np.ones(200), draw(n_classes)[0]):
            for predicted in (said, one):
                assert score_all(TASKS[n_classes], codes, predicted)


@pytest.mark.parametrize("metric", list_metrics_of(Task.BINARY), ids=lambda m: m.name)
def test_a_better_model_scores_better_by_every_metric(metric):
    """A direction the wrong way round would promote the worse model."""
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 2, 2_000)
    codes = (rng.random(2_000) < 1 / (1 + np.exp(-logits))).astype(float)

    def ask(noise, stretch):
        share = 1 / (1 + np.exp(-stretch * (logits + noise * rng.normal(size=2_000))))
        shares = np.column_stack([1 - share, share])
        return Predicted(decide(shares, None).astype(float), shares)

    good, bad = (metric.judge(codes, said) for said in (ask(0, 1), ask(3, 2)))
    assert metric.is_better(good, bad)
