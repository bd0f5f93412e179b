"""Read a block of one column's CSV cells: blanks become missing, numbers numbers."""

import re
from collections.abc import Sequence
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

BLANK_WORDS = ("", "na", "n/a", "#n/a", "nan", "null", "none", "?")
"""Cells that hold nothing, whatever their case and the blanks around them."""

OTHER_MARK = {".": ",", ",": "."}
_NUMBER = r"^[+-]?((\d+{mark}?\d*|{mark}\d+)([eE][+-]?\d+)?|(?i:inf|infinity))$"
_INTEGER = r"^[+-]?\d+$"
# 02139 and 4000123412341234 are codes: as numbers they would lose digits.
_CODE_DIGITS = 16


Cells: TypeAlias = Sequence[str] | pa.Array


def trim(cells: Cells) -> pa.Array:
    """Return the cells as text without blanks around it."""
    return pc.utf8_trim_whitespace(pa.array(cells, pa.string()))


def blank_out(texts: pa.Array) -> pa.Array:
    """Return trimmed texts with null for those that are blank words."""
    # Most texts are longer than any of the words, and lower() is not free.
    short = pc.less_equal(pc.binary_length(texts), max(map(len, BLANK_WORDS)))
    if not pc.any(short).as_py():
        return texts
    blank = pc.is_in(pc.utf8_lower(texts), pa.array(BLANK_WORDS, texts.type))
    return pc.if_else(blank, pa.scalar(None, texts.type), texts)


def to_numbers(texts: pa.Array, decimal: str) -> pa.Array | None:
    """Return float64 if every text is a number, else None; nulls stay.

    Arrow rounds a decimal to the nearest float; pandas may be one bit off.
    """
    if decimal != ".":
        if pc.any(pc.match_substring(texts, ".")).as_py():
            return None
        texts = pc.replace_substring(texts, decimal, ".")
    try:
        numbers = pc.cast(texts, pa.float64())
    except pa.ArrowInvalid:
        return None
    # Arrow takes -nan for a number.
    return None if pc.any(pc.is_nan(numbers)).as_py() else numbers


def find_numbers(texts: pa.Array, decimal: str) -> pa.Array:
    """Tell of each text whether it is a number; null where there is none."""
    return pc.match_substring_regex(texts, _NUMBER.format(mark=re.escape(decimal)))


def has_codes(texts: pa.Array) -> bool:
    """Tell whether digits would be lost if these numbers were read as numbers."""
    digits, length = pc.utf8_is_decimal(texts), pc.binary_length(texts)
    zero = pc.and_(pc.starts_with(texts, "0"), pc.greater(length, 1))
    long = pc.greater_equal(length, _CODE_DIGITS)
    return bool(pc.any(pc.and_(digits, pc.or_(zero, long))).as_py())


def are_whole(texts: pa.Array) -> bool:
    """Tell whether every text is an integer, and none is missing."""
    return not texts.null_count and bool(
        pc.all(pc.match_substring_regex(texts, _INTEGER)).as_py()
    )


def count_true(truths: pa.Array) -> int:
    """Return how many are true; nulls are not."""
    return int(pc.sum(truths).as_py() or 0)
