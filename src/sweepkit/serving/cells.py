"""Check and convert the cells of a column, all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite, isinf, nan
from typing import Any

from sweepkit.data.column_profile import ColumnProfile
from sweepkit.serving.dates import DATES, read_date
from sweepkit.serving.refusal import quote_all
from sweepkit.serving.setting_checks import Notice

Read = Callable[[Sequence[Any]], Sequence[Any]]

_NONE = type(None)
_FLOATS = {float}
_NUMBERS = {float, int}


class Misfit(Exception):
    """Some cell of a column is not what the model takes."""


class Missing:
    """Stands in a column where a record has no such key."""


MISSING = Missing()
_TRUTHS = {
    "true": True,
    "yes": True,
    "1": True,
    "false": False,
    "no": False,
    "0": False,
}
_TEXT_OF = {True: "true", False: "false"}
_TRUTH_TEXTS = frozenset(_TEXT_OF.values())


@dataclass(frozen=True, slots=True)
class ColumnReader:
    """One column of the model, ready to read cells.

    Attributes:
        name: Its name.
        kind: What it holds, as MLflow's schema calls it.
        required: Whether every row must have a value.
        read: Takes the raw cells of all rows, returns those for the model with None
            for blanks; raises `Misfit` if one does not fit.
        needed: What fits, in words.
        known: The texts training saw, if all of them are known.
    """

    name: str
    kind: str
    required: bool
    read: Read
    needed: str
    known: frozenset[str]


def compile_column(column: ColumnProfile, unknown: Notice) -> ColumnReader:
    """Return a column's reader; `unknown="refuse"` lets it refuse unseen texts."""
    known: frozenset[str] = frozenset()
    if column.kind == "string" and not column.more_categories:
        known = frozenset(column.categories)
    needed, read_cells = _KINDS[column.kind]
    if known and known <= _TRUTH_TEXTS:
        # Truth values with blanks, which MLflow's boolean does not have.
        needed, read_cells = _KINDS["boolean"][0], _read_truth_texts
    elif known and unknown == "refuse":
        needed = f"one of {quote_all(list(column.categories), most=8)}"
        read_cells = _only(known, read_cells)
    blank = "a value in every row" if column.required else "null for a blank"

    def read(values: Sequence[Any]) -> Sequence[Any]:
        return read_cells(values, column.required)

    return ColumnReader(
        name=column.name,
        kind=column.kind,
        required=column.required,
        read=read,
        needed=f"{needed}; {blank}",
        known=known,
    )


def _read_numbers(values: Sequence[Any], required: bool) -> Sequence[Any]:
    kinds = set(map(type, values))
    if kinds != _FLOATS:
        if _NONE in kinds and not required:
            values = [nan if value is None else value for value in values]
            kinds.discard(_NONE)
        if not kinds <= _NUMBERS:
            raise Misfit
        try:
            values = list(map(float, values))
        except OverflowError:
            raise Misfit from None
    # One NaN or infinity makes the sum one; too many large numbers do, too.
    if isfinite(sum(values)):
        return values
    if any(map(isinf, values)):
        raise Misfit
    blanked = [None if value != value else value for value in values]
    if required and None in blanked:
        raise Misfit
    return blanked


def _read_texts(values: Sequence[Any], required: bool) -> Sequence[Any]:
    return _read_plain(values, required, str)


def _read_truths(values: Sequence[Any], required: bool) -> Sequence[Any]:
    if set(map(type, values)) != {bool}:
        # As training reads them: a table with yes and no is one of truth values.
        values = [
            _TRUTHS.get(value.strip().casefold(), value)
            if type(value) is str
            else value
            for value in values
        ]
    return _read_plain(values, required, bool)


def _read_truth_texts(values: Sequence[Any], required: bool) -> Sequence[Any]:
    truths = _read_truths(values, required)
    return [None if value is None else _TEXT_OF[value] for value in truths]


def _read_plain(values: Sequence[Any], required: bool, kind: type) -> Sequence[Any]:
    if set(map(type, values)) == {kind}:
        return values
    if not required:
        values = [None if _is_blank(value) else value for value in values]
    if not set(map(type, values)) <= ({kind} if required else {kind, _NONE}):
        raise Misfit
    return values


def _read_dates(values: Sequence[Any], required: bool) -> Sequence[Any]:
    return [_read_one_date(value, required) for value in values]


def _read_one_date(value: Any, required: bool) -> Any:
    # pandas writes its blank date as the text NaT.
    if not required and (_is_blank(value) or value == "NaT"):
        return None
    date = read_date(value)
    if date is None:
        raise Misfit
    return date


def _only(known: frozenset[str], read: _ReadKind) -> _ReadKind:
    def read_known(values: Sequence[Any], required: bool) -> Sequence[Any]:
        texts = read(values, required)
        if set(texts) - known - {None}:
            raise Misfit
        return texts

    return read_known


def _is_blank(value: Any) -> bool:
    # MLflow's clients send NaN for every blank, in columns of text as well.
    return value is None or (isinstance(value, float) and value != value)


_ReadKind = Callable[[Sequence[Any], bool], Sequence[Any]]
_KINDS: dict[str, tuple[str, _ReadKind]] = {
    "double": ("a finite number", _read_numbers),
    "string": ("a text", _read_texts),
    "boolean": ("true or false, or yes or no", _read_truths),
    "datetime": (DATES, _read_dates),
}
