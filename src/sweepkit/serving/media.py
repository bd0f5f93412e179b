"""Which of the three kinds of body a Content-Type header announces."""

from __future__ import annotations

from typing import Literal

from sweepkit.serving.refusal import quote, unsupported

Medium = Literal["json", "csv", "parquet"]

MEDIA: dict[str, Medium] = {
    "application/json": "json",
    "text/csv": "csv",
    "application/vnd.apache.parquet": "parquet",
    "application/parquet": "parquet",
    "application/x-parquet": "parquet",
}
"""Content types by what they hold; the first of each kind is MLflow's own."""

_ACCEPTED = "application/json, text/csv or application/vnd.apache.parquet"


def find_medium(content_type: str | None) -> Medium:
    """Return what a body holds.

    Raises:
        RequestRefused: 415 if that is nothing read here, or not in UTF-8.
    """
    # What nearly every client sends needs no taking apart.
    if content_type in MEDIA:
        return MEDIA[content_type]
    name, *parameters = (part.strip() for part in (content_type or "").split(";"))
    if not name:
        raise unsupported(f"The request has no Content-Type; it needs {_ACCEPTED}.")
    if name.lower() not in MEDIA:
        raise unsupported(
            f"The content type {quote(name)} is not read here; send {_ACCEPTED}."
        )
    for parameter in filter(None, parameters):
        _check_parameter(parameter)
    return MEDIA[name.lower()]


def _check_parameter(parameter: str) -> None:
    key, _, value = parameter.partition("=")
    if key.strip().lower() != "charset":
        raise unsupported(
            f"The content type has the parameter {quote(key)}; only charset is known."
        )
    if value.strip().strip('"').lower() not in ("utf-8", "utf8"):
        raise unsupported(
            f"The charset {quote(value)} is not read here; send the body in UTF-8."
        )
