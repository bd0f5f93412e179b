"""What there is to encode, and what an estimator can digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sweepkit.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class InputColumns:
    """Names of the raw columns by what they hold.

    Attributes:
        numeric: float64 columns, blanks as NaN; booleans without blanks too.
        categorical: Text columns; booleans with blanks too.
        dates: datetime64 columns.
        texts: Columns of prose.
    """

    numeric: Sequence[str]
    categorical: Sequence[str]
    dates: Sequence[str]
    texts: Sequence[str] = ()

    @property
    def all(self) -> list[str]:
        """Every column, in the order above."""
        return [*self.numeric, *self.categorical, *self.dates, *self.texts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What an estimator can digest; the node `model.inputs`.

    Attributes:
        missing: `keep` hands NaN on; `median` fills it with the column's median.
        scale: Whether numbers are brought to mean 0 and variance 1.
        max_categories: One-hot columns per category column.
        high_cardinality: What becomes of a category column with more values than
            that: `target` makes it the mean of the target in rows of the same
            category, `onehot` lets the rarer ones share the last column.
        cyclic_dates: Whether dates also become points on the circles of day, week and
            year, which trees have no need of and sums of weighted columns do.
        text_components: Numbers that a column of prose becomes.
    """

    missing: Literal["keep", "median"] = "keep"
    scale: bool = False
    max_categories: int = 64
    high_cardinality: Literal["target", "onehot"] = "target"
    cyclic_dates: bool = False
    text_components: int = 30

    def __post_init__(self) -> None:
        _check_choice("missing", self.missing, ("keep", "median"))
        _check_choice("high_cardinality", self.high_cardinality, ("target", "onehot"))
        if self.max_categories < 2:
            raise ConfigError(
                f"model.inputs.max_categories is {self.max_categories}; "
                f"use 2 or more: one for the common and one for the rare."
            )
        if self.text_components < 1:
            raise ConfigError(
                f"model.inputs.text_components is {self.text_components}; use 1 or "
                f"more, or drop texts with `data.roles.<column>=ignored`."
            )


def _check_choice(key: str, found: str, choices: tuple[str, str]) -> None:
    if found not in choices:
        raise ConfigError(
            f"model.inputs.{key} is {found!r}; use `{choices[0]}` or `{choices[1]}`."
        )
