import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.compose import ColumnTransformer

from sweepkit.features.preprocess import InputColumns, Inputs, build_preprocessor
from sweepkit.models.feature_sets import (
    FeatureSets,
    build_feature_sets,
    find_slices,
    join_sets,
)

ROWS = pd.DataFrame(
    {
        "rooms": [1.0, 2.0, np.nan, 4.0, 5.0, 6.0],
        "age": [3.0, 1.0, 4.0, 1.0, 5.0, 9.0],
        "sea": ["near", "far", "near", None, "far", "island"],
    }
)
Y = np.arange(6.0)
COLUMNS = InputColumns(numeric=["rooms", "age"], categorical=["sea"], dates=[])
PLAIN, SCALED = Inputs(), Inputs(missing="median", scale=True)


class OthersMean(TransformerMixin, BaseEstimator):
    """The target's mean over the other rows: what only training rows get."""

    columns = ("age",)

    def fit(self, X, y=None):
        self.mean_ = float(np.mean(y))
        return self

    def fit_transform(self, X, y=None):
        self.fit(X, y)
        return ((np.sum(y) - y) / (len(y) - 1))[:, None]

    def transform(self, X):
        return np.full((len(X), 1), self.mean_)

    def get_feature_names_out(self, input_features=None):
        return np.array(["others"], dtype=object)


def build(*sets, steps=None):
    return build_feature_sets(COLUMNS, steps or {}, sets or (PLAIN, SCALED))


def test_each_set_is_what_it_would_be_alone():
    """A member must see the very numbers it saw as a model of its own."""
    steps = {"others": OthersMean()}
    features = build(steps=steps)
    trained, later = features.fit_transform(ROWS, Y), features.transform(ROWS[:2])

    for inputs, where in zip((PLAIN, SCALED), features.slices_, strict=True):
        alone = build_preprocessor(COLUMNS, steps, inputs)
        np.testing.assert_array_equal(trained[:, where], alone.fit_transform(ROWS, Y))
        np.testing.assert_array_equal(later[:, where], alone.transform(ROWS[:2]))
    assert not np.array_equal(trained[:2], later)  # neighbours leave the row out


def test_the_matrix_says_where_its_sets_end():
    """A pipeline hands on nothing else; a blend has to find its members' columns."""
    features = build()
    matrix = features.fit_transform(ROWS, Y)

    assert find_slices(matrix, 2) == features.slices_
    assert find_slices(matrix[3:4], 2) == features.slices_
    assert find_slices(matrix[:, :5], 1) == [slice(0, 5)]


@pytest.mark.parametrize(
    ("matrix", "n_sets"),
    [
        pytest.param(np.ones((3, 7)), 2, id="no widths"),
        pytest.param(join_sets([np.ones((2, 3)), np.ones((2, 1))]), 3, id="others"),
        pytest.param(np.full((3, 4), np.nan), 2, id="blanks"),
    ],
)
def test_a_matrix_of_other_sets_is_refused(matrix, n_sets):
    """Columns taken from the wrong place would be learned from without a word."""
    with pytest.raises(ValueError, match=f"which are not {n_sets} sets"):
        find_slices(matrix, n_sets)


def test_every_column_has_a_name_of_its_own():
    """Reports and explanations name columns; two of one name could not be told."""
    features = build().fit(ROWS, Y)

    names = features.get_feature_names_out().tolist()

    assert len(set(names)) == len(names) == features.transform(ROWS).shape[1]
    assert names[:2] == ["rooms", "age"]
    assert "rooms (missing=median, scale=True)" in names
    assert names[-2:] == ["columns of set 1", "columns of set 2"]


def test_one_set_is_a_column_transformer():
    """Nothing needs to be joined, so models of one kind stay what they were."""
    assert isinstance(build(PLAIN), ColumnTransformer)
    assert isinstance(build(), FeatureSets)


def test_a_copy_is_unfitted_and_fits_alike():
    """Each fold fits a copy; what one learned must not reach the next."""
    features = build().fit(ROWS, Y)

    copy = clone(features)

    assert not hasattr(copy, "sets_")
    np.testing.assert_array_equal(
        copy.fit_transform(ROWS, Y), build().fit_transform(ROWS, Y)
    )
