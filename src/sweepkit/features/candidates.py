"""Which sets of feature steps fit a table, for `features=auto`."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sweepkit.errors import DataError
from sweepkit.features.distance import Floats, distance_to_points_km
from sweepkit.features.inputs import InputColumns
from sweepkit.features.near_step import check_degrees
from sweepkit.features.step import FeatureStep, check_step, read_table_columns

# Stands among the candidates in the configuration until one of them is chosen.
UNDECIDED = "auto"
_FAR_KM = 1000.0
_ROWS_ASKED = 2000

Steps = Mapping[str, FeatureStep]


def fitting(
    candidates: Mapping[str, Steps],
    columns: InputColumns,
    table: pd.DataFrame | None = None,
) -> list[str]:
    """Return the candidates that a table has the columns and the places for.

    One whose named places lie all more than 1,000 km from every row describes another
    country. Where one with named places fits, those that would find places by
    themselves are left out: they have the same columns and know less.

    Args:
        candidates: Steps by name by candidate, cheap ones first.
        columns: The table's raw columns.
        table: Its rows, of which only coordinates are read; None if there are none to
            ask, and then every place is near.

    Returns:
        Names in the order given.
    """
    found = [
        name
        for name, steps in candidates.items()
        if name != UNDECIDED and _fits(steps, columns, table)
    ]
    if any(_names_places(candidates[name]) for name in found):
        found = [
            name
            for name in found
            if _names_places(candidates[name]) or not _positions(candidates[name])
        ]
    return found


def _fits(steps: Steps, columns: InputColumns, table: pd.DataFrame | None) -> bool:
    try:
        for name, step in read_table_columns(steps, columns).items():
            check_step(name, step, columns)
        if table is not None:
            return all(_is_near(step, table) for step in _positions(steps))
    except DataError:
        # That a table lacks a column, or holds no degrees, is the answer here.
        return False
    return True


def _positions(steps: Steps) -> list[Any]:
    """Return the steps that read coordinates."""
    found: Iterator[Any] = iter(steps.values())
    return [step for step in found if hasattr(step, "latitude")]


def _names_places(steps: Steps) -> bool:
    return any(getattr(step, "places", None) for step in _positions(steps))


def _is_near(step: Any, table: pd.DataFrame) -> bool:
    position = [step.latitude or "latitude", step.longitude or "longitude"]
    check_degrees(table, position)
    places = list((getattr(step, "places", None) or {}).values())
    if not places:
        return True
    every = max(1, len(table) // _ROWS_ASKED)
    some = table[position].iloc[::every]
    degrees: Floats = some.to_numpy(dtype=np.float64, na_value=np.nan)
    km = distance_to_points_km(degrees[:, 0], degrees[:, 1], places)
    return bool((km <= _FAR_KM).any())
