import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.base import clone
from sklearn.compose import ColumnTransformer

from sweepkit.errors import ConfigError, DataError
from sweepkit.features.coastlines import COASTLINES
from sweepkit.features.geo import GeoFeatures

PLACES = {"los_angeles": [34.05, -118.24], "san_francisco": [37.77, -122.42]}
TABLE = pd.DataFrame({"lat": [34.05, 37.77, np.nan], "lon": [-118.24, -122.42, -120.0]})


def geo(**changes):
    """Return a step with every kind of feature unless a test says otherwise."""
    settings = {
        "latitude": "lat",
        "longitude": "lon",
        "rotations_deg": [45],
        "places": PLACES,
        "coastline": "california",
    }
    return GeoFeatures(**(settings | changes))


def features(step, table):
    """Return the features of a table as columns by name."""
    values = step.fit_transform(table)
    return pd.DataFrame(values, columns=step.get_feature_names_out())


def test_names_state_what_and_unit_in_the_order_of_the_columns():
    """Importance plots and the serving encoder read features by these names."""
    step = geo(rotations_deg=[30, 22.5]).fit(TABLE)

    assert list(step.get_feature_names_out()) == [
        "east_rotated_30_deg",
        "east_rotated_22.5_deg",
        "north_rotated_30_deg",
        "north_rotated_22.5_deg",
        "km_to_los_angeles",
        "km_to_san_francisco",
        "km_to_nearest_place",
        "km_to_coast",
    ]


def test_measures_distances_to_cities_and_coast():
    """Los Angeles to San Francisco is 559 km; both lie within 25 km of the sea."""
    got = features(geo(), TABLE[:2])

    np.testing.assert_allclose(got["km_to_los_angeles"], [0, 559], atol=2)
    np.testing.assert_allclose(got["km_to_san_francisco"], [559, 0], atol=2)
    np.testing.assert_allclose(got["km_to_nearest_place"], [0, 0], atol=1e-6)
    assert got["km_to_coast"].between(5, 25).all()


def test_axes_turn_counter_clockwise():
    """Turned by 90 degrees, the east axis points north and the north axis west."""
    table = pd.DataFrame({"lat": [2.0], "lon": [3.0]})
    got = features(geo(rotations_deg=[0, 90]), table)

    assert got["east_rotated_0_deg"][0] == pytest.approx(3)
    assert got["north_rotated_0_deg"][0] == pytest.approx(2)
    assert got["east_rotated_90_deg"][0] == pytest.approx(2)
    assert got["north_rotated_90_deg"][0] == pytest.approx(-3)


def test_blank_coordinates_give_blank_features():
    """A blank position has no distance, and must not become a false one."""
    with np.errstate(all="raise"):
        got = geo().fit_transform(TABLE)

    assert np.isnan(got[2]).all()
    assert np.isfinite(got[:2]).all()


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        pytest.param({"rotations_deg": []}, 4, id="no rotations"),
        pytest.param({"places": {}}, 3, id="no places"),
        pytest.param({"coastline": None}, 5, id="no coast"),
        pytest.param(
            {"rotations_deg": [], "places": {}, "coastline": None}, 0, id="nothing"
        ),
    ],
)
def test_every_part_can_be_left_out(changes, kept):
    """Values and names must shrink together."""
    step = geo(**changes)

    assert step.fit_transform(TABLE).shape == (3, kept)
    assert len(step.get_feature_names_out()) == kept


