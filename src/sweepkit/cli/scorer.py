"""A champion that scores chunks of a table, each checked like a request."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sweepkit.cli.chunks import Chunk
from sweepkit.cli.strangers import Strangers
from sweepkit.cli.told import Told
from sweepkit.errors import DataError
from sweepkit.serving.batch import Batch
from sweepkit.serving.champion import Champion
from sweepkit.serving.found import Found
from sweepkit.serving.refusal import RequestRefused
from sweepkit.serving.request import Reader

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
        told: What the new columns are, and what is in them.
        tally: What was scored so far.
    """

    champion: Champion
    reader: Reader
    source: Path
    counts: bool
    told: Told
    tally: Tally = field(default_factory=Tally)

    @property
    def kinds(self) -> dict[str, str]:
        """What the model's columns and the new ones hold."""
        columns = self.champion.profile.columns
        return {one.name: str(one.kind) for one in columns} | self.told.kinds

    def score(self, chunk: Chunk) -> Cells:
        """Return the model's columns that a chunk has, as read, and the new ones.

        Raises:
            DataError: If a row is not what the model takes.
        """
        for name in self.told.kinds:
            if name in chunk.kept:
                raise DataError(
                    f"{self.source} has a column {name!r} already, which would be "
                    f"lost; rename it."
                )
        batch = self._check(chunk.found)
        names = [one.name for one in self.reader.columns]
        cells = dict(zip(names, zip(*batch.rows, strict=True), strict=True))
        read: Cells = {name: cells[name] for name in names if name in chunk.kept}
        self._note(chunk, batch, read)
        self.tally.rows += chunk.found.n_rows
        return {**read, **self.told.tell(self.champion.predict(batch.rows))}

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
            return self.reader.check(Found(names, columns, found.n_rows))
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
