import numpy as np
import pandas as pd
import pytest

from sweepkit.errors import ConfigError, DataError
from sweepkit.features.geo_lag import GeoLag
from sweepkit.features.inputs import InputColumns

# Three houses in a street and one far away.
TABLE = pd.DataFrame(
    {
        "lat": [10.0, 10.0, 10.0, 20.0],
        "lon": [5.0, 5.01, 5.03, 5.0],
        "rooms": [1.0, 2.0, 6.0, 100.0],
        "homes": [1.0, 1.0, 2.0, 10.0],
    }
)
SETTINGS = {"latitude": "lat", "longitude": "lon", "inputs": ["rooms"], "sizes": [2]}


def lag(**changes):
    return GeoLag(**(SETTINGS | changes))


def test_training_rows_are_described_by_the_others():
    """A row's own inputs are columns already; a mean with them says less."""
    got = lag().fit_transform(TABLE)

    np.testing.assert_array_equal(got[:, 0], [4.0, 3.5, 1.5, (1 + 2) / 2])


def test_rows_to_come_are_described_by_all_training_rows():
    """One that lies where a training row does has that one for a neighbour."""
    got = lag().fit(TABLE).transform(TABLE)

    np.testing.assert_array_equal(got[:3, 0], [1.5, 1.5, 4.0])


def test_names_and_columns_go_together():
    """Means, quotients of means and the distance to the last, for each size."""
    pairs = {"rooms_per_home": ["rooms", "homes"]}
    step = lag(inputs=["rooms", "homes"], pairs=pairs, sizes=[1, 2]).fit(TABLE)
    got = pd.DataFrame(step.transform(TABLE), columns=step.get_feature_names_out())

    assert list(got) == [
        *("rooms_of_1_nearest", "homes_of_1_nearest", "rooms_per_home_of_1_nearest"),
        *("rooms_of_2_nearest", "homes_of_2_nearest", "rooms_per_home_of_2_nearest"),
        *("km_to_nearest_1", "km_to_nearest_2"),
    ]
    np.testing.assert_array_equal(got["rooms_per_home_of_2_nearest"][:1], [3 / 2])
    assert got["km_to_nearest_1"].max() == 0
    assert got["km_to_nearest_2"][0] == pytest.approx(1.1, abs=0.01)


def test_blank_inputs_of_a_neighbour_are_left_out():
    """One blank must not blank whole streets."""
    table = TABLE.assign(rooms=[np.nan, 2.0, 6.0, np.nan])

    got = lag().fit(table).transform(TABLE)

    np.testing.assert_array_equal(got[:3, 0], [2.0, 2.0, 4.0])
    assert np.isnan(got[3, 0]), "both neighbours are blank"


def test_a_blank_position_has_no_neighbours():
    """Features of nowhere are blank, not those of some street."""
    table = TABLE.assign(lat=[np.nan, 10.0, 10.0, 20.0])
    step = lag()

    assert np.isnan(step.fit_transform(table)[0]).all()
    assert np.isnan(step.transform(table)[0]).all()
    assert np.isfinite(step.transform(table)[1:]).all()


@pytest.mark.parametrize("n_rows", [1, 2, 3], ids=["one row", "two", "three"])
def test_small_tables_have_the_same_columns(n_rows):
    """A fold may be smaller than a neighbourhood."""
    step = lag(sizes=[10])

    training = step.fit_transform(TABLE[:n_rows])

    assert training.shape == (n_rows, 2)
    assert np.isnan(training).all() == (n_rows == 1)
    assert np.isfinite(step.transform(TABLE)).all()


def test_inputs_that_are_not_named_are_all_numbers_but_the_coordinates():
    """`features=geo_lag` serves any table with a position."""
    columns = InputColumns(
        numeric=["rooms", "lat", "lon", "homes"], categorical=["kind"], dates=[]
    )
    step = lag(inputs=None)

    told = step.for_columns(columns)

    assert told.columns == ["lat", "lon", "rooms", "homes"]
    assert step.inputs is None, "the step of the configuration stays as it is"
    assert lag().for_columns(columns).columns == ["lat", "lon", "rooms"]


def test_a_fit_forgets_the_one_before():
    """A kept tree would answer with the rows of another table."""
    step = lag().fit(TABLE)
    step.transform(TABLE)

    again = step.fit(TABLE.assign(rooms=7.0)).transform(TABLE)

    np.testing.assert_array_equal(again[:, 0], 7.0)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"sizes": [0]}, "neighbours.*is 0", id="no neighbour"),
        pytest.param(
            {"pairs": {"share": ["rooms", "homes"]}}, "'share'.*inputs", id="no input"
        ),
        pytest.param({"pairs": {"share": ["rooms"]}}, "'share'", id="one column"),
    ],
)
def test_settings_that_mean_nothing_are_refused(changes, said):
    """The message names what to change."""
    with pytest.raises(ConfigError, match=said):
        lag(**changes).fit(TABLE)


def test_what_is_no_degree_is_refused():
    """Metres of a national grid would wrap round the globe unseen."""
    with pytest.raises(DataError, match=r"'lon' holds 512345.*data\.longitude"):
        lag().fit(TABLE.assign(lon=512345.0))
