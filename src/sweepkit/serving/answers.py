"""What goes back over the wire: a status, a body, and the headers they need."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson

from sweepkit.serving.refusal import RequestRefused

Header = tuple[bytes, bytes]
Send = Callable[[dict[str, Any]], Awaitable[None]]

JSON = b"application/json"
JSON_HEADER: Header = (b"content-type", JSON)
CLOSE: Header = (b"connection", b"close")
_LONGEST_HEADER = 1_000
# What may stand in a header and is readable there.
_PLAIN = " !#$&'()*+,/:;=?@[]`{|}<>^\"\\"


class Answer(NamedTuple):
    """One response.

    Attributes:
        status: HTTP status.
        body: The whole body, also for HEAD, which is answered with its length only.
        headers: Its headers without the content's length.
        error_code: For an error the word metrics count it under.
        n_rows: Rows that were scored.
    """

    status: int
    body: bytes
    headers: tuple[Header, ...]
    error_code: str = ""
    n_rows: int = 0


def answer_json(value: Any, status: int = 200) -> Answer:
    """Return a value as JSON; what JSON cannot hold is written as text."""
    body = orjson.dumps(value, default=str, option=orjson.OPT_SERIALIZE_NUMPY)
    return Answer(status, body, (JSON_HEADER,))


def answer_refusal(refused: RequestRefused, *headers: Header) -> Answer:
    """Return a refusal in the shape of all errors."""
    return Answer(
        refused.status, refused.to_json(), (JSON_HEADER, *headers), refused.error_code
    )


def to_header(text: str) -> bytes:
    """Return at most 1,000 characters of a text as a header's value, in plain ASCII.

    What may not stand there, or could be mistaken for something else, is
    percent-encoded.
    """
    return quote(text[:_LONGEST_HEADER], safe=_PLAIN)[:_LONGEST_HEADER].encode("ascii")


@lru_cache(maxsize=64)
def write_head(headers: tuple[Header, ...]) -> bytes:
    """Return headers as they go over the wire; they hold no line ends.

    Most answers carry the very same ones.
    """
    return b"".join(b"%b: %b\r\n" % header for header in headers)


async def send_answer(
    send: Send, answer: Answer, more: Sequence[Header], *, is_head: bool
) -> None:
    """Send an answer, with `more` headers, or only its head."""
    body = answer.body
    length = (b"content-length", b"%d" % len(body))
    headers = [*answer.headers, length, *more]
    await send(
        {"type": "http.response.start", "status": answer.status, "headers": headers}
    )
    await send({"type": "http.response.body", "body": b"" if is_head else body})
