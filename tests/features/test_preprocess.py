import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from sweepkit.errors import ConfigError, DataError
from sweepkit.features.categories import BLANK, NamedBlanks
from sweepkit.features.geo_lag import GeoLag
from sweepkit.features.preprocess import InputColumns, Inputs, build_preprocessor
from sweepkit.features.ratios import Ratios
from sweepkit.models.pipeline import fit_transformer
from sweepkit.tasks import Task

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
    assert numbers.shape == (4, 2 + 3 + 5)


def test_filling_leaves_no_blank_even_in_a_row_of_nothing_else():
    """A request may leave every optional column out; a forest cannot take NaN."""
    numbers = fitted(Inputs(missing="median")).transform(ROW_OF_BLANKS)

    assert np.isfinite(numbers).all()


def test_a_column_blank_throughout_a_fold_keeps_its_place():
    """Otherwise the fold's model would have fewer features than the final one."""
    train = TRAIN.assign(a=np.nan)
    preprocessor = build_preprocessor(COLUMNS, {}, Inputs(missing="median")).fit(train)

    assert preprocessor.transform(TRAIN).shape[1] == 10


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
    inputs = Inputs(max_categories=5, high_cardinality="onehot")
    preprocessor = build_preprocessor(COLUMNS, {}, inputs).fit(train)

    names = preprocessor.get_feature_names_out()

    assert sum(name.startswith("kind_") for name in names) == 5


def many_valued(n_values, n_rows=300):
    """Return a table whose `kind` has so many values, one of them blank."""
    kinds = [f"k{i % (n_values - 1)}" for i in range(n_rows - 1)]
    return pd.DataFrame(
        {"a": 0.0, "b": 0.0, "kind": pd.Series([*kinds, None]), "day": pd.NaT}
    ).astype({"kind": "str", "day": "datetime64[ns]"})


def names_of_kind(train, inputs, task=Task.REGRESSION):
    """Return the features made of `kind`, fitted as pipelines do."""
    preprocessor = build_preprocessor(COLUMNS, {}, inputs, task)
    preprocessor.fit_transform(train, np.arange(len(train)) % 3.0)
    names = preprocessor.get_feature_names_out()
    return [name for name in names if name.startswith("kind")]


def test_a_category_of_many_values_becomes_its_mean_target():
    """Two thousand one-hot columns say less than one number does."""
    inputs = Inputs(max_categories=20)

    assert names_of_kind(many_valued(21), inputs) == ["kind_target"]
    assert len(names_of_kind(many_valued(20), inputs)) == 20


def test_of_many_classes_each_has_its_share():
    """Codes of classes have no mean."""
    names = names_of_kind(many_valued(21), Inputs(max_categories=20), Task.MULTICLASS)

    assert names == ["kind_0.0_target", "kind_1.0_target", "kind_2.0_target"]


def test_mean_targets_are_scaled_like_other_numbers():
    """A linear model would otherwise weigh dollars against standard deviations."""
    train = many_valued(40)
    inputs = Inputs(max_categories=20, scale=True, missing="median")
    preprocessor = build_preprocessor(COLUMNS, {}, inputs)

    numbers = preprocessor.fit_transform(train, np.arange(300) % 40 * 1e6)

    where = list(preprocessor.get_feature_names_out()).index("kind_target")
    assert numbers[:, where].std() == pytest.approx(1)


def test_training_rows_are_encoded_without_their_own_target():
    """The pipeline's way to features, `fit_transform`, must reach the encoder."""
    train = many_valued(200)
    target = np.random.default_rng(0).normal(size=300)
    features = make_pipeline(build_preprocessor(COLUMNS, {}, Inputs()))

    training = fit_transformer(features, train, target)

    ahead = features.transform(train)
    (where,) = np.flatnonzero((training != ahead).any(axis=0) & ~np.isnan(ahead[0]))
    assert features.get_feature_names_out()[where] == "kind_target"
    assert np.corrcoef(ahead[:, where], target)[0, 1] > 0.5
    assert abs(np.corrcoef(training[:, where], target)[0, 1]) < 0.2


def test_which_columns_have_many_values_is_decided_by_the_training_rows():
    """A fold must not learn from the rows it is judged on, not even how many differ."""
    inputs = Inputs(max_categories=20)
    features = build_preprocessor(COLUMNS, {}, inputs)
    features.fit_transform(many_valued(20), np.zeros(300))
    before = features.transform(many_valued(20))

    features.transform(many_valued(300))

    np.testing.assert_array_equal(features.transform(many_valued(20)), before)
    assert "kind_target" not in features.get_feature_names_out()


def test_prose_becomes_a_few_numbers():
    """The role `text`, for what would be a category of its own in every row."""
    columns = InputColumns(numeric=["a"], categorical=[], dates=[], texts=["note"])
    train = pd.DataFrame({"a": 1.0, "note": [f"flat number {i}" for i in range(40)]})
    inputs = Inputs(text_components=3, missing="median", scale=True)

    numbers = build_preprocessor(columns, {}, inputs).fit_transform(train)

    assert numbers.shape == (40, 1 + 1 + 3)


def test_tables_without_texts_do_not_load_what_reads_them():
    """Every start would pay for it."""
    code = (
        "import sys, sweepkit.features.preprocess, sweepkit.models.predictor; "
        "sys.exit('sweepkit.features.text' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


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
        ({"high_cardinality": "hash"}, "high_cardinality is 'hash'; use `target`"),
        ({"text_components": 0}, "text_components"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
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


def test_a_step_may_read_whatever_columns_a_table_has():
    """A file of conf/features cannot name the columns of every table."""
    step = GeoLag(latitude="a", longitude="b", sizes=[1])
    columns = InputColumns(numeric=["a", "b", "rooms"], categorical=[], dates=[])
    table = TRAIN.assign(rooms=[1.0, 2.0, 3.0, 4.0])

    joined = build_preprocessor(columns, {"lag": step}, Inputs())
    numbers = joined.fit_transform(table)

    names = list(joined.get_feature_names_out())
    assert names[-2:] == ["rooms_of_1_nearest", "km_to_nearest_1"]
    assert numbers[0, -2] == 2.0
