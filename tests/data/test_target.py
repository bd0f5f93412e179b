"""Whether a target is a number or a class is the first thing a new table is asked."""

import numpy as np
import pandas as pd
import pytest

from sweepkit.data.inference import infer_task
from sweepkit.data.target import MOST_CLASSES, encode, list_classes
from sweepkit.errors import DataError
from sweepkit.tasks import Task


def column(values):
    return pd.Series(values, name="y")


@pytest.mark.parametrize(
    ("values", "task"),
    [
        pytest.param([0.5, 1.5, 2.5, 7.0] * 5, Task.REGRESSION, id="numbers"),
        pytest.param([0, 1] * 10, Task.BINARY, id="zero and one"),
        pytest.param([-1.0, 1.0] * 10, Task.BINARY, id="two whole numbers"),
        pytest.param([0.25, 0.75] * 10, Task.REGRESSION, id="two fractions"),
        pytest.param([True, False] * 10, Task.BINARY, id="truth values"),
        pytest.param(["no", "yes"] * 10, Task.BINARY, id="two texts"),
        pytest.param(["a", "b", "c"] * 10, Task.MULTICLASS, id="texts"),
        pytest.param([0, 1, 2] * 10, Task.MULTICLASS, id="codes from 0"),
        pytest.param([1, 2, 3, 4, 5] * 5, Task.MULTICLASS, id="stars"),
        pytest.param([3, 4, 5, 6, 7] * 5, Task.REGRESSION, id="grades from 3"),
        pytest.param(list(range(12)) * 3, Task.REGRESSION, id="counts"),
        pytest.param([0, 1, 5] * 10, Task.REGRESSION, id="codes with gaps"),
    ],
)
def test_the_values_say_which_task_it_is(values, task):
    """Somebody with a CSV file need not know the words for what they want."""
    found = infer_task(column(values))

    assert found.task == task
    assert found.why


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param(
            pd.date_range("2024-01-01", periods=20), "different labels", id="dates"
        ),
        pytest.param(
            [f"name {i}" for i in range(40)], "40 different labels", id="names"
        ),
        pytest.param(
            ["12", "13.5", "14", "unknown"] * 5, "in row 4, 'unknown'", id="bad cell"
        ),
    ],
)
def test_a_target_that_poses_no_task_is_refused(values, said):
    """Forty classes of one row each would be trained for an hour and say nothing."""
    with pytest.raises(DataError, match=said):
        infer_task(column(values))


class TestLabels:
    @pytest.mark.parametrize(
        ("values", "classes"),
        [
            pytest.param(["b", "a", "B"], ("B", "a", "b"), id="texts"),
            pytest.param([10, 9, 2], (2, 9, 10), id="numbers"),
            pytest.param([2.0, 1.0, 3.0], (1, 2, 3), id="whole floats"),
        ],
    )
    def test_order_is_fixed(self, values, classes):
        """The second of two tables must not turn the classes around."""
        found = list_classes(column(values * 10), Task.MULTICLASS)

        assert found == classes
        assert [type(label) for label in found] == [type(label) for label in classes]

    def test_of_two_the_positive_one_is_last(self):
        """Precision and recall are those of the class looked for."""
        y = column(["churned", "stays"] * 10)

        assert list_classes(y, Task.BINARY) == ("churned", "stays")
        assert list_classes(y, Task.BINARY, "churned") == ("stays", "churned")

    def test_a_positive_number_may_be_typed_as_text(self):
        """A command line knows no types."""
        assert list_classes(column([1, 2] * 10), Task.BINARY, "1") == (2, 1)

    def test_truth_values_are_false_then_true(self):
        """True is what is looked for."""
        y = column([True, False] * 10)

        assert list_classes(y, Task.BINARY) == (False, True)

    def test_codes_follow_the_labels(self):
        """A model sees codes; swapped ones would be swapped answers."""
        y = column(["b", "a", "c", "a"])

        assert encode(y, ("a", "b", "c")).tolist() == [1.0, 0.0, 2.0, 0.0]

    @pytest.mark.parametrize(
        ("values", "task", "positive", "said"),
        [
            pytest.param(["a"] * 20, Task.BINARY, None, "nothing to predict", id="one"),
            pytest.param(
                ["a", "b", "c"] * 9, Task.BINARY, None, "task=multiclass", id="three"
            ),
            pytest.param(
                ["a", "b"] * 9, Task.MULTICLASS, None, "task=binary", id="two"
            ),
            pytest.param(
                ["a", None] * 9, Task.BINARY, None, "blank in 9 of 18", id="blank"
            ),
            pytest.param(
                [0.5, 1.5] * 9, Task.BINARY, None, "task=regression", id="fractions"
            ),
            pytest.param(
                ["a", "b"] * 9, Task.BINARY, "c", "is no label", id="no such label"
            ),
            pytest.param(
                ["a", "b", "c"] * 9,
                Task.MULTICLASS,
                "a",
                "task.positive=null",
                id="positive of three",
            ),
            pytest.param(
                [f"{i}" for i in range(MOST_CLASSES + 1)] * 3,
                Task.MULTICLASS,
                None,
                "101 different labels",
                id="too many",
            ),
        ],
    )
    def test_what_does_not_fit_the_task_is_refused(self, values, task, positive, said):
        """Each message names the key that mends it."""
        with pytest.raises(DataError, match=said):
            list_classes(column(values), task, positive)

    def test_a_label_nobody_has_seen_is_no_class(self):
        """A later table with a new label must not be scored as if it were known."""
        with pytest.raises(DataError, match=r"'d'.*train anew"):
            encode(column(["a", "d"]), ("a", "b"))


def test_a_blank_target_names_the_row():
    """Among a million rows, the first one is where to look."""
    with pytest.raises(DataError, match="first in row 3"):
        encode(column(["a", "b", np.nan]), ("a", "b"))
