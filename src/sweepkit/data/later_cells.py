"""Read typed columns of later tables as the schema of training says they are.

A code column of integers is text to a model that learned it as categories, 1 and 0 are
truth values to one that learned yes and no. `conform` settles this for whole tables;
here it is settled for parts of files, and nothing is guessed: what has no such reading
stays as it is, for whoever checks it to refuse.
"""

import re
from collections.abc import Callable, Collection
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sweepkit.data.conform import write_number

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_TRUTHS = {0: False, 1: True}


def settle(column: pa.Array, kind: str, known: Collection[str] = ()) -> pa.Array:
    """Return a column as a model takes it, where that is only a matter of spelling.

    Args:
        column: Typed values of some rows.
        kind: What the model's column holds, as MLflow's schema calls it.
        known: The texts that training saw, if they are all known.
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_decimal(column.type):
        column = pc.cast(column, pa.float64())
    is_number = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
    if kind == "string" and is_number and _are_plain(known):
        return _convert_distinct(column, write_number, pa.string())
    if kind == "string" and pa.types.is_boolean(column.type):
        # A column of truth values with blanks is one of the texts true and false.
        spell = str.lower if "true" in known or "false" in known else str
        return _convert_distinct(column, lambda value: spell(str(value)), pa.string())
    if kind == "boolean" and is_number and _are_truths(column):
        return _convert_distinct(column, lambda value: _TRUTHS[int(value)], pa.bool_())
    return column


def _are_plain(known: Collection[str]) -> bool:
    """Tell whether numbers can be told from what training saw: 7 may have been 007."""
    return all(write_number(float(t)) == t for t in known if _NUMBER.fullmatch(t))


def _are_truths(column: pa.Array) -> bool:
    values = pc.unique(column.drop_null()).to_pylist()
    return all(value in _TRUTHS for value in values)


def _convert_distinct(
    column: pa.Array, convert: Callable[[Any], Any], kind: pa.DataType
) -> pa.Array:
    if pa.types.is_floating(column.type):
        # pandas writes its blanks as NaN.
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    encoded = column.dictionary_encode()
    values = [convert(value) for value in encoded.dictionary.to_pylist()]
    return pa.array(values, kind).take(encoded.indices)
