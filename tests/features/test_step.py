import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import PolynomialFeatures

from sweepkit.errors import ConfigError, DataError
from sweepkit.features.geo import GeoFeatures
from sweepkit.features.on_columns import OnColumns
from sweepkit.features.preprocess import InputColumns, Inputs, build_preprocessor

COLUMNS = InputColumns(numeric=["a", "b"], categorical=["kind"], dates=["day"])
TABLE = pd.DataFrame(
    {
        "a": [1.0, 2.0, np.nan],
        "b": [3.0, 5.0, 7.0],
        "kind": ["x", "y", "x"],
        "day": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01"]),
    }
)


class Lengths(TransformerMixin, BaseEstimator):
    """A step as somebody else writes one, on texts."""

    kinds = ("categorical",)

    def __init__(self, column):
        self.column = column

    @property
    def columns(self):
        return [self.column]

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return X[self.columns].map(len).to_numpy(dtype=np.float64)

    def get_feature_names_out(self, input_features=None):
        return np.array([f"{self.column}_length"], dtype=object)


def fitted(**steps):
    return build_preprocessor(COLUMNS, steps, Inputs()).fit(TABLE, [1.0, 2.0, 3.0])


def test_a_step_of_ones_own_may_read_other_than_numbers():
    """It says so; what it reads is encoded as usual beside it."""
    features = fitted(length=Lengths("kind"))

    assert features.get_feature_names_out()[-1] == "kind_length"
    assert features.transform(TABLE)[:, -1].tolist() == [1, 1, 1]


def test_a_step_on_columns_of_another_kind_is_refused_by_name():
    """A number where a text is needed would fail inside a fold, in strange words."""
    with pytest.raises(DataError, match=r"steps\.length needs the categorical .*'a'"):
        fitted(length=Lengths("a"))


def test_what_is_no_step_is_told_what_one_offers():
    """Any class can be named in a YAML file; scikit-learn's name no columns."""
    with pytest.raises(ConfigError) as refusal:
        fitted(squares=PolynomialFeatures())

    assert "features.steps.squares is a PolynomialFeatures" in str(refusal.value)
    assert "without `columns`" in str(refusal.value)
    assert "sweepkit.features.on_columns.OnColumns" in str(refusal.value)


def test_coordinates_that_are_missing_can_be_named():
    """`features=geo` is chosen before anybody has said where the coordinates are."""
    step = GeoFeatures(None, None, [], {})

    with pytest.raises(DataError, match=r"data\.latitude=<column>"):
        fitted(geo=step)


def test_any_transformer_can_be_a_step():
    """scikit-learn has many, and none of them knows which columns are meant."""
    squares = PolynomialFeatures(include_bias=False, interaction_only=True)
    step = OnColumns(["b", "c"], squares)
    table = pd.DataFrame({"c": [2.0, 3.0], "b": [5.0, 7.0], "other": ["x", "y"]})

    values = step.fit_transform(table)

    assert list(step.get_feature_names_out()) == ["b", "c", "b c"]
    np.testing.assert_array_equal(values, [[5, 2, 10], [7, 3, 21]])
    np.testing.assert_array_equal(step.transform(table), values)


def test_a_wrapped_transformer_is_left_unfitted():
    """Every fold fits a copy of what the configuration built."""
    squares = PolynomialFeatures()

    OnColumns(["a"], squares).fit(TABLE.fillna(0))

    assert not hasattr(squares, "n_features_in_")
