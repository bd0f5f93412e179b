import numpy as np
import pandas as pd
import pytest

from sweepkit.features.dates import CYCLES, PARTS, DateParts, split_dates

# Between them every part changes.
VARIED = pd.to_datetime(["1990-01-06 05:00", "2024-02-29 18:00"])


def parts_of(value, **settings) -> dict[str, float]:
    """Return the parts of one date, after a fit in which all of them vary."""
    step = DateParts(**settings).fit(pd.DataFrame({"sold": VARIED}))
    names = [name.removeprefix("sold_") for name in step.get_feature_names_out()]
    parts = step.transform(pd.DataFrame({"sold": [value]}))[0]
    return dict(zip(names, parts, strict=True))


def kept_parts(*dates, **settings) -> list[str]:
    step = DateParts(**settings).fit(pd.DataFrame({"d": pd.to_datetime(list(dates))}))
    return [name.removeprefix("d_") for name in step.get_feature_names_out()]


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
        "weekend": 0,
        "hour": 18,
        "day_of_year": 60,
        "days_since_1970": 19782.75,
    }


def test_parts_agree_with_pandas_on_every_day_of_a_century():
    """Leap years, ends of months and years, weekdays before 1970."""
    days = pd.Series(pd.date_range("1931-12-25 13:00", "2032-01-05 13:00", freq="D"))

    parts = dict(zip(PARTS, split_dates(days.to_numpy("M8[us]")).T, strict=True))

    for name in ("year", "month", "day", "hour", "day_of_year"):
        np.testing.assert_array_equal(parts[name], getattr(days.dt, name), name)
    np.testing.assert_array_equal(parts["weekday"], days.dt.day_of_week)
    np.testing.assert_array_equal(parts["weekend"], days.dt.day_of_week >= 5)


def test_a_missing_date_is_missing_in_every_part():
    """A blank must not turn into the first of January 1970."""
    parts = parts_of(pd.NaT, cyclic=True)

    assert len(parts) == len(PARTS) + len(CYCLES)
    assert np.isnan(list(parts.values())).all()


def test_parts_that_never_vary_are_left_out():
    """Dates without a time have no hour; such columns only dilute a forest's draws."""
    kept = kept_parts("2024-01-01", "2024-03-15", None)

    assert kept == ["month", "day", "weekday", "day_of_year", "days_since_1970"]


@pytest.mark.parametrize(
    "dates", [("2024-01-01", "2024-01-01"), (None, None)], ids=["one day", "no day"]
)
def test_a_date_column_never_vanishes(dates):
    """In a fold all dates may be one; whatever follows needs a column to work on."""
    assert kept_parts(*dates) == ["days_since_1970"]
    assert kept_parts(*dates, cyclic=True) == ["days_since_1970"]


def test_each_column_keeps_its_own_parts():
    """One may have times and the other not."""
    table = pd.DataFrame(
        {
            "sold": pd.to_datetime(["2024-01-01", "2024-01-02"]),
            "seen": pd.to_datetime(["2024-01-01 10:00", "2024-01-01 11:00"]),
        }
    )

    names = DateParts().fit(table).get_feature_names_out()

    assert list(names) == [
        *("sold_day", "sold_weekday", "sold_day_of_year", "sold_days_since_1970"),
        *("seen_hour", "seen_days_since_1970"),
    ]


def test_on_a_cycle_the_end_lies_beside_the_beginning():
    """As numbers December and January are as far apart as months can be."""

    def place(value, cycle):
        parts = parts_of(pd.Timestamp(value), cyclic=True)
        return np.array([parts[f"{cycle}_sine"], parts[f"{cycle}_cosine"]])

    def apart(one, other, cycle):
        return np.linalg.norm(place(one, cycle) - place(other, cycle))

    assert apart("2023-12-31", "2024-01-01", "year") < 0.04
    assert apart("2024-01-01", "2024-07-01", "year") > 1.99
    assert apart("2024-01-07", "2024-01-08", "week") < 0.9  # Sunday, Monday
    assert apart("2024-01-08 00:00", "2024-01-07 23:59", "day") < 0.3
    assert apart("2024-01-08 00:00", "2024-01-08 12:00", "day") > 1.99


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_the_unit_a_table_keeps_dates_in_changes_nothing(unit):
    """Training reads files in one unit, a server's rows come in another."""
    date = pd.Timestamp("1999-12-31 23:59:59")

    assert parts_of(date.as_unit(unit)) == parts_of(date)


def test_dates_before_the_range_of_nanoseconds_have_parts():
    """A table of old deeds is a table."""
    parts = parts_of(pd.Timestamp("1066-10-14").as_unit("s"))

    assert (parts["year"], parts["month"], parts["day"]) == (1066, 10, 14)
