"""A table as a body held it, before anything is known of its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from sweepkit.serving.refusal import Detail, bad_request, too_large


class Found(NamedTuple):
    """Raw cells, column by column.

    Attributes:
        names: Column names in the body's order; not yet checked.
        columns: For each name its raw cells, all of the same number.
        n_rows: Rows, at least one.
    """

    names: Sequence[Any]
    columns: Sequence[Sequence[Any]]
    n_rows: int


def check_n_rows(n_rows: int, max_rows: int) -> None:
    """Refuse a table without rows, or with more than may be.

    Raises:
        RequestRefused: 400 or 413.
    """
    if n_rows == 0:
        raise bad_request("The body has no rows; send at least one.")
    if n_rows > max_rows:
        raise too_large(
            f"The body has {n_rows} rows, more than the {max_rows} this server reads "
            f"at once (serving.max_rows); send them in several requests."
        )


def list_faults(
    rows: Iterable[Any], is_fault: Callable[[Any], bool], needed: str
) -> list[Detail]:
    """Return a detail for each row that is at fault as a whole.

    A list is described by its length: its cells may be anything.
    """
    return [
        Detail(number, None, _describe_row(row), needed)
        for number, row in enumerate(rows)
        if is_fault(row)
    ]


def _describe_row(row: Any) -> str:
    if isinstance(row, list):
        return f"{len(row)} cells"
    return f"an object of {len(row)}" if isinstance(row, dict) else "no row"