def test_one_row_equals_the_same_row_among_many():
    """Serving scores single rows and must give the very numbers of training."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {"lat": rng.uniform(32, 42, 3000), "lon": rng.uniform(-124, -114, 3000)}
    )
    step = geo(rotations_deg=[15, 30, 45, 60, 75]).fit(table)
    many = step.transform(table)

    for row in (0, 1234, 2999):
        np.testing.assert_array_equal(
            step.transform(table[row : row + 1])[0], many[row]
        )


def test_own_corners_work_like_a_named_coast():
    """A table from elsewhere brings its own coast in the config."""
    corners = [list(corner) for corner in COASTLINES["california"]]

    np.testing.assert_array_equal(
        geo(coastline=corners).fit_transform(TABLE), geo().fit_transform(TABLE)
    )


def test_unknown_coastline_is_refused_with_the_known_ones():
    """A typo must name its key and what could have been meant."""
    with pytest.raises(
        ConfigError, match=r"features\.steps\.geo\.coastline is 'texas'.*california"
    ):
        geo(coastline="texas").fit(TABLE)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        pytest.param(
            {"places": {"la": [-118.24, 34.05]}},
            r"geo\.places holds \[-118\.24, 34\.05\]",
            id="longitude first",
        ),
        pytest.param({"places": {"la": [34.0]}}, r"holds \[34\.0\]", id="one number"),
        pytest.param(
            {"coastline": [[34.0, -200.0], [35.0, -118.0]]},
            r"geo\.coastline holds \[34\.0, -200\.0\]",
            id="off the globe",
        ),
        pytest.param({"coastline": [[34.0, -118.0]]}, "has 1 corners", id="one corner"),
        pytest.param({"coastline": []}, "has 0 corners", id="no corner"),
    ],
)
def test_what_is_no_position_is_refused(changes, found):
    """Swapped coordinates are the common mistake; the distances would look fine."""
    with pytest.raises(ConfigError, match=found):
        geo(**changes).fit(TABLE)


def test_takes_its_own_columns_in_a_column_transformer():
    """This is how the preprocessor runs it: with `columns`, by name."""
    step = geo()
    joined = ColumnTransformer(
        [("geo", step, step.columns)], verbose_feature_names_out=False
    )
    table = TABLE.assign(other=1.0)[["other", "lon", "lat"]]

    np.testing.assert_array_equal(
        joined.fit_transform(table), step.fit_transform(TABLE)
    )
    assert list(joined.get_feature_names_out()) == list(step.get_feature_names_out())


def test_survives_clone_and_storage():
    """Every fold fits a clone, and serving reads the stored step without pickle."""
    fitted = clone(geo()).fit(TABLE)
    data = skops.io.dumps(fitted)
    trusted = skops.io.get_untrusted_types(data=data)
    stored = skops.io.loads(data, trusted=trusted)

    assert set(trusted) <= {"sweepkit.features.geo.GeoFeatures"}
    np.testing.assert_array_equal(stored.transform(TABLE), fitted.transform(TABLE))
    assert list(stored.get_feature_names_out()) == list(fitted.get_feature_names_out())


def cluster(*centres, n_rows=100, spread=0.2):
    """Return positions scattered round centres, with a blank among them."""
    rng = np.random.default_rng(0)
    around = [rng.normal(centre, spread, (n_rows, 2)) for centre in centres]
    return pd.DataFrame(np.vstack([*around, [[np.nan, 7.0]]]), columns=["lat", "lon"])


def found(table, centres):
    step = geo(rotations_deg=[], places={}, coastline=None, centres=centres)
    return step.fit(table).places_


def test_centres_are_where_the_rows_lie():
    """A table of any country gets its own places without naming one."""
    places = found(cluster((52.5, 13.4), (48.1, 11.6), (53.6, 10.0)), 3)

    np.testing.assert_allclose(
        places, [[53.6, 10], [52.5, 13.4], [48.1, 11.6]], atol=0.1
    )


def test_centres_are_found_in_kilometres_not_in_degrees():
    """Far north a degree of longitude is short; two groups along it are one."""
    table = cluster((70.0, 20.0), (70.0, 22.0), (68.0, 21.0), spread=0.01)

    places = found(table, 2)

    np.testing.assert_allclose(places, [[70.0, 21.0], [68.0, 21.0]], atol=0.1)


def test_centres_follow_named_places():
    """Distances to both, and to whichever is nearest."""
    step = geo(rotations_deg=[], coastline=None, centres=2)
    got = features(step, cluster((34.0, -118.0), (37.0, -122.0)))

    assert list(got) == [
        *("km_to_los_angeles", "km_to_san_francisco"),
        *("km_to_centre_1", "km_to_centre_2", "km_to_nearest_place"),
    ]
    np.testing.assert_array_equal(got.iloc[:, -1], got.iloc[:, :-1].min(axis=1))


@pytest.mark.parametrize(
    ("table", "n_found"),
    [
        pytest.param(TABLE, 2, id="fewer positions than centres"),
        pytest.param(TABLE * np.nan, 0, id="no position at all"),
    ],
)
def test_no_more_centres_than_positions(table, n_found):
    """A small fold must not stop a sweep."""
    step = geo(places={}, centres=8)

    assert step.fit_transform(table).shape == (3, 2 + n_found + bool(n_found) + 1)
    assert len(step.places_) == n_found


def test_columns_that_are_not_named_have_the_usual_names():
    """`features=geo` on a table that has a latitude and a longitude needs no more."""
    assert geo(latitude=None, longitude=None).columns == ["latitude", "longitude"]


@pytest.mark.parametrize("column", ["lat", "lon"])
def test_what_is_no_degree_is_refused(column):
    """Metres of a national grid would give distances that mean nothing."""
    with pytest.raises(DataError, match=rf"{column}' holds 512345.*data\.latitude"):
        geo().fit(TABLE.assign(**{column: 512345.0}))
