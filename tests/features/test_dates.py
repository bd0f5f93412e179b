import numpy as np
import pandas as pd
import pytest

from sweepkit.features.dates import PARTS, DateParts


def parts_of(value) -> dict[str, float]:
    table = pd.DataFrame({"sold": [value]})
    return dict(zip(PARTS, DateParts().fit_transform(table)[0], strict=True))


@pytest.mark.parametrize(
    "value",
    [pd.Timestamp("2024-02-29 18:00"), "2024-02-29T18:00:00"],
    ids=["datetime", "ISO text"],
)
def test_a_date_becomes_its_parts(value):
    """Trees split on parts; the count of days carries the trend between years."""
    assert parts_of(value) == {
        "year": 2024,
        "month": 2,
        "day": 29,
        "weekday": 3,
        "hour": 18,
        "days_since_1970": 19782.75,
    }


def test_a_missing_date_is_missing_in_every_part():
    """A blank must not turn into the first of January 1970."""
    assert np.isnan(list(parts_of(pd.NaT).values())).all()


def test_names_tell_column_and_part():
    """Importance and contributions are read by these names."""
    table = pd.DataFrame({"sold": pd.to_datetime(["2024-01-01"])})

    names = DateParts().fit(table).get_feature_names_out()

    assert list(names) == [f"sold_{part}" for part in PARTS]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_the_unit_a_table_keeps_dates_in_changes_nothing(unit):
    """Training reads files in one unit, a server's rows come in another."""
    date = pd.Timestamp("1999-12-31 23:59:59")

    assert parts_of(date.as_unit(unit)) == parts_of(date)


def test_dates_before_the_range_of_nanoseconds_have_parts():
    """A table of old deeds is a table."""
    parts = parts_of(pd.Timestamp("1066-10-14").as_unit("s"))

    assert (parts["year"], parts["month"], parts["day"]) == (1066, 10, 14)
