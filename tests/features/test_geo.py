import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.base import clone
from sklearn.compose import ColumnTransformer

from sweepkit.errors import ConfigError
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
    assert list(geo(rotations_deg=[30, 22.5]).get_feature_names_out()) == [
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
