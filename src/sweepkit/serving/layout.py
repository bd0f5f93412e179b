"""Which of a body's columns is which of the model's, remembered between requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sweepkit.serving.cells import ColumnReader
from sweepkit.serving.refusal import (
    Detail,
    bad_request,
    describe,
    invalid_value,
    quote,
    quote_all,
)

# Clients send few different orders; a hostile one must not fill the memory.
_MOST_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the model's columns are in a body.

    Attributes:
        picks: For each column of the model its place in the body, or None if it lacks.
        extra: Names of the body's columns that the model does not take.
        places: `picks`, if none lacks and there are no extra columns.
    """

    picks: tuple[int | None, ...]
    extra: tuple[str, ...]
    places: tuple[int, ...] | None


class Layouts:
    """Finds the layout of a body by its column names."""

    def __init__(self, columns: Sequence[ColumnReader], *, refuse_extra: bool) -> None:
        self._columns = columns
        self._names = {column.name for column in columns}
        self._refuse_extra = refuse_extra
        self._remembered: dict[tuple[str, ...], Layout] = {}

    def recall(self, names: Sequence[Any]) -> Layout | None:
        """Return where the model's columns are, if such a body was there before."""
        try:
            return self._remembered.get(tuple(names))
        except TypeError:  # a name that is a list
            return None

    def find(self, names: Sequence[Any]) -> Layout:
        """Return where the model's columns are.

        Raises:
            RequestRefused: If a name is no text or there twice, a required column
                lacks, or there are extra ones and they are refused.
        """
        layout = self.recall(names)
        if layout is None:
            key = tuple(names)
            layout = self._compile(key)
            if not layout.extra and len(self._remembered) < _MOST_REMEMBERED:
                self._remembered[key] = layout
        return layout

    def _compile(self, names: tuple[Any, ...]) -> Layout:
        _check_names(names)
        place = {name: number for number, name in enumerate(names)}
        extra = tuple(name for name in names if name not in self._names)
        self._check_complete(place, extra)
        if extra and self._refuse_extra:
            raise invalid_value(
                f"The model takes no column {quote_all(extra)}; leave such columns "
                f"out (serving.extra_columns=refuse).",
                [
                    Detail(None, quote(name), "a column", "no such one")
                    for name in extra
                ],
            )
        picks = tuple(place.get(column.name) for column in self._columns)
        places = tuple(pick for pick in picks if pick is not None)
        is_whole = len(places) == len(picks) and not extra
        return Layout(picks, extra, places if is_whole else None)

    def _check_complete(self, place: dict[str, int], extra: tuple[str, ...]) -> None:
        lacking = [c for c in self._columns if c.required and c.name not in place]
        if not lacking:
            return
        also = f" It has {quote_all(extra)}, which the model does not take."
        raise invalid_value(
            f"The body lacks {quote_all([c.name for c in lacking])}, which the model "
            f"needs.{also if extra else ''}",
            [Detail(None, c.name, "no such column", c.needed) for c in lacking],
        )


def _check_names(names: tuple[Any, ...]) -> None:
    strange = [name for name in names if not isinstance(name, str)]
    if strange:
        raise bad_request(f"Column names are texts; found {describe(strange[0])}.")
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise bad_request(f"The body has the column {quote_all(twice)} more than once.")
