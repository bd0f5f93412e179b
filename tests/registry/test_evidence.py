import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from sweepkit.errors import RegistryError
from sweepkit.registry.evidence import (
    Predictions,
    hash_rows,
    load_learned,
    save_learned,
    weigh,
)
from sweepkit.tasks import Task
from sweepkit.tracking import open_store, start_run
from sweepkit.tracking.model import ModelCard

ROWS = np.array([7, 3, 5])
ACTUAL = np.array([0.1, 0.2, 0.1 + 0.2])
PREDICTED = np.array([1 / 3, 2.0, 3.0])


def test_predictions_survive_their_file_to_the_last_digit(tmp_path):
    """A rounded prediction could turn a tie into a gain."""
    path = Predictions(ROWS, ACTUAL, PREDICTED).save(tmp_path)
    read = Predictions.load(path)

    assert path.name == "holdout_predictions.parquet"
    assert list(pd.read_parquet(path)) == ["row", "actual", "predicted"]
    for name in ("rows", "actual", "predicted"):
        kept = Predictions(ROWS, ACTUAL, PREDICTED)
        np.testing.assert_array_equal(getattr(read, name), getattr(kept, name))


def test_predictions_follow_the_rows_into_another_order():
    """A holdout is a set of rows, whatever order a reader returns them in."""
    aligned = Predictions(ROWS, ACTUAL, PREDICTED).align(ROWS[::-1], ACTUAL[::-1])

    np.testing.assert_array_equal(aligned.values, PREDICTED[::-1])
    assert aligned.probabilities is None


@pytest.mark.parametrize(
    ("rows", "actual"),
    [
        pytest.param([7, 3, 6], ACTUAL, id="another row"),
        pytest.param([7, 3], ACTUAL[:2], id="fewer rows"),
        pytest.param([7, 3, 5], [0.1, 0.2, 0.3], id="another target"),
    ],
)
def test_predictions_of_other_rows_are_no_predictions(rows, actual):
    """They would be compared with what they were not made for."""
    kept = Predictions(ROWS, ACTUAL, PREDICTED)

    assert kept.align(np.array(rows), np.array(actual)) is None


def test_equal_rows_have_equal_keys_wherever_they_stand(tmp_path):
    """By them a later gate knows which questions the model has seen."""
    table = pd.DataFrame(
        {
            "size": [1.0, np.nan, 1.0, 2.0],
            "town": pd.Series(["a", None, "a", "b"], dtype="str"),
            "sold": pd.to_datetime(["2024-01-01", None, "2024-01-01", "2024-01-02"]),
        }
    )
    target = np.array([5.0, 6.0, 5.0, 2.0])
    keys = hash_rows(table, target)
    moved = hash_rows(table.iloc[[3, 1]], target[[3, 1]])

    assert keys[0] == keys[2]
    assert len(set(keys)) == 3
    assert list(moved) == [keys[3], keys[1]]
    assert hash_rows(table, target + 1)[0] != keys[0]
    assert set(load_learned(save_learned(keys, tmp_path))) == set(keys)


def test_a_model_weighs_what_its_files_do(make_store, tmp_path):
    """Folders within its folder count too."""
    table = pd.DataFrame({"a": np.arange(5.0)})
    store = make_store()
    with start_run(store, "run") as run:
        card = ModelCard(name="linear", inputs=table, target="y")
        model = run.log_model(LinearRegression().fit(table, table["a"]), card)

    (mlmodel,) = (tmp_path / "artifacts").rglob("MLmodel")
    files = [path for path in mlmodel.parent.rglob("*") if path.is_file()]
    expected = sum(path.stat().st_size for path in files) / 1e6
    assert weigh(open_store(store), model.model_id) == pytest.approx(expected)


CODES = np.array([2.0, 0.0, 1.0])
SHARES = np.array([[0.1, 0.2, 0.7], [1 / 3, 1 / 3, 1 / 3], [0.0, 1.0, 0.0]])


@pytest.mark.parametrize(
    "classes", [("a", "b", "ü"), (1, 2, 30)], ids=["texts", "integers"]
)
def test_predictions_of_classes_survive_with_their_labels(tmp_path, classes):
    """The order of the columns means nothing without them."""
    kept = Predictions(ROWS, CODES, CODES, Task.MULTICLASS, classes, SHARES)
    read = Predictions.load(kept.save(tmp_path))

    assert (read.task, read.classes) == (Task.MULTICLASS, classes)
    assert [type(label) for label in read.classes] == [type(c) for c in classes]
    np.testing.assert_array_equal(read.probabilities, SHARES)
    np.testing.assert_array_equal(read.actual, CODES)


def test_booleans_stay_booleans(tmp_path):
    """A label that becomes 1 is another label."""
    kept = Predictions(
        *(ROWS, CODES > 1, CODES > 1, Task.BINARY, (False, True), SHARES[:, :2])
    )

    assert Predictions.load(kept.save(tmp_path)).classes == (False, True)
    assert type(Predictions.load(kept.save(tmp_path)).classes[0]) is bool


def test_a_file_of_before_there_were_classes_is_that_of_a_regression(tmp_path):
    """Champions of last year are compared too."""
    path = tmp_path / "holdout_predictions.parquet"
    pd.DataFrame({"row": ROWS, "actual": ACTUAL, "predicted": PREDICTED}).to_parquet(
        path, index=False
    )
    read = Predictions.load(path)

    assert (read.task, read.classes) == (Task.REGRESSION, ())
    assert read.probabilities is None


def test_predictions_of_classes_follow_rows_and_labels():
    """The candidate's table may be sorted otherwise and know one label more."""
    kept = Predictions(ROWS, CODES, CODES, Task.MULTICLASS, ("a", "b", "c"), SHARES)
    actual = np.array([1.0, 3.0, 0.0])  # the same labels: b, a, c
    aligned = kept.align(ROWS[[2, 1, 0]], actual, ("c", "b", "new", "a"))

    np.testing.assert_array_equal(aligned.values, actual)
    expected = SHARES[::-1][:, [2, 1, 1, 0]] * [1, 1, 0, 1]
    np.testing.assert_array_equal(aligned.probabilities, expected)
    assert kept.align(ROWS, CODES[::-1], ("a", "b", "c")) is None
    with pytest.raises(RegistryError, match="predicts one of several classes"):
        kept.align(ROWS, CODES)
