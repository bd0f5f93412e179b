import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    OneHotEncoder,
    PolynomialFeatures,
    StandardScaler,
)

from sweepkit.data.column_profile import ColumnProfile
from sweepkit.errors import DataError
from sweepkit.features.categories import NamedBlanks
from sweepkit.features.on_columns import OnColumns
from sweepkit.features.target_means import TargetMeans
from sweepkit.features.text import TextParts
from sweepkit.models.predictor.build import build_predictor as _registers  # noqa: F401
from sweepkit.models.predictor.encoder import build_encoder
from sweepkit.models.predictor.pipeline_rows import frame_rows
from sweepkit.models.predictor.plugs import NotPlain

COLUMNS = [
    ColumnProfile(name="a", kind="double", required=True),
    ColumnProfile(name="town", kind="string", required=False),
    ColumnProfile(name="b", kind="double", required=False),
    ColumnProfile(name="flag", kind="boolean", required=True),
]
ROWS = [
    [1.5, "x", None, True],
    [-0.0, "y", 4.0, False],
    [3.25, None, 1e-3, True],
    [1e9, "x", 7.0, True],
    [2.0, "z", 5.5, False],
]
UNSEEN = [[0.1, "nowhere", None, False], [7.0, "(blank)", 2.0, True]]
FRAME = frame_rows(ROWS, COLUMNS)


def encode_both(parts, rows=(*ROWS, *UNSEEN), **settings):
    """Return the encoder's features and the ColumnTransformer's."""
    fitted = ColumnTransformer(parts, sparse_threshold=0, **settings)
    fitted.fit_transform(FRAME, TARGET)
    expected = fitted.transform(frame_rows(rows, COLUMNS))
    return build_encoder(fitted, COLUMNS).encode(rows), expected.astype(np.float64)


TARGET = np.array([3.0, 1.0, 4.0, 1.0, 5.0])


def town_means(task, columns=("town",)):
    return ("means", make_pipeline(NamedBlanks(), TargetMeans(task)), list(columns))


def towns(**settings):
    encoder = OneHotEncoder(sparse_output=False, **settings)
    return ("towns", make_pipeline(NamedBlanks(), encoder), ["town"])


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(("n", "passthrough", ["b", "a"]), id="passed through"),
        pytest.param(("n", FunctionTransformer(), ["flag", "b"]), id="identity"),
        pytest.param(("n", SimpleImputer(strategy="median"), ["a", "b"]), id="median"),
        pytest.param(("n", SimpleImputer(strategy="mean"), ["b"]), id="mean"),
        pytest.param(("n", StandardScaler(), ["a", "b"]), id="scaled"),
        pytest.param(("n", StandardScaler(with_mean=False), ["a"]), id="scale only"),
        pytest.param(("n", StandardScaler(with_std=False), ["a"]), id="centre only"),
        pytest.param(
            ("n", make_pipeline(StandardScaler(), SimpleImputer()), ["b", "a"]),
            id="scaled, then filled",
        ),
        pytest.param(("n", "passthrough", [2, 0]), id="columns by position"),
        pytest.param(
            towns(handle_unknown="infrequent_if_exist", max_categories=2), id="rare"
        ),
        pytest.param(towns(handle_unknown="infrequent_if_exist"), id="none rare"),
        pytest.param(towns(handle_unknown="ignore", min_frequency=2), id="ignored"),
        pytest.param(town_means("regression"), id="means"),
        pytest.param(town_means("multiclass"), id="shares of classes"),
        pytest.param(town_means("multiclass", ["flag", "town"]), id="of two columns"),
        pytest.param(("t", TextParts(components=2), ["town"]), id="texts"),
        pytest.param(
            ("n", OnColumns(["b", "a"], StandardScaler()), ["b", "a"]), id="wrapped"
        ),
    ],
)
def test_a_plain_form_gives_the_transformers_numbers(part):
    """Each form stands for one type; the same dtype, the same order of operations."""
    got, expected = encode_both([part])

    np.testing.assert_array_equal(got, expected)


def test_parts_keep_their_places():
    """Dropped columns and empty selections must not shift what follows."""
    got, expected = encode_both(
        [
            ("one", "passthrough", ["a"]),
            ("gone", "drop", ["b"]),
            ("empty", StandardScaler(), []),
            towns(handle_unknown="ignore"),
            ("two", StandardScaler(), ["a", "b"]),
        ],
        remainder="drop",
    )

    np.testing.assert_array_equal(got, expected)


def test_columns_left_over_may_pass():
    """`remainder="passthrough"` appends what no part names."""
    got, expected = encode_both(
        [towns(handle_unknown="ignore"), ("b", "drop", ["b"])], remainder="passthrough"
    )

    np.testing.assert_array_equal(got, expected)


def test_rows_of_text_alone_are_encoded():
    """A table without a number is a table."""
    got, expected = encode_both([towns(handle_unknown="ignore")])

    assert got.shape == expected.shape == (7, 4)


def test_an_unknown_category_is_refused_where_the_encoder_refuses_it():
    """All zeros would be an answer the pipeline does not give."""
    fitted = ColumnTransformer([towns(handle_unknown="error")], sparse_threshold=0)
    encoder = build_encoder(fitted.fit(FRAME), COLUMNS)

    with pytest.raises(DataError, match="never saw"):
        encoder.encode(UNSEEN)


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        pytest.param(("n", MinMaxScaler(), ["a"]), "MinMaxScaler", id="unknown type"),
        pytest.param(
            ("n", FunctionTransformer(np.log1p), ["a"]), "calls", id="a function"
        ),
        pytest.param(
            ("n", SimpleImputer(add_indicator=True), ["b"]), "marks", id="indicator"
        ),
        pytest.param(
            ("n", SimpleImputer(strategy="most_frequent"), ["town"]),
            "texts",
            id="texts filled",
        ),
        pytest.param(("n", "passthrough", ["town"]), "town is a string", id="text"),
        pytest.param(towns(drop="first"), "drops a category", id="dropped category"),
        pytest.param(
            ("n", OnColumns(["a"], PolynomialFeatures()), ["a"]),
            "PolynomialFeatures has no form",
            id="wrapped unknown type",
        ),
        pytest.param(("n", StandardScaler(), slice(0, 1)), "selects", id="a slice"),
        pytest.param(
            ("n", OneHotEncoder(sparse_output=False), ["a"]), "no texts", id="numbers"
        ),
    ],
)
def test_what_has_no_plain_form_says_why(part, reason):
    """The reason tells an operator what keeps a model slow."""
    fitted = ColumnTransformer([part], sparse_threshold=0).fit(FRAME)

    with pytest.raises(NotPlain, match=reason):
        build_encoder(fitted, COLUMNS)


def test_a_column_the_profile_lacks_has_no_plain_form():
    """Rows could not hold it."""
    fitted = ColumnTransformer([("n", "passthrough", ["a", "b"])]).fit(FRAME)

    with pytest.raises(NotPlain, match=r"lack \['b'\]"):
        build_encoder(fitted, COLUMNS[:2])


def test_encoding_leaves_the_rows_as_they_are():
    """A batch is compared, logged and watched for drift after it was scored."""
    fitted = ColumnTransformer([("n", SimpleImputer(), ["a", "b"])]).fit(FRAME)
    rows = [list(row) for row in ROWS]

    build_encoder(fitted, COLUMNS).encode(rows)

    assert rows == ROWS
    assert isinstance(FRAME, pd.DataFrame)
