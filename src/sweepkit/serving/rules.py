"""How much a request may hold, and what becomes of what the model does not know."""

from __future__ import annotations

from dataclasses import dataclass

from sweepkit.serving.setting_checks import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The part of `ServerSettings` that is about the bodies of requests.

    Attributes:
        max_bytes: Largest body, also after unpacking.
        max_rows: Most rows of a body.
        unknown_category: What to do with a text that training did not see.
        extra_columns: What to do with a column the model does not take.
    """

    max_bytes: int = 1_048_576
    max_rows: int = 10_000
    unknown_category: Notice = "warn"
    extra_columns: Notice = "warn"
