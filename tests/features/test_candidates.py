import numpy as np
import pandas as pd
import pytest

from sweepkit.features.candidates import UNDECIDED, fitting
from sweepkit.features.geo import GeoFeatures
from sweepkit.features.geo_knn import GeoKnn
from sweepkit.features.geo_lag import GeoLag
from sweepkit.features.inputs import InputColumns
from sweepkit.features.ratios import Ratios

POSITION = {"latitude": None, "longitude": None}
GEO = {"geo": GeoFeatures(**POSITION, rotations_deg=[45], places={}, centres=3)}
CITIES = {"los_angeles": [34.05, -118.24], "sacramento": [38.58, -121.49]}
HOME = {"geo": GeoFeatures(**POSITION, rotations_deg=[45], places=CITIES)}
CANDIDATES = {
    "none": {},
    "ratios": {"ratios": Ratios({"each": ["rooms", "homes"]})},
    "geo": GEO,
    "geo_lag": GEO | {"lag": GeoLag()},
    "home": HOME,
    "home_knn": HOME | {"knn": GeoKnn()},
    UNDECIDED: {},
}
CALIFORNIA = pd.DataFrame({"latitude": [36.0, np.nan], "longitude": [-119.0, -120.0]})
GERMANY = pd.DataFrame({"latitude": [52.5, 48.1], "longitude": [13.4, 11.6]})
METRES = pd.DataFrame({"latitude": [5812345.0], "longitude": [391234.0]})


def columns(*numeric):
    return InputColumns(numeric=numeric, categorical=["town"], dates=[])


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param(CALIFORNIA, ["none", "home", "home_knn"], id="named places near"),
        pytest.param(GERMANY, ["none", "geo", "geo_lag"], id="named places far"),
        pytest.param(METRES, ["none"], id="no degrees"),
        pytest.param(CALIFORNIA * np.nan, ["none", "geo", "geo_lag"], id="all blank"),
        pytest.param(None, ["none", "home", "home_knn"], id="no rows to ask"),
    ],
)
def test_the_candidates_that_describe_where_the_rows_lie(table, expected):
    """Distances to Los Angeles are no use in Berlin, and cost time in every trial."""
    assert fitting(CANDIDATES, columns("latitude", "longitude"), table) == expected


@pytest.mark.parametrize(
    ("numeric", "expected"),
    [
        pytest.param([], ["none"], id="no numbers"),
        pytest.param(["latitude"], ["none"], id="half a position"),
        pytest.param(["rooms", "homes"], ["none", "ratios"], id="no position"),
    ],
)
def test_the_candidates_whose_columns_there_are(numeric, expected):
    """A table without coordinates must train all the same."""
    table = pd.DataFrame({name: [1.0, 2.0] for name in numeric})

    assert fitting(CANDIDATES, columns(*numeric), table) == expected


def test_coordinates_may_have_other_names():
    """`data.latitude` reaches the candidates too."""
    named = {"geo": {"lag": GeoLag(latitude="lat", longitude="lon")}}
    table = GERMANY.set_axis(["lat", "lon"], axis=1)

    assert fitting(named, columns("lat", "lon"), table) == ["geo"]
    assert fitting(named, columns("latitude", "longitude"), GERMANY) == []
