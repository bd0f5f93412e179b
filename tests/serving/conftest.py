"""Profiles as saved models carry them: of the California table, of classes."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from sweepkit.data.column_profile import ColumnProfile, TableProfile

QUANTILES = {
    "median_income": (0.5, 1.9, 2.4, 2.7, 3.1, 3.5, 4.0, 4.4, 5.1, 6.2, 15.0),
    "housing_median_age": (1, 13, 17, 20, 24, 29, 32, 35, 37, 44, 52),
    "total_rooms": (2, 950, 1300, 1580, 1840, 2130, 2460, 2860, 3560, 4990, 39320),
    "total_bedrooms": (1, 200, 260, 320, 370, 435, 500, 590, 720, 990, 6445),
    "population": (3, 510, 700, 850, 1010, 1170, 1340, 1570, 1930, 2660, 35682),
    "households": (1, 190, 250, 300, 350, 410, 470, 550, 670, 920, 6082),
    "latitude": (32.5, 33.6, 33.9, 34, 34.1, 34.3, 36.5, 37.4, 37.8, 38.5, 42),
    "longitude": (-124, -122.3, -122, -121, -120, -119, -118.3, -118, -117, -116, -114),
}
OCEAN = {"<1H OCEAN": 0.44, "INLAND": 0.32, "NEAR OCEAN": 0.13, "NEAR BAY": 0.11}
GUIDE_ROW = (8.3252, 41.0, 880.0, 129.0, 322.0, 126.0, 37.88, -122.23, "NEAR BAY")


@pytest.fixture(scope="session")
def profile() -> TableProfile:
    """Nine required columns but `total_bedrooms`, which may be blank."""
    numbers = tuple(
        ColumnProfile(
            name=name,
            kind="double",
            required=name != "total_bedrooms",
            blank_share=0.01 if name == "total_bedrooms" else 0.0,
            whole=all(value == int(value) for value in values),
            quantiles=tuple(map(float, values)),
        )
        for name, values in QUANTILES.items()
    )
    ocean = ColumnProfile(
        name="ocean_proximity", kind="string", required=True, categories=OCEAN
    )
    second = (2.5, 30.0, 1500.0, None, 900.0, 310.0, 34.1, -118.3, "<1H OCEAN")
    return TableProfile(
        target="median_house_value",
        target_unit="US dollars",
        n_rows=16512,
        columns=(*numbers, ocean),
        examples=(GUIDE_ROW, second),
    )


@pytest.fixture
def guide_row() -> list[float | str]:
    """The row every guide shows; its block group was worth 452,600 dollars."""
    return list(GUIDE_ROW)


@pytest.fixture(scope="session")
def small_profile() -> TableProfile:
    """One column of each kind, required and not."""
    columns = (
        ColumnProfile(name="size", kind="double", required=True),
        ColumnProfile(name="age", kind="double", required=False),
        ColumnProfile(
            name="town", kind="string", required=True, categories={"a": 0.5, "b": 0.5}
        ),
        ColumnProfile(
            name="street",
            kind="string",
            required=False,
            categories={"x": 1.0},
            more_categories=True,
        ),
        ColumnProfile(name="new", kind="boolean", required=True),
        ColumnProfile(name="sold", kind="datetime", required=False),
    )
    row = (1.5, 2.0, "a", "x", True, "2024-01-31T00:00:00")
    return TableProfile(target="price", columns=columns, examples=(row,))


LABELS = {
    "two texts": ("no", "yes"),
    "five texts": ("amber", "blue", "coral", "denim", 'it\'s "ecru"'),
    "numbers": (0, 3, 7),
    "truths": (False, True),
}


@pytest.fixture(params=LABELS)
def labels(request):
    """Labels of every type, in the order of a model's probabilities."""
    return LABELS[request.param]


@pytest.fixture(scope="session")
def as_classes(small_profile) -> Callable[..., TableProfile]:
    """Makes the small profile one of a model of classes, equally common in training."""

    def make(classes: Sequence[str | int | bool], threshold=None) -> TableProfile:
        shares = (1 / len(classes),) * len(classes)
        return replace(
            small_profile,
            target="kind",
            task="binary" if len(classes) == 2 else "multiclass",
            classes=tuple(classes),
            class_shares=shares,
            threshold=threshold,
        )

    return make


@pytest.fixture(scope="session")
def spread_sizes():
    """Probabilities by how near a row's size is to each code, (n_rows, n_classes)."""

    def spread(rows, n_classes=2):
        sizes = np.array([row[0] for row in rows], dtype=float)
        near = np.exp(-np.abs(sizes[:, None] - np.arange(n_classes)).clip(max=50))
        return near / near.sum(axis=1, keepdims=True)

    return spread
