"""Infer what a column is for from its values and its name."""

import re
from collections.abc import Mapping
from enum import StrEnum

import pandas as pd
from pandas.api import types

from sweepkit.data.checks import refuse_blank
from sweepkit.data.lookup import name_near, set_role
from sweepkit.errors import DataError


class Role(StrEnum):
    """What a column is for; the words of `data.roles.<column>`."""

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"
    BOOLEAN = "boolean"
    DATE = "date"
    TEXT = "text"
    IDENTIFIER = "identifier"
    CONSTANT = "constant"
    IGNORED = "ignored"
    TARGET = "target"


FEATURE_ROLES = (Role.NUMERIC, Role.CATEGORICAL, Role.BOOLEAN, Role.DATE, Role.TEXT)
_CHOOSABLE = (*FEATURE_ROLES, Role.IDENTIFIER, Role.IGNORED)

_IDENTIFIER_WORDS = {"id", "ids", "uuid", "guid", "key", "index", "idx", "pk"}
_TRUTHS = ({"yes", "no"}, {"true", "false"})
_ISO_DATE = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ]\d{1,2}:\d{2}\S*)?"
_OTHER_DATE = r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}( .*)?"
_CODE = r"(?=.*\d)\S{1,64}"
# Prose, not labels: from this many words or characters on average.
_PROSE_WORDS, _PROSE_LENGTH = 4, 30
_FEW_VALUES = 50


def parse_role(column: str, word: object) -> Role:
    """Look up the role a person chose for a column.

    Raises:
        DataError: If there is no such role, or none that may be chosen.
    """
    if word in _CHOOSABLE:
        return Role(str(word))
    advice = name_near(str(word), map(str, _CHOOSABLE))
    if word == Role.TARGET:
        advice = f"To predict {column!r}, set `data.target={column}`."
    raise DataError(
        f"data.roles.{column} is {word!r}, which is no role to choose. {advice}"
    )


def choose_role(column: pd.Series, chosen: Mapping[str, str]) -> Role:
    """Return the role a person chose for a feature column, else the inferred one.

    Raises:
        DataError: If the choice is no role, no role can be inferred, or a column to
            learn from is blank.
    """
    name = str(column.name)
    if name not in chosen:
        return infer_role(column)
    role = parse_role(name, chosen[name])
    if role in FEATURE_ROLES:
        refuse_blank(column)
    return role


def infer_role(column: pd.Series) -> Role:
    """Infer the role of a feature column.

    Args:
        column: All values under their name, shape (n_rows,).

    Raises:
        DataError: If no value is there, or no role fits without asking: free text,
            and dates in an order that cannot be told.
    """
    refuse_blank(column)
    name, filled = str(column.name), column.dropna()
    if len(filled) == len(column) and filled.nunique() == 1:
        return Role.CONSTANT
    if types.is_bool_dtype(filled.infer_objects()):
        return Role.BOOLEAN
    if types.is_datetime64_any_dtype(column):
        return Role.DATE
    if types.is_numeric_dtype(column):
        integers = types.is_integer_dtype(column)
        return Role.IDENTIFIER if integers and _is_key(column) else Role.NUMERIC
    return _infer_text_role(name, column, filled.astype("str"))


def _infer_text_role(name: str, column: pd.Series, texts: pd.Series) -> Role:
    values = pd.Series(texts.unique())
    if any(set(values.str.casefold()) <= truths for truths in _TRUTHS):
        return Role.BOOLEAN
    # One bad date makes the conversion fail by row, rather than hide in a category.
    if 2 * values.str.fullmatch(_ISO_DATE).sum() >= len(values):
        return Role.DATE
    if 2 * values.str.fullmatch(_OTHER_DATE).sum() >= len(values):
        raise _ask(name, f"has dates such as {values[0]!r} (write them as YYYY-MM-DD)")
    is_code = bool(values.str.fullmatch(_CODE).all())
    if column.is_unique and (is_code or _is_key(column)):
        return Role.IDENTIFIER
    many = len(values) > max(_FEW_VALUES, len(texts) // 2)
    if column.is_unique or (many and _is_prose(values)):
        found = f"{len(values)} different texts in {len(column)} rows"
        found = f"looks like free text: {found}, such as {values[0][:60]!r}"
        raise _ask(name, found, f"learn from its words with {set_role(name, 'text')}, ")
    return Role.CATEGORICAL


def _is_key(column: pd.Series) -> bool:
    """Tell whether values differ in every row under a name that says identifier."""
    name = str(column.name)
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name).casefold()
    # pandas calls a column without a name, mostly a stored index, "Unnamed: 0".
    last = re.split(r"[\W_]+", words.strip("_ "))[-1]
    says_key = last in _IDENTIFIER_WORDS or words.startswith("unnamed:")
    return says_key and column.is_unique and not column.hasnans


def _is_prose(values: pd.Series) -> bool:
    words = values.str.count(r"\S+").mean()
    return bool(words >= _PROSE_WORDS or values.str.len().mean() >= _PROSE_LENGTH)


def _ask(name: str, finding: str, other_way: str = "") -> DataError:
    return DataError(
        f"Column {name!r} {finding}. Drop it with {set_role(name, 'ignored')}, "
        f"{other_way}or use each value as a category with "
        f"{set_role(name, 'categorical')}."
    )
