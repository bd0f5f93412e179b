"""Read dates and times the way the training table's were read."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

DATES = (
    "a date such as 2024-01-31 or 2024-01-31T12:30:00Z, from 1677-09-22 to 2262-04-11"
)
"""What a datetime column takes, in words."""

# What 64 bits of nanoseconds reach, the same days the training table may have.
_FIRST = datetime(1677, 9, 22)
_LAST = datetime(2262, 4, 11)


def read_date(value: Any) -> datetime | None:
    """Return a cell as a date and time without zone, or None if it is none.

    Args:
        value: Text in ISO 8601, a date, or a date with a time; one with a zone is
            turned into UTC.
    """
    moment = _parse(value) if isinstance(value, str) else _join(value)
    if moment is None:
        return None
    try:
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return None
    return moment if _FIRST <= moment <= _LAST else None


def write_moment(seconds: float) -> str:
    """Return seconds since 1970 in ISO 8601, without zone."""
    return (datetime(1970, 1, 1) + timedelta(seconds=seconds)).isoformat()


def _parse(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _join(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time()) if isinstance(value, date) else None
