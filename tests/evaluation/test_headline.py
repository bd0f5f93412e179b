"""The one sentence that everybody reads is true and plain."""

from dataclasses import replace

import numpy as np
import pytest

from sweepkit.evaluation.headline import write_headline
from sweepkit.evaluation.judgement import Judgement
from sweepkit.tasks import Task

JUDGEMENT = Judgement(
    model="gradient_boosting",
    table="california_housing",
    target="median_house_value",
    target_unit="US dollars",
    metric="rmse",
    folds=(),
    holdout={"rmse": 42_154.0, "mae": 27_912.0},
    floor={"rmse": 117_311.0, "mae": 88_012.0},
    actual=np.array([1.0, 2.0]),
    predicted=np.array([1.0, 2.0]),
    n_train=10,
)


CLASSES = replace(
    JUDGEMENT,
    target="diagnosis",
    target_unit="",
    metric="roc_auc",
    task=Task.BINARY,
    classes=("benign", "malignant"),
    holdout={"accuracy": 0.965, "roc_auc": 0.99},
    floor={"accuracy": 0.629, "roc_auc": 0.5},
)


def test_the_headline_states_the_verdict_in_plain_words():
    """It is the one sentence that everybody reads."""
    assert write_headline(JUDGEMENT) == (
        "gradient_boosting predicts median_house_value within 27,900 US dollars on "
        "average on rows it never saw; the constant median is off by 88,000."
    )


def test_the_headline_does_not_praise_a_model_at_the_floor():
    """The dummy model predicts the constant median itself."""
    dummy = replace(JUDGEMENT, model="dummy", holdout=JUDGEMENT.floor)
    assert "dummy does not beat a constant guess" in write_headline(dummy)


def test_the_headline_falls_back_to_the_selecting_metric():
    """The mean absolute error need not be among the scores."""
    bare = replace(JUDGEMENT, holdout={"rmse": 42_154.0}, floor={"rmse": 117_311.0})
    assert "reaches RMSE 42,200 US dollars" in write_headline(bare)


def test_the_headline_for_classes_counts_right_rows():
    """That needs no explanation; an area under a curve does."""
    assert write_headline(CLASSES) == (
        "gradient_boosting names the right class of diagnosis for 96.5 % of rows it "
        "never saw; always guessing the most frequent class is right for 62.9 %."
    )


def test_a_rare_class_that_is_told_apart_but_never_named_is_owned_up_to():
    """99 % right is what always saying no reaches as well."""
    rare = replace(
        CLASSES,
        holdout={"accuracy": 0.99, "roc_auc": 0.91},
        floor={"accuracy": 0.99, "roc_auc": 0.5},
    )
    assert write_headline(rare) == (
        "gradient_boosting reaches ROC AUC 0.9100 for diagnosis on rows it never saw; "
        "a constant guess reaches 0.5000. Yet it names the right class no more often "
        "than always guessing the most frequent one: for 99.0 % of rows against 99.0 %."
    )


@pytest.mark.parametrize(
    "scores",
    [
        pytest.param(CLASSES.floor, id="by rows and by metric"),
        pytest.param({"roc_auc": 0.5}, id="by metric"),
    ],
)
def test_a_classifier_at_the_floor_is_not_praised(scores):
    """The dummy model guesses class shares itself."""
    headline = write_headline(replace(CLASSES, holdout=scores))
    assert "does not beat a constant guess of diagnosis" in headline


def test_a_headline_without_the_share_of_right_rows_names_the_metric():
    """It need not be among the scores."""
    bare = replace(CLASSES, holdout={"roc_auc": 0.99})
    assert "reaches ROC AUC 0.9900 for diagnosis" in write_headline(bare)
