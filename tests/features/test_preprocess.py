import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from sweepkit.errors import ConfigError, DataError
from sweepkit.features.categories import BLANK, NamedBlanks
from sweepkit.features.preprocess import InputColumns, Inputs, build_preprocessor
from sweepkit.features.ratios import Ratios

COLUMNS = InputColumns(numeric=["a", "b"], categorical=["kind"], dates=["day"])
TRAIN = pd.DataFrame(
    {
        "a": [1.0, 2.0, np.nan, 4.0],
        "b": [2.0, 2.0, 2.0, 2.0],
        "kind": ["x", "y", None, "x"],
        "day": pd.to_datetime(["2024-01-01", "2024-02-29", None, "2024-12-31"]),
    }
)
ROW_OF_BLANKS = pd.DataFrame(
    {"a": [np.nan], "b": [np.nan], "kind": [np.nan], "day": [pd.NaT]}
)


def fitted(inputs: Inputs, steps=None):
    return build_preprocessor(COLUMNS, steps or {}, inputs).fit(TRAIN)


@pytest.mark.parametrize(
    "inputs",
    [
        pytest.param(Inputs(), id="blanks kept"),
        pytest.param(Inputs(missing="median"), id="blanks filled"),
        pytest.param(Inputs(missing="median", scale=True), id="filled and scaled"),
    ],
)
def test_every_role_becomes_float64(inputs):
    """Estimators take one table of numbers, whatever the columns held."""
    numbers = fitted(inputs).transform(TRAIN)

    assert numbers.dtype == np.float64
    assert numbers.shape == (4, 2 + 3 + 6)


def test_filling_leaves_no_blank_even_in_a_row_of_nothing_else():
    """A request may leave every optional column out; a forest cannot take NaN."""
    numbers = fitted(Inputs(missing="median")).transform(ROW_OF_BLANKS)

    assert np.isfinite(numbers).all()


def test_a_column_blank_throughout_a_fold_keeps_its_place():
    """Otherwise the fold's model would have fewer features than the final one."""
    train = TRAIN.assign(a=np.nan)
    preprocessor = build_preprocessor(COLUMNS, {}, Inputs(missing="median")).fit(train)

    assert preprocessor.transform(TRAIN).shape[1] == 11


def test_unseen_categories_are_all_zero():
    """New categories appear after training; they must not stop a prediction."""
    preprocessor = fitted(Inputs())
    names = list(preprocessor.get_feature_names_out())
    kinds = [names.index(name) for name in names if name.startswith("kind_")]

    numbers = preprocessor.transform(TRAIN.assign(kind="never seen"))

    assert len(kinds) == 3
    assert not numbers[:, kinds].any()


def test_rare_categories_share_one_column():
    """A column with thousands of values must not become thousands of columns."""
    train = pd.DataFrame(
        {"a": 0.0, "b": 0.0, "kind": [f"k{i}" for i in range(50)], "day": pd.NaT}
    )
    preprocessor = build_preprocessor(COLUMNS, {}, Inputs(max_categories=5)).fit(train)

    names = preprocessor.get_feature_names_out()

    assert sum(name.startswith("kind_") for name in names) == 5


@pytest.mark.parametrize("blank", [None, np.nan, pd.NA], ids=repr)
def test_every_kind_of_blank_is_the_same_category(blank):
    """Tables hold NaN, requests None: both mean that nothing is known."""
    cells = pd.DataFrame({"kind": pd.Series(["x", blank], dtype=object)})

    assert NamedBlanks().fit_transform(cells).tolist() == [["x"], [BLANK]]


def test_steps_read_their_own_columns():
    """Derived columns come after the raw ones, under their own names."""
    preprocessor = fitted(Inputs(), {"ratios": Ratios({"a_per_b": ["a", "b"]})})

    numbers = preprocessor.transform(TRAIN)

    assert preprocessor.get_feature_names_out()[-1] == "a_per_b"
    np.testing.assert_array_equal(numbers[:, -1], [0.5, 1.0, np.nan, 2.0])


def test_a_step_without_its_columns_is_refused_by_name():
    """`features=geo` on a table without coordinates is the likely mistake."""
    with pytest.raises(DataError, match=r"steps\.ratios.*'rooms'.*features=none"):
        fitted(Inputs(), {"ratios": Ratios({"x": ["rooms", "b"]})})


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"missing": "mean"}, "inputs.missing"),
        ({"max_categories": 1}, "max_categories"),
    ],
    ids=["unknown way to fill", "one column for all categories"],
)
def test_impossible_inputs_are_refused(settings, key):
    """The message names the key, not a line inside scikit-learn."""
    with pytest.raises(ConfigError, match=key):
        Inputs(**settings)


def test_cloning_gives_an_unfitted_equal():
    """Every fold starts from a clone; state of one fold must not leak into another."""
    preprocessor = fitted(Inputs(missing="median"))

    fresh = clone(preprocessor).fit(TRAIN)

    np.testing.assert_array_equal(fresh.transform(TRAIN), preprocessor.transform(TRAIN))
