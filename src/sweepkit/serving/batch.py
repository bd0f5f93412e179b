"""The rows of one request, fit for the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sweepkit.serving.champion import Rows


@dataclass(slots=True, kw_only=True)
class Batch:
    """The rows of one request, fit for the model.

    Attributes:
        rows: One sequence a row, cells in the order of the profile's columns: float,
            str, bool or datetime without zone; None for blanks.
        params: What was asked for beside predictions; see `params.KNOWN`.
        warnings: What was let pass and should be said, in ASCII without line ends.
        unknown_categories: Cells whose text training did not see; 0 under `ignore`.
        extra_columns: Columns the model does not take; none under `ignore`.
    """

    rows: Rows
    params: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    unknown_categories: int = 0
    extra_columns: tuple[str, ...] = ()
