import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from sklearn.model_selection import train_test_split

from sweepkit.data.holdout import split_holdout
from sweepkit.errors import DataError


def make_table(n):
    """Return n rows in five groups, with moments that run against row order."""
    return pd.DataFrame(
        {
            "x": np.arange(n, dtype=float),
            "customer": [f"c{i % 5}" for i in range(n)],
            "year": 2000 - np.arange(n),
            "day": [f"2024-01-{28 - i % 28:02d}" for i in range(n)],
        },
        index=pd.RangeIndex(100, 100 + n),
    )


@pytest.mark.parametrize("n", [2, 7, 100, 1001])
@pytest.mark.parametrize("fraction", [0.01, 0.2, 0.5, 0.49999])
@pytest.mark.parametrize("seed", [0, 42])
def test_draws_the_rows_that_scikit_learn_draws(n, fraction, seed):
    """Published figures for a seed hold only on these very rows."""
    table = make_table(n)
    train, holdout = train_test_split(range(n), test_size=fraction, random_state=seed)

    split = split_holdout(table, fraction=fraction, seed=seed)
    assert_frame_equal(split.holdout, table.iloc[sorted(holdout)])
    assert_frame_equal(split.train, table.iloc[sorted(train)])


@pytest.mark.parametrize(
    "by", [{}, {"group": "customer"}, {"time": "year"}, {"time": "day"}], ids=str
)
@pytest.mark.parametrize("fraction", [0.1, 0.2, 0.55])
def test_parts_are_disjoint_and_cover_the_table_in_order(by, fraction):
    """A row in both parts is a leak; a row in neither is a loss."""
    table = make_table(60)
    split = split_holdout(table, fraction=fraction, seed=1, **by)

    assert not split.train.index.intersection(split.holdout.index).size
    assert_frame_equal(pd.concat([split.train, split.holdout]).sort_index(), table)
    assert split.train.index.is_monotonic_increasing
    assert split.holdout.index.is_monotonic_increasing


def test_another_seed_draws_other_rows():
    table = make_table(100)
    one = split_holdout(table, fraction=0.2, seed=1).holdout.index
    other = split_holdout(table, fraction=0.2, seed=2).holdout.index

    assert not one.equals(other)


@pytest.mark.parametrize("seed", range(4))
def test_a_group_is_never_divided(seed):
    """Rows of one customer resemble each other; half of them would give it away."""
    split = split_holdout(make_table(60), fraction=0.4, seed=seed, group="customer")

    assert not set(split.train["customer"]) & set(split.holdout["customer"])
    assert split.holdout["customer"].nunique() == 2


@pytest.mark.parametrize("time", ["year", "day"])
def test_the_holdout_is_the_latest_part(time):
    """A model for the future must be judged on its future."""
    table = make_table(28)
    split = split_holdout(table, fraction=0.25, seed=1, time=time)

    assert len(split.holdout) == 7
    assert split.holdout[time].min() > split.train[time].max()


def test_of_equal_moments_the_later_rows_are_held_out():
    """The choice has to be the same on every machine."""
    table = make_table(10).assign(day="2024-01-01")
    split = split_holdout(table, fraction=0.3, seed=1, time="day")

    assert list(split.holdout["x"]) == [7.0, 8.0, 9.0]


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.2, 1.5, 0.99, float("nan")])
@pytest.mark.parametrize("by", [{}, {"group": "customer"}, {"time": "year"}], ids=str)
def test_both_parts_need_a_row(fraction, by):
    """An empty part would fail much later, in a metric."""
    with pytest.raises(DataError, match=r"evaluation\.holdout\.fraction"):
        split_holdout(make_table(5), fraction=fraction, seed=1, **by)


@pytest.mark.parametrize("key", ["group", "time"])
@pytest.mark.parametrize(
    ("column", "said"),
    [
        pytest.param("custmer", "Did you mean 'customer'", id="missing"),
        pytest.param("gappy", "blank in 1 of 9 rows", id="blank"),
    ],
)
def test_an_unusable_column_is_refused(key, column, said):
    """Rows without a group or a moment belong to neither part."""
    table = make_table(9).assign(gappy=[None, *range(8)])

    with pytest.raises(DataError, match=rf"evaluation\.{key}") as caught:
        split_holdout(table, fraction=0.2, seed=1, **{key: column})
    assert said in str(caught.value)


def test_text_without_dates_has_no_order():
    with pytest.raises(DataError, match=r"evaluation\.time is 'customer'.*'c0'"):
        split_holdout(make_table(9), fraction=0.2, seed=1, time="customer")


def test_group_and_time_exclude_each_other():
    with pytest.raises(DataError, match=r"evaluation\.group.*evaluation\.time"):
        split_holdout(make_table(9), fraction=0.2, seed=1, group="x", time="x")


class TestClasses:
    CODES = np.array([0.0] * 60 + [1.0] * 36 + [2.0] * 3 + [3.0])

    def split(self, fraction=0.2, seed=7):
        rows = pd.DataFrame({"x": np.arange(self.CODES.size)})
        return split_holdout(rows, fraction=fraction, seed=seed, classes=self.CODES)

    def test_both_parts_have_their_share_of_each_class(self):
        """A rare class that is all on one side can be learned or judged, not both."""
        split = self.split()

        held = np.bincount(self.CODES[split.holdout.index].astype(int))
        assert held.tolist() == [12, 7, 1]

    def test_a_class_of_one_row_can_be_learned(self):
        """It cannot be in both parts; judged alone it would always be wrong."""
        for seed in range(5):
            assert 99 in self.split(seed=seed).train.index

    def test_every_row_is_in_one_part(self):
        """Nothing is lost on the way."""
        split = self.split()

        rows = sorted([*split.train.index, *split.holdout.index])
        assert rows == list(range(self.CODES.size))

    def test_a_part_too_small_for_all_classes_is_refused(self):
        """scikit-learn speaks of test_size, which no key here is called."""
        with pytest.raises(
            DataError, match=r"evaluation\.holdout\.fraction.*3 classes"
        ):
            self.split(fraction=0.02)
