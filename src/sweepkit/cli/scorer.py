"""A champion that scores chunks of a table, each checked like a request."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sweepkit.cli.chunks import Chunk
from sweepkit.cli.strangers import Strangers
from sweepkit.errors import DataError
from sweepkit.serving.champion import Champion
from sweepkit.serving.found import Found
from sweepkit.serving.refusal import RequestRefused
from sweepkit.serving.request import Batch, Reader

Cells = dict[str, Sequence[Any]]


@dataclass(slots=True)
class Tally:
    """What was scored.

    Attributes:
        rows: Rows written.
        strangers: What was let pass.
    """

    rows: int = 0
    strangers: Strangers = field(default_factory=Strangers)


@dataclass(frozen=True, slots=True)
class Scorer:
    """A champion that scores chunks of one table.

    Attributes:
        champion: The model.
        reader: Checks its rows.
        source: The table, for messages.
        counts: Whether texts that training did not see are counted.
        tally: What was scored so far.
    """

    champion: Champion
    reader: Reader
    source: Path
    counts: bool
    tally: Tally = field(default_factory=Tally)

    @property
    def column(self) -> str:
        """Name of the new column."""
        return f"predicted_{self.champion.profile.target}"

    @property
    def kinds(self) -> dict[str, str]:
        """What the model's columns and the new one hold."""
        columns = self.champion.profile.columns
        return {one.name: str(one.kind) for one in columns} | {self.column: "double"}

    def score(self, chunk: Chunk) -> Cells:
        """Return the model's columns that a chunk has, as read, and the new one.

        Raises:
            DataError: If a row is not what the model takes.
        """
        if self.column in chunk.kept:
            raise DataError(
                f"{self.source} has a column {self.column!r} already, which would be "
                f"lost; rename it."
            )
        batch = self._check(chunk.found)
        names = [one.name for one in self.reader.columns]
        cells = dict(zip(names, zip(*batch.rows, strict=True), strict=True))
        read: Cells = {name: cells[name] for name in names if name in chunk.kept}
        self._note(chunk, batch, read)
        self.tally.rows += chunk.found.n_rows
        return {**read, self.column: self.champion.predict(batch.rows).tolist()}

    def _check(self, found: Found) -> Batch:
        # Its own answers are what tables of known cases have, and no surprise.
        places = [
            i
            for i, name in enumerate(found.names)
            if name != self.champion.profile.target
        ]
        names = [found.names[i] for i in places]
        columns = [found.columns[i] for i in places]
        try:
            return self.reader.check(replace(found, names=names, columns=columns))
        except RequestRefused as refusal:
            raise DataError(self._explain(refusal)) from None

    def _note(self, chunk: Chunk, batch: Batch, read: Cells) -> None:
        strangers = self.tally.strangers
        strangers.extra = batch.extra_columns
        strangers.lacking = tuple(
            one.name for one in self.reader.columns if one.name not in chunk.kept
        )
        if self.counts:
            strangers.count(self.reader.columns, read)

    def _explain(self, refusal: RequestRefused) -> str:
        lines = [f"{self.source}: {refusal.message.replace('The body', 'The table')}"]
        for detail in refusal.details:
            row = (
                ""
                if detail.row is None
                else f"row {self.tally.rows + detail.row + 1}, "
            )
            lines.append(
                f"  {row}{detail.column or 'whole row'}: {detail.found}; "
                f"needed: {detail.needed}"
            )
        if refusal.n_more:
            lines.append(f"  and {refusal.n_more:,} more")
        return "\n".join(lines)
