import numpy as np
import pytest

from sweepkit.evaluation.coverage import Coverage, measure_intervals, measure_sets


def test_intervals_are_counted_with_their_ends():
    """A price at the cap lies on the upper end of an interval, not outside."""
    ends = np.array([[0.0, 2.0], [0.0, 4.0], [5.0, 9.0], [1.0, 1.0]])

    found = measure_intervals(ends, np.array([2.0, 5.0, 4.9, 1.0]), 0.9)

    assert found == Coverage(
        asked=0.9, covered=0.5, width=2.5, median_width=3.0, n_rows=4
    )


def test_the_width_of_a_set_is_its_labels():
    """Small sets are what makes a promise of coverage worth something."""
    members = np.array([[True, False, False], [True, True, False], [True, True, True]])

    found = measure_sets(members, [1.0, 1.0, 2.0], 0.8)

    assert found.covered == pytest.approx(2 / 3)
    assert (found.width, found.median_width, found.n_rows) == (2.0, 2.0, 3)
