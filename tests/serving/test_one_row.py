"""The short way of a single row gives what the long way gives."""

import json
from dataclasses import replace

import pytest

from sweepkit.serving.refusal import RequestRefused
from sweepkit.serving.request import compile_reader
from sweepkit.serving.rules import Rules

GOOD = ["1.5", "2", '"a"', '"x"', "true"]
NAMES = ["size", "age", "town", "street", "new"]
CELLS = {
    "good": GOOD,
    "integers": ["3", "-2", '"b"', '""', "false"],
    "a blank": ["1.5", "null", '"a"', "null", "true"],
    "NaN": ["1.5", "NaN", '"a"', '"x"', "true"],
    "NaN where required": ["NaN", "2", '"a"', '"x"', "true"],
    "infinity": ["1e999", "2", '"a"', '"x"', "true"],
    "two infinities": ["1e999", "-1e999", '"a"', '"x"', "true"],
    "more than a double holds": ["1" * 350, "2", '"a"', '"x"', "true"],
    "a sum beyond all doubles": ["1.7e308", "1.7e308", '"a"', '"x"', "true"],
    "an unknown category": ["1.5", "2", '"c"', '"x"', "true"],
    "a truth in a number": ["true", "2", '"a"', '"x"', "true"],
    "a number in a truth": ["1.5", "2", '"a"', '"x"', "1"],
    "a number in a text": ["1.5", "2", "1", '"x"', "true"],
    "a list": ["[1]", "2", '"a"', '"x"', "true"],
}


def read(reader, *rows):
    lines = ", ".join(f"[{', '.join(row)}]" for row in rows)
    names = json.dumps(NAMES)
    body = f'{{"dataframe_split": {{"columns": {names}, "data": [{lines}]}}}}'
    try:
        batch = reader.read(body.encode(), "application/json")
    except RequestRefused as refused:
        return refused.details
    first = batch.rows[0]
    return first, [type(cell) for cell in first], batch.unknown_categories


@pytest.mark.parametrize("notice", ["warn", "refuse", "ignore"])
@pytest.mark.parametrize("cells", CELLS.values(), ids=CELLS)
def test_a_row_alone_is_read_like_one_of_two(small_profile, cells, notice):
    """A second, good row makes the reader look at whole columns instead."""
    profile = replace(small_profile, columns=small_profile.columns[:5])
    reader = compile_reader(profile, Rules(unknown_category=notice))
    assert read(reader, cells) == read(reader, cells, GOOD)
