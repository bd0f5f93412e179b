"""Why a request is refused, in the shape MLflow's server gives its errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

MOST_DETAILS = 20
"""Cells named one by one in a refusal; the others are counted."""

BAD_REQUEST = "BAD_REQUEST"
INVALID_PARAMETER_VALUE = "INVALID_PARAMETER_VALUE"
TOO_LARGE = "CONTENT_TOO_LARGE"
UNSUPPORTED = "UNSUPPORTED_MEDIA_TYPE"

_LONGEST = 40
_PLAIN = (int, float, bool, type(None))


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that is wrong with a request.

    Attributes:
        row: Which row, counted from 0 like the elements of a JSON list; None if it is
            about all of them.
        column: Which column; None if it is about the whole row.
        found: What was there, described briefly and never in full.
        needed: What should be there.
    """

    row: int | None
    column: str | None
    found: str
    needed: str


class RequestRefused(Exception):
    """A request that is not answered with predictions; its sender can mend it.

    Attributes:
        status: HTTP status, 400 to 499.
        error_code: The status or its reason as a word, as MLflow spells them.
        message: One sentence for the person who sent it.
        details: What is wrong where, at most `MOST_DETAILS` of it.
        n_more: How many faults `details` leaves out.
    """

    def __init__(
        self,
        status: int,
        error_code: str,
        message: str,
        details: Sequence[Detail] = (),
        n_more: int = 0,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error_code = error_code
        self.message = message
        self.details = list(details[:MOST_DETAILS])
        self.n_more = n_more + max(0, len(details) - MOST_DETAILS)

    def to_json(self) -> bytes:
        """Return the body of the answer."""
        return orjson.dumps(
            {
                "error_code": self.error_code,
                "message": self.message,
                "details": [_to_dict(detail) for detail in self.details],
                "more": self.n_more,
            }
        )


def bad_request(message: str, details: Sequence[Detail] = ()) -> RequestRefused:
    """Return the refusal of a body that cannot be read as a table."""
    return RequestRefused(400, BAD_REQUEST, message, details)


def invalid_value(
    message: str, details: Sequence[Detail] = (), n_more: int = 0
) -> RequestRefused:
    """Return the refusal of a table or parameter that the model cannot take."""
    return RequestRefused(400, INVALID_PARAMETER_VALUE, message, details, n_more)


def too_large(message: str) -> RequestRefused:
    """Return the refusal of a body with too many bytes or rows."""
    return RequestRefused(413, TOO_LARGE, message)


def unsupported(message: str) -> RequestRefused:
    """Return the refusal of a kind of body that is not read here."""
    return RequestRefused(415, UNSUPPORTED, message)


def describe(value: Any) -> str:
    """Return what a JSON value is in a few words: its kind, and itself if short."""
    if isinstance(value, str):
        return f"text {quote(value)}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return f"an object of {len(value)}"
    if not isinstance(value, _PLAIN):
        return f"a value of type {type(value).__name__}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f"number {_shorten(_write_number(value))}"


def quote(text: str) -> str:
    """Return at most 40 characters of a text in quotes, in ASCII.

    It may stand in a header: line ends and all that is no ASCII are escaped.
    """
    return _shorten(ascii(text[: _LONGEST + 1]))


def quote_all(texts: Sequence[str], most: int = 5) -> str:
    """Return the first of some texts in quotes, and how many more there are."""
    shown = ", ".join(map(quote, texts[:most]))
    return shown if len(texts) <= most else f"{shown} and {len(texts) - most} more"


def _write_number(value: float) -> str:
    # Python refuses to write out integers of thousands of digits.
    huge = isinstance(value, int) and value.bit_length() > 512
    return "of more than 150 digits" if huge else str(value)


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _to_dict(detail: Detail) -> dict[str, Any]:
    return {
        "row": detail.row,
        "column": detail.column,
        "found": detail.found,
        "needed": detail.needed,
    }
