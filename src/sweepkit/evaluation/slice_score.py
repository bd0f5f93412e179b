"""What a model scores on one part of the holdout."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceScore:
    """A model's score on the rows that share a category, or a range of numbers.

    Attributes:
        column: Column by which the rows were taken.
        value: Its category, or a range such as `<= 33`.
        n_rows: Rows in the slice.
        score: By the metric asked for, in its unit; never NaN.
        low: Lower end of the 95 % interval of `score`.
        high: Its upper end.
        is_range: Whether `value` is a range.
    """

    column: str
    value: str
    n_rows: int
    score: float
    low: float
    high: float
    is_range: bool = False

    @property
    def where(self) -> str:
        """The rows in words, such as `town is a` or `age <= 33`."""
        return write_where(self.column, self.value, is_range=self.is_range)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def write_where(column: str, value: str, *, is_range: bool) -> str:
    """Say which rows a slice holds."""
    return f"{column} {value}" if is_range else f"{column} is {value}"
