"""Whatever is sent, a request ends in rows or in a refusal of 4xx, never otherwise."""

import gzip
import json
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sweepkit.serving.refusal import MOST_DETAILS, RequestRefused
from sweepkit.serving.request import compile_reader
from sweepkit.serving.rules import Rules

NAMES = ["size", "age", "town", "street", "new", "sold"]
KINDS = [(float,), (float, None), (str,), (str, None), (bool,), (datetime, None)]
JSON = "application/json"
TYPES = [JSON, "text/csv", "application/parquet", "text/plain", "", None]

SPECIAL = ["NaN", "-Infinity", "1e999", "1" * 400, "9" * 5000, '"\\ud800"', "-0", "1E5"]
texts = st.text(max_size=12) | st.sampled_from(
    ["a", "b", "x", "2024-01-31", "NaT", "8.3"]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | texts
    | st.dates().map(str)
    | st.datetimes().map(datetime.isoformat)
)
names = st.sampled_from(NAMES) | st.text(max_size=5)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4)
    ),
    max_leaves=12,
)
good_row = st.tuples(
    st.floats(allow_nan=False, allow_infinity=False),
    st.none() | st.integers(-5, 5),
    st.sampled_from("abc"),
    st.none() | texts,
    st.booleans(),
    st.none() | st.just("2024-01-31"),
).map(list)


@st.composite
def nearly_good_rows(draw):
    """Good rows of which a few cells, or a whole row, are something else."""
    rows = draw(st.lists(good_row, max_size=5))
    for _ in range(draw(st.integers(0, 2)) if rows else 0):
        row = draw(st.sampled_from(rows))
        row[draw(st.integers(0, len(NAMES) - 1))] = draw(values)
    if rows and draw(st.integers(0, 5)) == 0:
        rows[0] = draw(values)
    return rows


def lay_out(key, rows, columns):
    """Write rows in one of the four layouts, as far as they are rows."""
    if key == "dataframe_split":
        return {"columns": columns, "data": rows}
    records = [
        dict(zip(columns, row, strict=False)) if isinstance(row, list) else row
        for row in rows
    ]
    if key == "inputs" and len(rows) % 2:
        whole = [row for row in rows if isinstance(row, list)]
        return dict(zip(columns, map(list, zip(*whole, strict=False)), strict=False))
    return records


KEYS = ["dataframe_split", "dataframe_records", "instances", "inputs"]


@st.composite
def requests(draw):
    """JSON near to what the protocol wants, with numbers JSON itself cannot write."""
    columns = draw(
        st.permutations(NAMES) | st.lists(names, max_size=8) | st.just(NAMES)
    )
    key = draw(st.sampled_from(KEYS))
    body = {key: lay_out(key, draw(nearly_good_rows()), columns)}
    if draw(st.integers(0, 4)) == 0:
        body |= draw(st.dictionaries(st.sampled_from([*KEYS, "params"]), values))
    text = json.dumps(body, ensure_ascii=draw(st.booleans()))
    if draw(st.integers(0, 4)) == 0:
        text = text.replace("2024", "", 1).replace(
            "true", draw(st.sampled_from(SPECIAL))
        )
    return text.encode("utf-8", "surrogatepass")


@st.composite
def tables(draw):
    """Lines of cells, some of them good rows of CSV."""
    cells = st.sampled_from(
        ["1", "", "a", '"', "true", "1e999", "\r", "\0", "2024-01-01"]
    )
    lines = draw(st.lists(st.lists(cells | texts, max_size=7), max_size=4))
    header = ",".join(draw(st.just(NAMES) | st.lists(names, max_size=7)))
    return "\n".join([header, *map(",".join, lines)]).encode("utf-8", "surrogatepass")


bodies = requests() | tables() | values.map(json.dumps).map(str.encode) | st.binary()


def check(reader, body, content_type, encoding):
    try:
        batch = reader.read(body, content_type, encoding)
    except RequestRefused as refused:
        check_refusal(refused)
        return
    assert batch.rows
    for row in batch.rows:
        for cell, kinds in zip(row, KINDS, strict=True):
            assert (type(cell) if cell is not None else None) in kinds
        for number in row[:2]:
            assert number is None or abs(number) < float("inf")
    assert all(
        warning.isascii() and warning.isprintable() for warning in batch.warnings
    )


def check_refusal(refused):
    assert refused.status in (400, 413, 415)
    answer = json.loads(refused.to_json())
    assert answer["message"].isascii()
    assert len(answer["message"]) < 1_000
    assert len(answer["details"]) <= MOST_DETAILS
    for detail in answer["details"]:
        assert len(detail["found"]) <= 60
        assert detail["row"] is None or detail["row"] >= 0
    assert "Traceback" not in answer["message"]
    assert "/src/" not in answer["message"]


@pytest.fixture(scope="module")
def reader(small_profile):
    return compile_reader(small_profile, Rules(max_rows=4), ("interval", "return"))


def settle(n_examples):
    return settings(
        max_examples=n_examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@settle(400)
@given(body=bodies, content_type=st.sampled_from(TYPES) | st.just(JSON))
def test_any_body_is_read_or_refused(reader, body, content_type):
    """A server that answers 500 tells an attacker where it is weak."""
    check(reader, body, content_type, None)


@settle(200)
@given(body=bodies.map(gzip.compress) | st.binary(), encoding=st.text(max_size=6))
def test_any_packed_body_is_read_or_refused(reader, body, encoding):
    """Unpacking has errors of its own."""
    check(reader, body, JSON, "gzip")
    check(reader, body, JSON, encoding)


@settle(200)
@given(content_type=st.text(max_size=40), body=requests())
def test_any_content_type_is_read_or_refused(reader, content_type, body):
    """So has taking a header apart."""
    check(reader, body, content_type, None)
    check(reader, body, f"{JSON};{content_type}", None)


@pytest.mark.exhaustive
@settle(10_000)
@given(body=bodies, content_type=st.sampled_from(TYPES) | st.just(JSON))
def test_ten_thousand_bodies_are_read_or_refused(reader, body, content_type):
    """The same, for as long as it takes."""
    check(reader, body, content_type, None)


@settle(200)
@given(rows=st.lists(good_row, min_size=1, max_size=4), key=st.sampled_from(KEYS))
def test_good_rows_are_read_as_they_were(reader, rows, key):
    """A reader that refuses everything would pass all the others."""
    body = json.dumps({key: lay_out(key, rows, NAMES)}).encode()
    read = [list(row) for row in reader.read(body, JSON).rows]
    sold = datetime(2024, 1, 31)
    assert read == [[*row[:5], row[5] and sold] for row in rows]
