"""What folds say of rows is gathered by row, kept, and read back as it was."""

import numpy as np
import pytest

from sweepkit.errors import DataError, DiskError
from sweepkit.evaluation.predicted import Predicted
from sweepkit.training.out_of_fold import gather, keep, load, read_array

FIRST = (np.array([1, 2, 3]), np.array([0, 4]))
SECOND = (np.array([0, 4]), np.array([2, 1]))


def test_each_row_gets_what_its_own_fold_said():
    """A row in the wrong place would make intervals of another row's error."""
    said = [Predicted(np.array([10.0, 14.0])), Predicted(np.array([12.0, 11.0]))]

    array = gather(said, [FIRST, SECOND], 5)

    np.testing.assert_array_equal(array, [10.0, 11.0, 12.0, np.nan, 14.0])
    found = read_array(array)
    assert found.positions.tolist() == [0, 1, 2, 4]
    assert found.predicted.values.tolist() == [10.0, 11.0, 12.0, 14.0]


def test_a_row_tested_twice_gets_the_mean():
    """Repeated folds say more than one thing of each row."""
    said = [Predicted(np.array([1.0, 2.0])), Predicted(np.array([3.0, 6.0]))]

    array = gather(said, [FIRST, FIRST], 5)

    assert array[[0, 4]].tolist() == [2.0, 4.0]


@pytest.mark.parametrize(
    ("threshold", "codes"), [(None, [0, 1]), (0.3, [1, 1])], ids=["half", "lower"]
)
def test_classes_are_decided_from_probabilities(threshold, codes):
    """The mean of codes is no class."""
    shares = np.array([[0.6, 0.4], [0.1, 0.9]])
    array = gather([Predicted(np.zeros(2), shares)], [FIRST], 5)

    found = read_array(array, threshold)

    assert found.predicted.values.tolist() == codes
    np.testing.assert_array_equal(found.predicted.probabilities, shares)


def test_what_is_kept_comes_back_to_the_bit(tmp_path):
    """Weights of an ensemble hang on it."""
    array = np.random.default_rng(0).normal(size=(7, 3))

    path = keep(array, tmp_path / "3")

    np.testing.assert_array_equal(load(path, 7), array)


def test_predictions_of_another_table_are_refused(tmp_path):
    """A folder may be older than the table."""
    path = keep(np.zeros(7), tmp_path)

    with pytest.raises(DataError, match="7 rows; needed are 8"):
        load(path, 8)


def test_a_damaged_file_is_no_set_of_predictions(tmp_path):
    """It is said, and nothing in it is run."""
    path = tmp_path / "out_of_fold.npy"
    path.write_bytes(b"\x93NUMPY broken")

    with pytest.raises(DataError, match="holds no out-of-fold predictions"):
        load(str(path), 1)


def test_a_folder_that_cannot_be_is_a_disk_error(tmp_path):
    """The trial fails with a cause, instead of an ensemble that lacks it silently."""
    (tmp_path / "file").write_text("")

    with pytest.raises(DiskError, match="cannot be written"):
        keep(np.zeros(1), tmp_path / "file" / "3")
