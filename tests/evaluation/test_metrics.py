import math

import numpy as np
import pytest

from sweepkit.errors import ConfigError
from sweepkit.evaluation.metrics import (
    METRICS,
    check_metric,
    find_metric,
    list_metrics_of,
    score_all,
)
from sweepkit.evaluation.predicted import Predicted
from sweepkit.tasks import Task

ACTUAL = np.array([100.0, 200.0, 400.0])
PREDICTED = np.array([110.0, 180.0, 400.0])


def score(actual, predicted):
    """All scores of a regression."""
    return score_all(Task.REGRESSION, actual, Predicted(predicted))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rmse", math.sqrt(500 / 3)),
        ("mae", 10.0),
        ("mape", 0.2 / 3),
        ("r2", 1 - 500 / (140_000 / 3)),
    ],
)
def test_scores_equal_their_formulas(name, value):
    """Worked by hand: errors are 10, -20 and 0."""
    assert score(ACTUAL, PREDICTED)[name] == pytest.approx(value)


def test_rows_at_zero_do_not_blow_up_the_percentage():
    """scikit-learn divides by 2.2e-16 there, and one row becomes the whole score."""
    actual = np.array([0.0, 100.0])

    assert score(actual, np.array([5.0, 110.0]))["mape"] == pytest.approx(0.1)


def test_a_metric_without_a_value_is_left_out():
    """MLflow stores NaN in a way that spoils its charts."""
    assert "mape" not in score(np.zeros(3), np.ones(3))


@pytest.mark.parametrize(
    ("name", "value", "than", "better"),
    [
        pytest.param("rmse", 1.0, 2.0, True, id="less error"),
        pytest.param("r2", 0.9, 0.8, True, id="more explained"),
        pytest.param("rmse", 1.0, 1.0, False, id="a tie"),
        pytest.param("rmse", math.nan, 1.0, False, id="no value"),
    ],
)
def test_direction_decides_what_is_better(name, value, than, better):
    """A tie keeps what is there, and NaN never wins."""
    assert METRICS[name].is_better(value, than) is better


def test_an_unknown_metric_is_refused_with_the_known_ones():
    """The message is all a person needs to mend the command."""
    with pytest.raises(ConfigError, match=r"'rsme'.*rmse, r2, mae, mape"):
        find_metric("rsme")


@pytest.mark.parametrize(
    ("task", "names"),
    [
        (Task.REGRESSION, ["rmse", "r2", "mae", "mape"]),
        *(
            (
                task,
                [
                    *("roc_auc", "average_precision", "log_loss", "f1", "accuracy"),
                    *("balanced_accuracy", "brier", "calibration_error"),
                ],
            )
            for task in (Task.BINARY, Task.MULTICLASS)
        ),
    ],
)
def test_every_task_has_its_own_scores_in_their_order(task, names):
    """Tables and reports show them in it; a score of another task means nothing."""
    assert [metric.name for metric in list_metrics_of(task)] == names


@pytest.mark.parametrize(
    ("name", "task", "said"),
    [
        ("rmse", Task.BINARY, r"a score of regression.*binary.*roc_auc, average_prec"),
        ("f1", Task.REGRESSION, r"of binary and multiclass.*rmse, r2, mae, mape"),
    ],
)
def test_a_metric_of_another_task_is_refused_with_those_of_this_one(name, task, said):
    """The message is all a person needs to mend the command."""
    with pytest.raises(ConfigError, match=said):
        check_metric(name, task)
    assert check_metric(name, METRICS[name].tasks[0]) is METRICS[name]
