"""The table that ships with the package: California housing, census of 1990."""

from importlib.resources import files

import pandas as pd


def load_california_housing() -> pd.DataFrame:
    """Load the 20,640 census block groups of California.

    Returns:
        Shape (20640, 10), without blanks: the text column `ocean_proximity`, eight
        number columns (`float64`) and the target `median_house_value` in US dollars,
        last. Units and origin of every column: `california_housing.md` beside this
        file.

    Source:
        Pace and Barry (1997), "Sparse Spatial Autoregressions", Statistics &
        Probability Letters 33, 291-297.
    """
    resource = files("sweepkit.data").joinpath("california_housing.parquet")
    with resource.open("rb") as file:
        return pd.read_parquet(file)
