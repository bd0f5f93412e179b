"""Bodies that are too large, packed, or of a kind nobody reads."""

import gzip
import json
import tracemalloc
import zlib

import pytest

from sweepkit.serving.refusal import RequestRefused
from sweepkit.serving.request import compile_reader
from sweepkit.serving.rules import Rules

JSON = "application/json"


def records(n_rows):
    row = {"size": 1.5, "town": "a", "new": True}
    return json.dumps({"dataframe_records": [row] * n_rows}).encode()


def refuse(reader, body, content_type=JSON, encoding=None):
    with pytest.raises(RequestRefused) as caught:
        reader.read(body, content_type, encoding)
    return caught.value


def test_a_body_of_just_the_limit_is_read(small_profile):
    """One byte less would have refused it."""
    body = records(3)
    reader = compile_reader(small_profile, Rules(max_bytes=len(body), max_rows=3))
    assert len(reader.read(body, JSON).rows) == 3
    tight = compile_reader(small_profile, Rules(max_bytes=len(body) - 1))
    assert refuse(tight, body).status == 413


LAYOUTS = {
    "records": {"dataframe_records": [{"size": 1.5, "town": "a", "new": True}] * 4},
    "instances": {"instances": [{"size": 1.5, "town": "a", "new": True}] * 4},
    "split": {
        "dataframe_split": {
            "columns": ["size", "town", "new"],
            "data": [[1.5, "a", True]] * 4,
        }
    },
    "inputs": {"inputs": {"size": [1.5] * 4, "town": ["a"] * 4, "new": [True] * 4}},
}


@pytest.mark.parametrize("body", LAYOUTS.values(), ids=LAYOUTS)
def test_one_row_too_many_is_refused_in_every_layout(small_profile, body):
    """The limit is on rows, however they are written."""
    sent = json.dumps(body).encode()
    assert len(compile_reader(small_profile, Rules(max_rows=4)).read(sent, JSON).rows)
    refused = refuse(compile_reader(small_profile, Rules(max_rows=3)), sent)
    assert (refused.status, refused.error_code) == (413, "CONTENT_TOO_LARGE")
    assert "4 rows, more than the 3" in refused.message


def test_one_line_too_many_is_refused(small_profile):
    """In CSV a row is a line."""
    reader = compile_reader(small_profile, Rules(max_rows=1))
    body = b"size,town,new\n1,a,true\n2,a,true\n"
    assert refuse(reader, body, "text/csv").status == 413


@pytest.mark.parametrize("encoding", ["gzip", "GZip", "x-gzip", " gzip "])
def test_a_body_packed_by_gzip_is_read(small_profile, encoding):
    """A table packs to a tenth."""
    reader = compile_reader(small_profile, Rules())
    assert len(reader.read(gzip.compress(records(5)), JSON, encoding).rows) == 5


@pytest.mark.parametrize("encoding", [None, "", "identity"])
def test_a_body_that_is_not_packed_may_say_so(small_profile, encoding):
    """Some clients name the encoding that is none."""
    reader = compile_reader(small_profile, Rules())
    assert len(reader.read(records(5), JSON, encoding).rows) == 5


def test_a_gzip_bomb_is_refused_without_unpacking_it(small_profile):
    """A hundred thousand bytes of gzip can stand for a hundred million."""
    bomb = gzip.compress(b"[" * 100_000_000, compresslevel=1)
    assert len(bomb) < 1_000_000
    reader = compile_reader(small_profile, Rules())
    tracemalloc.start()
    try:
        refused = refuse(reader, bomb, encoding="gzip")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused.status == 413
    assert peak < 10_000_000


PACKED = gzip.compress(records(5))
DAMAGED = {
    "no gzip": records(5),
    "cut short": PACKED[:-9],
    "a wrong sum": PACKED[:-8] + b"\0" * 8,
    "something behind it": PACKED + b"x",
    "two members": PACKED + PACKED,
    "zlib's own format": zlib.compress(records(5)),
    "nothing": b"",
}


@pytest.mark.parametrize("body", DAMAGED.values(), ids=DAMAGED)
def test_damaged_gzip_is_refused(small_profile, body):
    """Half a table must not be scored as a whole one."""
    refused = refuse(compile_reader(small_profile, Rules()), body, encoding="gzip")
    assert refused.status == 400
    assert "gzip" in refused.message


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "x\r\ny"])
def test_another_encoding_is_refused(small_profile, encoding):
    """Each would need limits of its own."""
    refused = refuse(compile_reader(small_profile, Rules()), PACKED, encoding=encoding)
    assert (refused.status, refused.error_code) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert "gzip" in refused.message


TYPES = {
    "none": (None, "no Content-Type"),
    "empty": ("", "no Content-Type"),
    "parameters only": ("; charset=utf-8", "no Content-Type"),
    "a form": ("application/x-www-form-urlencoded", "send application/json"),
    "text": ("text/plain", "send application/json"),
    "the format of MLflow 1": ("application/json; format=pandas-split", "'format'"),
    "another charset": ("application/json; charset=latin-1", "charset 'latin-1'"),
    "another charset of CSV": ("text/csv; charset=utf-16", "charset 'utf-16'"),
    "a long one": ("x" * 10_000, "send application/json"),
}


@pytest.mark.parametrize(("content_type", "words"), TYPES.values(), ids=TYPES)
def test_another_kind_of_body_is_refused(small_profile, content_type, words):
    """415 names the kinds that are read; nothing is guessed."""
    reader = compile_reader(small_profile, Rules())
    refused = refuse(reader, records(1), content_type)
    assert (refused.status, refused.error_code) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert words in refused.message
    assert len(refused.message) < 250
