import json

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from sweepkit.data.roles import Role
from sweepkit.data.schema import TableSchema, infer_schema
from sweepkit.data.sources import ExampleSource
from sweepkit.errors import DataError

N = 20


def make_table(**columns):
    """Return twenty sound rows of every role, some columns replaced or added."""
    sound = {
        "id": np.arange(N),
        "rooms": np.arange(N) + 1,
        "size": [np.nan, *np.linspace(30, 90, N - 1)],
        "place": ["INLAND", "ISLAND", None, "ISLAND"] * 5,
        "garden": ["yes", "No"] * 10,
        "pool": [True, None] * 10,
        "sold": pd.date_range("2024-01-01", periods=N).strftime("%Y-%m-%d"),
        "country": ["US"] * N,
        "price": np.linspace(1, 5, N),
    }
    return pd.DataFrame(sound | columns)


def infer(table, target="price", **roles):
    return infer_schema(table, target=target, overrides=roles)


def refusal(table, target="price", **roles):
    with pytest.raises(DataError) as caught:
        infer(table, target, **roles)
    return str(caught.value)


class TestInferring:
    def test_every_column_has_a_role_in_table_order(self):
        """What was dropped and why has to be told to the person."""
        schema = infer(make_table())

        assert list(schema.roles.items()) == [
            ("id", Role.IDENTIFIER),
            ("rooms", Role.NUMERIC),
            ("size", Role.NUMERIC),
            ("place", Role.CATEGORICAL),
            ("garden", Role.BOOLEAN),
            ("pool", Role.BOOLEAN),
            ("sold", Role.DATE),
            ("country", Role.CONSTANT),
            ("price", Role.TARGET),
        ]
        assert schema.blanks == ("size", "place", "pool")
        assert schema.features == ["rooms", "size", "place", "garden", "pool", "sold"]
        assert schema.columns_of(Role.BOOLEAN) == ["garden", "pool"]

    def test_a_chosen_role_wins(self):
        schema = infer(make_table(), rooms="categorical", place="ignored", id="numeric")

        assert schema.columns_of(Role.CATEGORICAL) == ["rooms"]
        assert schema.columns_of(Role.IGNORED) == ["place"]
        assert "id" in schema.features

    def test_the_example_table_needs_no_choices(self):
        """The first command a person types must not ask anything."""
        schema = infer(ExampleSource().read(), "median_house_value")

        assert len(schema.columns_of(Role.NUMERIC)) == 8
        assert schema.columns_of(Role.CATEGORICAL) == ["ocean_proximity"]

    def test_an_ignored_column_may_hold_anything(self):
        """The cure that refusals offer has to work."""
        table = make_table(bad=[np.inf] * 10 + [1.0] * 10, empty=[None] * N)

        assert "bad" not in infer(table, bad="ignored", empty="ignored").features


