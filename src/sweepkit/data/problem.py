"""What may be wrong with a table, and what a person can do about it."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import pandas as pd

from sweepkit.data.lookup import quote_setting

Severity = Literal["stop", "warn"]


class Kind(StrEnum):
    """What is wrong; the words of `data.accept`."""

    LEAKAGE = "leakage"
    DUPLICATES = "duplicates"
    IDENTIFIER = "identifier"
    CONSTANT_TARGET = "constant_target"
    SMALL_CLASS = "small_class"
    IMBALANCE = "imbalance"
    FEW_ROWS = "few_rows"
    GROUPS = "groups"
    TIME = "time"
    ROW_ORDER = "row_order"
    BLANKS = "blanks"
    NEAR_CONSTANT = "near_constant"
    CARDINALITY = "cardinality"
    PLACEHOLDER = "placeholder"
    RANGE = "range"
    TYPE = "type"
    SPELLING = "spelling"
    SAME_COLUMN = "same_column"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a table that spoils a model, or the judgement on it.

    Attributes:
        kind: What it is; `data.accept` takes this word.
        severity: `stop` if whatever is trained would be worth nothing, else `warn`.
        column: The column it is about; None if it is about rows or the whole table.
        found: What was found, with numbers, as a sentence.
        advice: What to do, with the exact words to type, as one or two sentences.
    """

    kind: Kind
    severity: Severity
    column: str | None
    found: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How rows are split for cross-validation, as far as problems hang on it.

    Attributes:
        n_folds: Parts of the training rows, each judged once; at least 1.
        group: Column whose equal values stay together, or None.
        time: Column that orders rows, or None.
    """

    n_folds: int = 5
    group: str | None = None
    time: str | None = None

    @property
    def is_random(self) -> bool:
        """Whether rows are drawn one by one, whatever they have in common."""
        return self.group is None and self.time is None


def set_key(key: str, value: str) -> str:
    """Return `key=value` to be typed as it is, quoted only if it must be."""
    plain = re.fullmatch(r"[A-Za-z_]\w*", value, re.ASCII)
    return f"{key}={value}" if plain else quote_setting(key, value)


def accept(kind: Kind) -> str:
    """Return the words that make a kind of problem no obstacle, to be typed."""
    return f"`'data.accept=[{kind}]'`"


def count(n: int, what: str) -> str:
    """Return `1 row`, `2,000 rows`, `3 classes`."""
    plural = f"{what}es" if what.endswith("s") else f"{what}s"
    return f"{n:,} {what if n == 1 else plural}"


def write_share(share: float) -> str:
    """Return a share as `12%`, with decimals near 0 and 1, where they matter."""
    if 0.1 <= share <= 0.9 or share in (0, 1):
        return f"{share:.0%}"
    if 0.001 <= share <= 0.999:
        return f"{share:.1%}"
    # 99.96% is not all of it, and 0.04% not nothing.
    return f"{100 * share:.1g}%" if share < 0.5 else "over 99.9%"


def write_value(value: object) -> str:
    """Return a cell as it is written in a sentence: texts quoted, dates by the day."""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.15g}"
    return repr(value) if isinstance(value, str) else str(value)
