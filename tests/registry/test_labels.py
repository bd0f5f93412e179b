"""Codes of one model's classes in terms of another's."""

import numpy as np
import pytest

from sweepkit.errors import RegistryError
from sweepkit.evaluation.predicted import Predicted
from sweepkit.registry.labels import (
    check_same_task,
    read_classes,
    relabel,
    translate,
    write_classes,
)
from sweepkit.tasks import Task


@pytest.mark.parametrize(
    ("champion", "candidate"),
    [
        pytest.param((), (), id="both numbers"),
        pytest.param(("no", "yes"), ("yes", "no"), id="another positive label"),
        pytest.param(("a", "b", "c"), ("a", "b", "c", "d"), id="a label came up"),
    ],
)
def test_models_of_one_question_may_be_compared(champion, candidate):
    """What the champion lacks, it has just never seen."""
    check_same_task(champion, candidate)


@pytest.mark.parametrize(
    ("champion", "candidate", "said"),
    [
        pytest.param((), ("a", "b"), "predicts a number, the candidate one of", id="n"),
        pytest.param(("a", "b"), (), "of two classes, the candidate a number", id="c"),
        pytest.param(
            ("a", "b"), ("a", "b", "c"), "candidate one of several", id="more"
        ),
        pytest.param(("a", "b", "c"), ("a", "b", "d"), "knows 'c' as", id="lost"),
        pytest.param((0, 1), (False, True), "knows 0, 1 as classes", id="booleans"),
        pytest.param(("0", "1"), (0, 1), "knows '0', '1' as classes", id="texts"),
        pytest.param(tuple(range(9)), (0, 1, 99), "1, 2.* and 2 more", id="many"),
    ],
)
def test_models_of_different_questions_are_not(champion, candidate, said):
    """A better score on another question is no better model."""
    said = said.replace("1, 2.* and 2 more", "2, 3, 4, 5, 6 and 2 more")
    with pytest.raises(RegistryError, match=said) as refused:
        check_same_task(champion, candidate)
    assert "registry.model_name" in str(refused.value)


def test_predictions_follow_their_labels_into_another_order():
    """By position, `malignant` would get what was said of `benign`."""
    shares = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]])
    said = Predicted(np.array([0.0, 2.0]), shares)
    mapped = relabel(said, ("a", "c", "d"), ("d", "b", "a", "c"))

    assert mapped.values.tolist() == [2.0, 0.0]
    assert mapped.probabilities.tolist() == [[0.1, 0, 0.7, 0.2], [0.6, 0, 0.1, 0.3]]


def test_predictions_in_the_right_order_stay_as_they_are():
    """To the bit, and numbers in any case."""
    said = Predicted(np.array([1.0]), np.array([[0.4, 0.6]]))

    assert relabel(said, ("a", "b"), ("a", "b")) is said
    numbers = Predicted(np.array([1.5]))
    assert relabel(numbers, (), ()) is numbers


def test_codes_of_labels_that_are_lacking_are_none():
    """True is not 1, though Python says so."""
    codes = np.array([0.0, 1.0, 2.0])

    assert translate(codes, ("a", "b", "c"), ("c", "a")).tolist() == [1, -1, 0]
    assert translate(codes[:2], (False, True), (0, 1)).tolist() == [-1, -1]


@pytest.mark.parametrize("classes", [("né", "ok"), (0, 1, 2), (False, True)])
def test_labels_survive_the_tags_of_a_version(classes):
    """With their types."""
    tags = write_classes(Task.BINARY, classes)
    read = read_classes(tags)

    assert list(map(repr, read)) == list(map(repr, classes))
    assert tags["task"] == "binary"


def test_a_regression_has_no_such_tags():
    """Nor has a version that somebody else made, whatever its tags are called."""
    assert write_classes(Task.REGRESSION, ()) == {}
    assert read_classes({}) == []
    assert read_classes({"classes": "four of them"}) == []
    assert set(
        write_classes(Task.MULTICLASS, ["x" * 999 + str(i) for i in range(9)])
    ) == {"task"}