class TestRefusing:
    @pytest.mark.parametrize(
        ("columns", "said"),
        [
            pytest.param(
                {"price": [f"lot {i}" for i in range(N)]},
                ["20 different labels", "'lot 0'"],
                id="text",
            ),
            pytest.param(
                {"price": ["1", "2", "3", "n/a"] * 5},
                ["numbers and, in row 4, 'n/a'", "`task=multiclass`"],
                id="numbers and a word",
            ),
            pytest.param(
                {"price": pd.date_range("2024-01-01", periods=2).repeat(10)},
                ["holds dates"],
                id="dates",
            ),
            pytest.param({"price": [None] * N}, ["blank in 20 of 20"], id="all blank"),
            pytest.param(
                {"price": [1.0, 2.0, np.nan, np.nan] * 5},
                ["blank in 10 of 20 rows", "row 3", "delete"],
                id="blanks",
            ),
            pytest.param(
                {"price": [1.0, np.inf] * 10},
                ["infinite in 10 of 20 rows", "row 2"],
                id="infinite",
            ),
            pytest.param({"price": [5.0] * N}, ["is 5 in all 20 rows"], id="constant"),
        ],
    )
    def test_a_target_that_cannot_be_learned(self, columns, said):
        """A constant target scores R2 = 1, a blank one nan: both look like results."""
        message = refusal(make_table(**columns))

        assert "target 'price'" in message
        assert "`data.target`" in message
        for words in said:
            assert words in message

    @pytest.mark.parametrize(
        ("columns", "said"),
        [
            pytest.param(
                {"size": [1.0, -np.inf] * 10},
                ["'size', row 2", "found -inf", "10 such of 20"],
                id="infinite feature",
            ),
            pytest.param({"size": [None] * N}, ["'size' is blank in all"], id="blank"),
            pytest.param(
                {"sold": ["2024-01-31", "2024-02-30"] * 10},
                ["'sold', row 2", "'2024-02-30'"],
                id="no such day",
            ),
            pytest.param(
                {"sold": ["2024-01-31", "9999-12-31"] * 10},
                ["'sold', row 2", "2262"],
                id="the end of time",
            ),
        ],
    )
    def test_a_feature_that_cannot_be_used(self, columns, said):
        message = refusal(make_table(**columns))

        assert "=ignored" in message
        for words in said:
            assert words in message

    def test_a_missing_target(self):
        message = refusal(make_table(), target="Pric")

        assert "Did you mean 'price'?" in message
        assert "`data.target`" in message

    def test_a_role_for_a_missing_column(self):
        """A misspelt choice must not be passed over."""
        message = refusal(make_table(), romms="ignored")

        assert "Did you mean 'rooms'?" in message
        assert "`data.roles.romms`" in message

    def test_a_role_that_does_not_exist(self):
        assert "data.roles.rooms" in refusal(make_table(), rooms="ordinal")

    def test_a_role_for_the_target(self):
        assert "data.roles.price" in refusal(make_table(), price="numeric")

    def test_a_chosen_role_the_values_do_not_have(self):
        """Found before anything is fitted, not in the first fold."""
        message = refusal(make_table(), place="numeric")

        assert "'place', row 1 below the header: found 'INLAND'" in message

    def test_a_chosen_role_for_a_blank_column(self):
        assert "blank in all" in refusal(make_table(size=[None] * N), size="numeric")

    def test_fewer_than_twenty_rows(self):
        message = refusal(make_table().iloc[:19])

        assert "19 rows" in message
        assert "20 are needed" in message

    def test_no_column_to_learn_from(self):
        message = refusal(make_table()[["id", "country", "price"]])

        assert "id is identifier, country is constant" in message

    def test_two_columns_of_one_name(self):
        table = make_table().rename(columns={"size": "rooms"})

        assert "'rooms'" in refusal(table)


