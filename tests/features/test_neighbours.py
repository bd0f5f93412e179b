import numpy as np
import pytest

from sweepkit.features.distance import distance_to_points_km
from sweepkit.features.neighbours import Places, to_kilometres

RNG = np.random.default_rng(0)
DEGREES = np.column_stack([RNG.uniform(-80, 80, 300), RNG.uniform(-180, 180, 300)])


def find(degrees, position, most):
    return Places(np.array(degrees)).find(to_kilometres(np.array([position])), most)


def test_the_nearest_are_those_of_the_great_circle():
    """A degree of longitude is short near the poles: degrees would mislead."""
    here = np.array([[70.0, 10.0], [0.0, -179.5]])
    truth = distance_to_points_km(here[:, 0], here[:, 1], DEGREES).argsort(axis=1)

    _, found = Places(DEGREES).find(to_kilometres(here), 7)

    np.testing.assert_array_equal(found, truth[:, :7])


def test_neighbours_are_found_across_the_date_line():
    """Fiji lies on both sides of it."""
    km, found = find([[-17.0, 0.0], [-17.0, -179.9]], [-17.0, 179.9], 1)

    assert found.tolist() == [[1]]
    assert km[0, 0] == pytest.approx(21.3, abs=0.1)


def test_a_training_row_is_left_out_by_its_position_in_the_table():
    """Another row at the very same place is a neighbour, the row itself is none."""
    places = Places(np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 1.1], [5.0, 5.0]]))

    km, found = places.find_others(slice(None), 2)

    assert found.tolist() == [[1, 2], [0, 2], [0, 1], [2, 0]] or (
        sorted(found[2]) == [0, 1] and found[0].tolist() == [1, 2]
    )
    assert km[0, 0] == km[1, 0] == 0
    assert all(i not in near for i, near in enumerate(found.tolist()))


def test_many_rows_at_one_place_never_are_their_own_neighbours():
    """A block of flats has a hundred rows at one address; its own may be found late."""
    places = Places(np.tile([[34.0, -118.0]], (100, 1)))

    km, found = places.find_others(slice(None), 5)

    assert found.shape == (100, 5)
    assert not (found == np.arange(100)[:, None]).any()
    assert not km.any()


def test_blank_positions_are_nobodys_neighbours():
    """Positions found are those of the whole table, blanks counted."""
    places = Places(np.array([[np.nan, 1.0], [1.0, 1.0], [1.0, np.nan], [1.0, 2.0]]))

    _, found = places.find_others(slice(None), 5)

    assert places.rows.tolist() == [1, 3]
    assert found.tolist() == [[3], [1]]


@pytest.mark.parametrize(
    ("n_rows", "n_found"),
    [
        pytest.param(0, 0, id="none"),
        pytest.param(1, 0, id="one alone"),
        pytest.param(3, 2, id="three"),
    ],
)
def test_there_are_no_more_neighbours_than_other_rows(n_rows, n_found):
    """The folds of a small table must not stop a sweep."""
    places = Places(DEGREES[:n_rows])

    assert places.find_others(slice(None), 50)[1].shape == (n_rows, n_found)
    assert places.find(to_kilometres(DEGREES), 50)[1].shape == (300, n_rows)


def test_an_infinite_angle_is_no_point():
    """A request may hold any number; the answer must not depend on a warning."""
    with np.errstate(all="raise"):
        points = to_kilometres(np.array([[np.inf, 0.0], [np.nan, 0.0], [0.0, 0.0]]))

    assert np.isnan(points[:2]).any(axis=1).all()
    assert np.isfinite(points[2]).all()
