import numpy as np
import pytest

from sweepkit.features.coastlines import COASTLINES
from sweepkit.features.distance import (
    EARTH_RADIUS_KM,
    distance_to_line_km,
    distance_to_points_km,
)

DEGREE_KM = np.pi * EARTH_RADIUS_KM / 180
CITIES = {
    "los angeles": (34.05, -118.24),
    "san francisco": (37.77, -122.42),
    "fresno": (36.74, -119.79),
    "half moon bay": (37.46, -122.43),
}


def at(*positions):
    """Return latitude and longitude of positions as two arrays."""
    return np.array(positions, dtype=np.float64).T


@pytest.mark.parametrize(
    ("start", "end", "km"),
    [
        pytest.param((33.9425, -118.4081), (40.6398, -73.7789), 3983, id="LAX to JFK"),
        pytest.param((33.9425, -118.4081), (37.6190, -122.3749), 543, id="LAX to SFO"),
        pytest.param((51.4775, -0.4614), (-33.9461, 151.1772), 17020, id="LHR to SYD"),
        pytest.param((0.0, 0.0), (0.0, 180.0), 20015, id="half way round"),
        pytest.param((-17.0, 179.5), (-17.0, -179.5), 106.4, id="across the date line"),
    ],
)
def test_point_distance_matches_published_ones(start, end, km):
    """Air distances on the ellipsoid; a sphere may differ by 0.6 %."""
    got = distance_to_points_km(*at(start), [end])

    assert got.shape == (1, 1)
    assert got[0, 0] == pytest.approx(km, rel=0.006)


def test_each_row_meets_each_point():
    """Rows run down and points across, as the feature names expect."""
    positions = list(CITIES.values())
    got = distance_to_points_km(*at(*positions[:3]), positions)

    assert got.shape == (3, 4)
    np.testing.assert_array_equal(np.diag(got), 0)
    np.testing.assert_allclose(got[:, :3], got[:, :3].T)


@pytest.mark.parametrize(
    ("position", "km"),
    [
        pytest.param((1.0, 0.5), DEGREE_KM, id="beside the line"),
        pytest.param((0.0, 3.0), 2 * DEGREE_KM, id="beyond its end"),
        pytest.param((0.0, -1.0), DEGREE_KM, id="before its start"),
        pytest.param((0.0, 0.3), 0.0, id="on it"),
    ],
)
def test_line_distance_is_to_the_nearest_point_of_the_line(position, km):
    """Not to the nearest corner, and not to the endless straight line."""
    got = distance_to_line_km(*at(position), [(0.0, 0.0), (0.0, 1.0)])

    assert got == pytest.approx([km], abs=0.01)


def test_line_distance_agrees_with_a_walk_along_the_coast():
    """The stated 1 % of the flat map, against points every few hundred metres."""
    rng = np.random.default_rng(0)
    latitude, longitude = rng.uniform(32.5, 42, 200), rng.uniform(-124, -118, 200)
    coast = np.array(COASTLINES["california"])
    share = np.linspace(0, 1, 200)[None, :, None]
    walk = coast[:-1, None] + share * np.diff(coast, axis=0)[:, None]
    expected = distance_to_points_km(latitude, longitude, walk.reshape(-1, 2)).min(1)

    got = distance_to_line_km(latitude, longitude, coast)

    np.testing.assert_allclose(got, expected, rtol=0.01, atol=0.2)


def test_coast_is_where_maps_have_it():
    """A coast with latitude and longitude swapped would pass every formula test."""
    got = distance_to_line_km(*at(*CITIES.values()), COASTLINES["california"])

    np.testing.assert_allclose(got, [24, 8, 175, 2], atol=5)


def test_one_row_equals_the_same_row_among_many():
    """Serving scores single rows; training saw them in blocks."""
    rng = np.random.default_rng(0)
    latitude, longitude = rng.uniform(32, 42, 5000), rng.uniform(-124, -114, 5000)
    many = distance_to_line_km(latitude, longitude, COASTLINES["california"])

    for row in (0, 2047, 2048, 4999):
        one = slice(row, row + 1)
        got = distance_to_line_km(
            latitude[one], longitude[one], COASTLINES["california"]
        )
        assert got[0] == many[row]


def test_blank_coordinates_give_blank_distances():
    """A blank must reach the imputer as one, without a warning, without spreading."""
    latitude, longitude = at((np.nan, -118.0), (34.0, np.nan), (34.0, -118.0))

    with np.errstate(all="raise"):
        line = distance_to_line_km(latitude, longitude, COASTLINES["california"])
        points = distance_to_points_km(latitude, longitude, [(34.0, -118.0)])

    assert np.isnan(line).tolist() == [True, True, False]
    assert np.isnan(points[:, 0]).tolist() == [True, True, False]


def test_a_corner_given_twice_is_harmless():
    """Closed outlines and copied points make segments of length zero."""
    got = distance_to_line_km(*at((1.0, 0.0)), [(0.0, 0.0), (0.0, 0.0), (0.0, 1.0)])

    assert got == pytest.approx([DEGREE_KM])


def test_no_rows_give_no_distances():
    """An empty table is refused elsewhere, with a better message than numpy's."""
    nothing = np.empty(0)

    assert distance_to_line_km(nothing, nothing, COASTLINES["california"]).shape == (0,)


def test_a_single_corner_is_no_line():
    """It would silently be no coast at all."""
    with pytest.raises(ValueError, match="at least 2 corners, got 1"):
        distance_to_line_km(*at((0.0, 0.0)), [(1.0, 1.0)])