class TestConforming:
    def test_each_role_has_one_type(self):
        """Training and scoring must hand the very same types to the model."""
        features = infer(make_table()).conform(make_table())

        assert [str(dtype) for dtype in features.dtypes] == [
            "float64",
            "float64",
            "str",
            "bool",
            "str",
            "datetime64[ns]",
        ]
        assert features["garden"].tolist() == [True, False] * 10
        assert features["pool"].tolist()[0] == "true"
        assert features["pool"].isna().tolist() == [False, True] * 10
        assert features["place"].isna().sum() == 5

    def test_the_schema_decides_about_types_not_the_rows(self):
        """One row without blanks has to look like the table it comes from."""
        schema = infer(make_table())
        whole, part = make_table(), make_table().iloc[[3]]

        assert_frame_equal(schema.conform(part), schema.conform(whole).iloc[[3]])

    def test_order_and_further_columns_do_not_matter(self):
        schema = infer(make_table())
        other = make_table(more=1)[["more", *make_table().columns[::-1]]]

        assert_frame_equal(schema.conform(other), schema.conform(make_table()))

    def test_target_and_dropped_columns_may_be_absent(self):
        """Whoever asks for a prediction has no target yet."""
        schema = infer(make_table())
        table = make_table().drop(columns=["price", "id", "country"])

        assert_frame_equal(schema.conform(table), schema.conform(make_table()))

    def test_the_index_is_kept(self):
        """Holdout rows are traced back by it."""
        table = make_table().set_axis(range(50, 70))

        assert infer(table).conform(table).index.equals(table.index)

    def test_numbers_as_categories_read_alike_with_and_without_blanks(self):
        """A blank turns 3 into 3.0, which must not become another category."""
        schema = infer(make_table(), rooms="categorical")
        gappy = make_table(rooms=[np.nan, *np.arange(2.0, 21.0)])

        assert schema.conform(make_table())["rooms"].tolist()[2] == "3"
        assert schema.conform(gappy)["rooms"].tolist()[2] == "3"
        assert schema.conform(gappy)["rooms"].isna()[0]

    def test_zero_and_one_can_be_truth_values(self):
        table = make_table(rooms=[0, 1] * 10)
        features = infer(table, rooms="boolean").conform(table)

        assert features["rooms"].tolist() == [False, True] * 10

    def test_times_with_a_zone_become_utc(self):
        sold = pd.date_range("2024-01-01", periods=N, tz="Europe/Berlin")
        for table in (make_table(sold=sold), make_table(sold=sold.map(str))):
            features = infer(table).conform(table)
            assert features["sold"][0] == pd.Timestamp("2023-12-31 23:00")

    def test_whole_numbers_can_be_dates(self):
        table = make_table(rooms=20240101 + np.arange(N))
        features = infer(table, rooms="date").conform(table)

        assert features["rooms"][1] == pd.Timestamp("2024-01-02")

    def test_dates_are_no_numbers(self):
        """pandas would silently count nanoseconds since 1970."""
        table = make_table(sold=pd.date_range("2024-01-01", periods=N))

        assert "a number is needed" in refusal(table, sold="numeric")

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            pytest.param({"rooms": "many"}, "'rooms', row 1.*'many'", id="text"),
            pytest.param({"rooms": np.inf}, "'rooms', row 1.*inf", id="infinite"),
            pytest.param(
                {"garden": "maybe"}, "'garden', row 1.*'maybe'", id="no truth"
            ),
            pytest.param(
                {"garden": None}, "'garden', row 1", id="new blank in a truth"
            ),
            pytest.param({"sold": "soon"}, "'sold', row 1.*'soon'", id="no date"),
        ],
    )
    def test_a_later_table_is_held_to_the_schema(self, change, said):
        """A value the model never saw the like of must not be guessed at."""
        schema = infer(make_table())

        with pytest.raises(DataError, match=said):
            schema.conform(make_table().iloc[[0]].assign(**change))

    def test_a_missing_feature_is_named(self):
        schema = infer(make_table())

        with pytest.raises(DataError, match=r"no column 'rooms'.*'Rooms'"):
            schema.conform(make_table().rename(columns={"rooms": "Rooms"}))


class TestTargetValues:
    def test_are_floats_in_row_order(self):
        table = make_table(price=np.arange(N))
        values = infer(table).target_values(table)

        assert values.dtype == np.float64
        assert values.tolist() == list(range(N))

    def test_of_a_later_table_may_be_all_equal(self):
        """One row is a fair question; only training needs variation."""
        table = make_table()

        assert infer(table).target_values(table.iloc[[0]]).tolist() == [1.0]

    def test_must_be_there(self):
        with pytest.raises(DataError, match=r"no column 'price'.*data\.target"):
            infer(make_table()).target_values(make_table().drop(columns="price"))


def test_a_schema_survives_json_even_with_sorted_keys():
    """It is saved with the run; the order of its columns is the model's order."""
    schema = infer(make_table(), rooms="categorical")
    saved = json.dumps(schema.to_dict(), sort_keys=True)

    again = TableSchema.from_dict(json.loads(saved))
    assert again == schema
    assert list(again.roles) == list(schema.roles)
    assert_frame_equal(again.conform(make_table()), schema.conform(make_table()))
