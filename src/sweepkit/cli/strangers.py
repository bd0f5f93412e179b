"""What is let pass in a table that is scored, counted and said once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sweepkit.serving.cells import ColumnReader
from sweepkit.serving.refusal import quote, quote_all

_SHOWN = 3


@dataclass(slots=True)
class Strangers:
    """What training did not see, over all chunks of a table.

    Attributes:
        n_cells: Cells with unknown texts by column.
        texts: A few of those texts by column.
        extra: Columns the model does not take.
        lacking: Columns that may be blank and are not there.
    """

    n_cells: dict[str, int] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    extra: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Cells with unknown texts in all columns."""
        return sum(self.n_cells.values())

    def count(
        self, columns: Sequence[ColumnReader], cells: Mapping[str, Sequence[Any]]
    ) -> None:
        """Count the cells whose text training did not see.

        Args:
            columns: The model's columns.
            cells: Cells of each as the model takes them.
        """
        for column in columns:
            if not column.known or column.name not in cells:
                continue
            strange = set(cells[column.name]) - column.known - {None}
            if strange:
                self._add(column.name, strange, cells[column.name])

    def _add(self, name: str, strange: Collection[str], cells: Sequence[Any]) -> None:
        found = sum(map(strange.__contains__, cells))
        self.n_cells[name] = self.n_cells.get(name, 0) + found
        known = self.texts.setdefault(name, [])
        # Only a few are kept: a table of any size may have any number of them.
        new = sorted(set(strange) - set(known))
        known += new[: _SHOWN - len(known)]

    def notes(self) -> list[str]:
        """Return one sentence for each thing."""
        notes = [
            f"{quote(name)} has {self.n_cells[name]:,} cells with texts that training "
            f"did not see, such as {quote_all(texts)}"
            for name, texts in self.texts.items()
        ]
        if self.extra:
            notes.append(f"the model does not take {quote_all(self.extra)}")
        if self.lacking:
            notes.append(
                f"the table has no {quote_all(self.lacking)}, which counts as blank"
            )
        return notes
