"""What a feature step must offer, this package's own and anybody's."""

from collections.abc import Mapping
from typing import Any, Protocol

from sweepkit.errors import ConfigError, DataError
from sweepkit.features.inputs import InputColumns

_NUMBERS = ("numeric",)


class FeatureStep(Protocol):
    """A transformer that derives columns from the raw ones it names.

    A class of one's own is added by its dotted path,
    `+features.steps.mine._target_=my_package.steps.MyStep`, if `TRUSTED` or `--trust`
    names its package. Beyond `columns` it offers what every scikit-learn transformer
    does (derive from `TransformerMixin` and `BaseEstimator`):

    * `__init__` stores its arguments under their names and does nothing else, so that
      a fold can fit a clone; arguments are plain numbers, texts, lists and dicts.
    * `fit(X, y=None)` learns from the training rows of one fold: a DataFrame of
      `columns`, and the target, which for classes is the code of the label. What it
      learns goes into attributes ending in `_`: numpy arrays and plain values, which
      skops can store. Whoever learns from `y` must encode training rows without the
      help of their own target, in a `fit_transform` of its own.
    * `transform(X)` returns float64 of shape (n_rows, n_features), the same for a row
      whatever rows go with it, NaN for what is blank, and refuses no value that may be
      new: blanks and strangers come.
    * `get_feature_names_out(input_features=None)` names those columns.

    A step that reads other than numbers says so: `kinds = ("numeric", "dates")`, out
    of the names of `InputColumns`. One whose columns depend on the table offers
    `for_columns(columns)`: from the table's `InputColumns` to an unfitted step that
    knows its own, itself if it does already. For the model to be saved and loaded,
    `model.trusted_types` lists `my_package.steps.MyStep`. A server computes it through
    scikit-learn, unless a plain form is registered in
    `sweepkit.models.predictor.steps.STEPS`.
    """

    @property
    def columns(self) -> list[str]:
        """Raw columns the step reads, in the order it expects them."""


def read_table_columns(
    steps: Mapping[str, FeatureStep], columns: InputColumns
) -> dict[str, FeatureStep]:
    """Tell those steps that ask for it which columns the table has.

    Args:
        steps: By their key in `features.steps`.
        columns: The table's raw columns.

    Returns:
        Steps that can say which columns they read, in the same order.
    """
    return {
        name: step.for_columns(columns) if hasattr(step, "for_columns") else step
        for name, step in steps.items()
    }


def check_step(name: str, step: Any, columns: InputColumns) -> None:
    """Check that a step is one and finds its columns.

    Args:
        name: Its key in `features.steps`.
        step: What the configuration built.
        columns: The table's raw columns.

    Raises:
        ConfigError: If it is no transformer that names its columns.
        DataError: If the table lacks a column, or holds it as something else.
    """
    lacking = [
        part for part in ("columns", "fit", "transform") if not hasattr(step, part)
    ]
    if lacking:
        raise ConfigError(
            f"features.steps.{name} is a {type(step).__name__} without "
            f"{' and '.join(f'`{part}`' for part in lacking)}. See what a step offers "
            f"in sweepkit.features.step.FeatureStep, or wrap a transformer of "
            f"scikit-learn in sweepkit.features.on_columns.OnColumns."
        )
    kinds = getattr(step, "kinds", _NUMBERS)
    known = _columns_by_kind(columns)
    readable = [column for kind in kinds for column in known[kind]]
    missing = [column for column in step.columns if column not in readable]
    if missing:
        described = " or ".join(kinds)
        raise DataError(
            f"features.steps.{name} needs the {described} columns "
            f"{list(step.columns)}; the table has no {described} {missing}. It has "
            f"{readable}. Set `features=none`, or name your own columns in "
            f"features.steps.{name}{_hint(step)}."
        )


def _columns_by_kind(columns: InputColumns) -> Mapping[str, list[str]]:
    kinds = ("numeric", "categorical", "dates", "texts")
    return {kind: list(getattr(columns, kind)) for kind in kinds}


def _hint(step: Any) -> str:
    if hasattr(step, "latitude") and hasattr(step, "longitude"):
        return ", or with `data.latitude=<column> data.longitude=<column>`"
    return ""
