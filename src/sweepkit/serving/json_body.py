"""Read JSON strictly: no key twice, no endless nesting, no number beyond all bounds."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, NoReturn

import orjson

from sweepkit.serving.refusal import Detail, bad_request, quote

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# An integer of more digits than this is beyond every double, and slow to make.
_MOST_DIGITS = 400


def parse_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body; NaN and Infinity become floats.

    Most bodies take the fast way through orjson. It reads no NaN, which MLflow's
    clients send for blanks, and of a key that is there twice it silently drops one.
    So a body it refuses is read again by the standard library, and one with more
    colons than it gave pairs, too.

    Raises:
        RequestRefused: If the body is no JSON object in UTF-8, has a key twice, or is
            nested too deeply.
    """
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        payload = _parse_slowly(body)
    else:
        if _may_repeat_keys(body, payload):
            _parse_slowly(body)
    if not isinstance(payload, dict):
        raise bad_request("The body is JSON, but no object; see /openapi.json.")
    return payload


def _may_repeat_keys(body: bytes, payload: Any) -> bool:
    """Tell whether some key might stand in `body` twice.

    Each pair has one colon outside of texts. Equal counts prove that none was
    dropped; with escapes in the body, texts do not show how many colons they were.
    """
    n_colons = body.count(b":")
    if isinstance(payload, dict) and n_colons == _count_outer_pairs(payload):
        return False
    n_pairs, n_in_texts = _count_colons(payload)
    if n_colons == n_pairs:
        return False
    return b"\\" in body or n_colons != n_pairs + n_in_texts


def _count_outer_pairs(payload: dict[str, Any]) -> int:
    """Return how many pairs the formats of the protocol have, without their cells."""
    n_pairs = len(payload)
    for value in payload.values():
        if isinstance(value, dict):
            n_pairs += len(value)
        elif isinstance(value, list) and set(map(type, value)) == {dict}:
            n_pairs += sum(map(len, value))
    return n_pairs


def _count_colons(payload: Any) -> tuple[int, int]:
    """Return how many pairs a value has at all depths, and colons in its texts."""
    n_pairs = n_in_texts = 0
    stack = [payload]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            n_in_texts += value.count(":")
        elif isinstance(value, dict):
            n_pairs += len(value)
            n_in_texts += sum(key.count(":") for key in value)
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
    return n_pairs, n_in_texts


def _parse_slowly(body: bytes) -> Any:
    try:
        text = body.removeprefix(BYTE_ORDER_MARK).decode("utf-8")
        payload = json.loads(
            text, object_pairs_hook=_keep_pairs, parse_int=_read_integer
        )
        if "\\u" in text:
            # An escape can spell half a character, which no text can hold.
            json.dumps(payload, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        raise bad_request(
            f"The body is not JSON: {error.msg.lower().rstrip(': ')}, line "
            f"{error.lineno} column {error.colno}."
        ) from None
    except UnicodeError:
        _refuse_encoding()
    except RecursionError:
        raise bad_request(
            "The body is nested too deeply; rows hold no lists."
        ) from None
    return payload


def _refuse_encoding() -> NoReturn:
    raise bad_request("The body is not valid UTF-8; send it in that encoding.")


def _keep_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    kept = dict(pairs)
    if len(kept) == len(pairs):
        return kept
    counts = Counter(key for key, _ in pairs)
    twice = [key for key, count in counts.items() if count > 1]
    raise bad_request(
        f"The body has the key {quote(twice[0])} more than once in one object.",
        [
            Detail(None, None, f"the key {quote(key)} again", "each key once")
            for key in twice
        ],
    )


def _read_integer(digits: str) -> float:
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)
