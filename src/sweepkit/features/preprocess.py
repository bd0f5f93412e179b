"""From typed columns to the plain numbers that estimators take."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from sweepkit.features.categories import ByCardinality, NamedBlanks
from sweepkit.features.dates import DateParts
from sweepkit.features.inputs import InputColumns as InputColumns
from sweepkit.features.inputs import Inputs as Inputs
from sweepkit.features.step import FeatureStep as FeatureStep
from sweepkit.features.step import check_step, read_table_columns
from sweepkit.features.target_means import TargetMeans
from sweepkit.tasks import Task

Selection = list[str] | Callable[[pd.DataFrame], list[str]]
Part = tuple[str, Any, Selection]


def build_preprocessor(
    columns: InputColumns,
    steps: Mapping[str, FeatureStep],
    inputs: Inputs,
    task: Task = Task.REGRESSION,
) -> ColumnTransformer:
    """Join raw columns and derived ones into one table of float64.

    Args:
        columns: The table's raw columns.
        steps: Derived columns by name, as in `features.steps`.
        inputs: What the estimator takes.
        task: What the target is, for encodings that learn from it.

    Returns:
        An unfitted transformer from a DataFrame to an array (n_rows, n_features). It
        must be fitted by `fit_transform`, as pipelines do, and with the target.

    Raises:
        ConfigError: If a step is no transformer that names its columns.
        DataError: If a step needs a column that the table lacks or holds as text.
    """
    parts: list[Part] = [("numeric", _numbers(inputs), list(columns.numeric))]
    parts += _categories(inputs, list(columns.categorical), task)
    dates = DateParts(cyclic=inputs.cyclic_dates)
    parts.append(("dates", _numbers(inputs, dates), list(columns.dates)))
    parts += _texts(inputs, list(columns.texts))
    for name, step in read_table_columns(steps, columns).items():
        check_step(name, step, columns)
        parts.append((name, _numbers(inputs, step), list(step.columns)))
    return ColumnTransformer(
        [part for part in parts if part[2]],
        remainder="drop",
        sparse_threshold=0,
        verbose_feature_names_out=False,
    )


def _numbers(inputs: Inputs, *first: Any) -> Any:
    chain = list(first)
    if inputs.missing == "median":
        # Without keep_empty_features a column that is blank in one fold vanishes.
        chain.append(SimpleImputer(strategy="median", keep_empty_features=True))
    if inputs.scale:
        chain.append(StandardScaler())
    if not chain:
        chain.append(FunctionTransformer(feature_names_out="one-to-one"))
    return make_pipeline(*chain) if len(chain) > 1 else chain[0]


def _categories(inputs: Inputs, columns: list[str], task: Task) -> list[Part]:
    encoder = OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        max_categories=inputs.max_categories,
        sparse_output=False,
    )
    one_hot = make_pipeline(NamedBlanks(), encoder)
    if inputs.high_cardinality == "onehot" or not columns:
        return [("categorical", one_hot, columns)]
    means = [NamedBlanks(), TargetMeans(str(task))]
    if inputs.scale:
        means.append(StandardScaler())
    limit = inputs.max_categories
    return [
        ("categorical", one_hot, ByCardinality(columns, limit=limit, many=False)),
        (
            "many_valued",
            make_pipeline(*means),
            ByCardinality(columns, limit=limit, many=True),
        ),
    ]


def _texts(inputs: Inputs, columns: list[str]) -> list[Part]:
    if not columns:
        return []
    # Loads scikit-learn's text tools, which most tables have no use for.
    from sweepkit.features.text import TextParts

    return [("texts", _numbers(inputs, TextParts(inputs.text_components)), columns)]
