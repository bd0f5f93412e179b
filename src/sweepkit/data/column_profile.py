"""What the training table's columns looked like, in the plain form a model carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from sweepkit.tasks import Label

Kind = Literal["double", "string", "boolean", "datetime"]
Cell = float | str | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """One input column as it was in training.

    Attributes:
        name: Its name.
        kind: What it holds, as MLflow's schema calls it.
        required: Whether every row must have a value.
        blank_share: Share of training rows without a value, 0 to 1.
        whole: Whether all its numbers were whole ones.
        quantiles: For numbers the 0, 10, ... 100 % quantiles, 11 values; for dates the
            same in seconds since 1970; empty for other kinds.
        categories: For texts and booleans (`true`, `false`) the share of each value,
            commonest first; empty for other kinds.
        more_categories: Whether there were more values than `categories` holds.
    """

    name: str
    kind: Kind
    required: bool
    blank_share: float = 0.0
    whole: bool = False
    quantiles: tuple[float, ...] = ()
    categories: Mapping[str, float] = field(default_factory=dict)
    more_categories: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableProfile:
    """A training table without its rows, except for a few examples.

    Attributes:
        target: Name of the target column.
        target_unit: Its unit, such as `US dollars`; empty if unknown.
        n_rows: Rows the model was fitted on.
        columns: Input columns in the order the model takes them.
        examples: A few of its rows, cells in the order of `columns`, blanks as None,
            dates in ISO 8601.
        task: What is predicted: `regression`, `binary` or `multiclass`.
        classes: Labels in the order of a model's probabilities; of two, the second is
            the positive one. Empty in a regression.
        class_shares: Share of each class in the rows the model was fitted on.
        threshold: Of two classes, the probability of the second that decides for it.
    """

    target: str
    target_unit: str = ""
    n_rows: int = 0
    columns: tuple[ColumnProfile, ...] = ()
    examples: tuple[tuple[Cell, ...], ...] = ()
    task: str = "regression"
    classes: tuple[Label, ...] = ()
    class_shares: tuple[float, ...] = ()
    threshold: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON; `from_dict` reads them back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TableProfile:
        """Read what `to_dict` returned, also after a walk through JSON."""
        columns = tuple(
            ColumnProfile(**{**column, "quantiles": tuple(column["quantiles"])})
            for column in values["columns"]
        )
        # Those of models saved before there were classes lack the last ones.
        lists = {
            "examples": tuple(tuple(row) for row in values["examples"]),
            "classes": tuple(values.get("classes", ())),
            "class_shares": tuple(values.get("class_shares", ())),
        }
        return cls(**{**values, "columns": columns, **lists})
