"""From typed columns to the plain numbers that estimators take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from sweepkit.errors import ConfigError, DataError
from sweepkit.features.categories import NamedBlanks
from sweepkit.features.dates import DateParts


class FeatureStep(Protocol):
    """A transformer that derives columns from the raw ones it names."""

    @property
    def columns(self) -> list[str]:
        """Raw columns the step reads, in the order it expects them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputColumns:
    """Names of the raw columns by what they hold.

    Attributes:
        numeric: float64 columns, blanks as NaN; booleans without blanks too.
        categorical: Text columns; booleans with blanks too.
        dates: datetime64 columns.
    """

    numeric: Sequence[str]
    categorical: Sequence[str]
    dates: Sequence[str]

    @property
    def all(self) -> list[str]:
        """Every column, in the order above."""
        return [*self.numeric, *self.categorical, *self.dates]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What an estimator can digest; the node `model.inputs`.

    Attributes:
        missing: `keep` hands NaN on; `median` fills it with the column's median.
        scale: Whether numbers are brought to mean 0 and variance 1.
        max_categories: One-hot columns per category column; rarer ones share the last.
    """

    missing: Literal["keep", "median"] = "keep"
    scale: bool = False
    max_categories: int = 64

    def __post_init__(self) -> None:
        if self.missing not in ("keep", "median"):
            raise ConfigError(
                f"model.inputs.missing is {self.missing!r}; use `keep` or `median`."
            )
        if self.max_categories < 2:
            raise ConfigError(
                f"model.inputs.max_categories is {self.max_categories}; "
                f"use 2 or more: one for the common and one for the rare."
            )


def build_preprocessor(
    columns: InputColumns, steps: Mapping[str, FeatureStep], inputs: Inputs
) -> ColumnTransformer:
    """Join raw columns and derived ones into one table of float64.

    Args:
        columns: The table's raw columns.
        steps: Derived columns by name, as in `features.steps`.
        inputs: What the estimator takes.

    Returns:
        An unfitted transformer from a DataFrame to an array (n_rows, n_features).

    Raises:
        DataError: If a step needs a column that the table lacks or holds as text.
    """
    parts: list[tuple[str, Any, list[str]]] = [
        ("numeric", _numbers(inputs), list(columns.numeric)),
        ("categorical", _categories(inputs), list(columns.categorical)),
        ("dates", _numbers(inputs, DateParts()), list(columns.dates)),
    ]
    for name, step in steps.items():
        _check_columns(name, step, columns)
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


def _categories(inputs: Inputs) -> Any:
    encoder = OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        max_categories=inputs.max_categories,
        sparse_output=False,
    )
    return make_pipeline(NamedBlanks(), encoder)


def _check_columns(name: str, step: FeatureStep, columns: InputColumns) -> None:
    missing = [column for column in step.columns if column not in columns.numeric]
    if missing:
        raise DataError(
            f"features.steps.{name} needs the numeric columns {list(step.columns)}; "
            f"the table has no numeric {missing}. It has {list(columns.numeric)}. "
            f"Set `features=none`, or name your own columns in features.steps.{name}."
        )
