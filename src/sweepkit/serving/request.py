"""Read a scoring request into plain rows, without pandas.

The formats are those of the MLflow scoring protocol, with named columns only: a
list of bare cells says nothing about which of them is which.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sweepkit.data.column_profile import TableProfile
from sweepkit.serving.batch import Batch
from sweepkit.serving.cells import ColumnReader, Misfit, compile_column
from sweepkit.serving.compression import unpack
from sweepkit.serving.csv_body import read_csv
from sweepkit.serving.faults import explain
from sweepkit.serving.found import Found, check_n_rows
from sweepkit.serving.json_body import parse_object
from sweepkit.serving.layout import Layouts
from sweepkit.serving.media import find_medium
from sweepkit.serving.notices import note_extra, note_ignored, note_unknown
from sweepkit.serving.one_row import PlainRow, find_row
from sweepkit.serving.params import Offer, read_params, read_query
from sweepkit.serving.parquet_body import read_parquet
from sweepkit.serving.refusal import bad_request
from sweepkit.serving.rules import Rules
from sweepkit.serving.shapes import SHAPES


class Reader:
    """Reads requests for one model; `compile_reader` makes it.

    Attributes:
        columns: The columns the model takes, in its order.
    """

    def __init__(
        self, columns: Sequence[ColumnReader], rules: Rules, offer: Offer
    ) -> None:
        self.columns = columns
        closed = [(i, c) for i, c in enumerate(columns) if c.known]
        self._closed = closed if rules.unknown_category == "warn" else []
        self._plain = PlainRow(columns)
        self._rules = rules
        self._offer = offer
        self._layouts = Layouts(columns, refuse_extra=rules.extra_columns == "refuse")

    def read(
        self,
        body: bytes,
        content_type: str | None,
        content_encoding: str | None = None,
    ) -> Batch:
        """Return the rows of a request.

        Args:
            body: All of its body.
            content_type: The header of that name.
            content_encoding: The header of that name.

        Raises:
            RequestRefused: If its rows cannot be had from it; never anything else.
        """
        medium = find_medium(content_type)
        body = unpack(body, content_encoding, self._rules.max_bytes)
        if medium == "json":
            return self._read_json(body)
        read = read_csv if medium == "csv" else read_parquet
        return self.check(read(body, self.columns, self._rules))

    def _read_json(self, body: bytes) -> Batch:
        payload = parse_object(body)
        row = self._read_one(payload)
        if row is not None:
            return Batch(rows=[row])
        keys = [key for key in payload if key in SHAPES]
        if len(keys) != 1:
            raise bad_request(
                f"A body has exactly one of {', '.join(SHAPES)}; found "
                f"{' and '.join(keys) or 'none of them'}."
            )
        (key,) = keys
        found = SHAPES[key](payload[key], self.columns, self._rules.max_rows)
        batch = self.check(found)
        if len(payload) > 1:
            batch.params = read_params(payload.get("params"), self._offer)
            batch.warnings += note_ignored(payload.keys() - {key, "params"})
        return batch

    def _read_one(self, payload: dict[str, Any]) -> Sequence[Any] | None:
        """Return the row of a body that holds a plain one and nothing else."""
        found = find_row(payload)
        layout = None if found is None else self._layouts.recall(found[0])
        if found is None or layout is None or layout.places is None:
            return None
        cells = found[1]
        return self._plain.read([cells[i] for i in layout.places])

    def add_query(self, batch: Batch, query: bytes) -> None:
        """Take parameters from a URL, as for bodies that have no place for them.

        Raises:
            RequestRefused: If one is wrong, or the body says something else.
        """
        asked = read_query(query, self._offer)
        if any(batch.params.get(name, asked[name]) != asked[name] for name in asked):
            raise bad_request("The URL says other parameters than the body's `params`.")
        batch.params = {**batch.params, **asked}

    def check(self, found: Found) -> Batch:
        """Bring a table's columns into the model's order, check them, turn to rows.

        Raises:
            RequestRefused: If a column lacks or a cell does not fit.
        """
        check_n_rows(found.n_rows, self._rules.max_rows)
        layout = self._layouts.find(found.names)
        if found.n_rows == 1 and layout.places is not None:
            row = self._plain.read([found.columns[i][0] for i in layout.places])
            if row is not None:
                return Batch(rows=[row])
        blanks = (None,) * found.n_rows
        raw = [blanks if i is None else found.columns[i] for i in layout.picks]
        cells = self._read_columns(raw, found.n_rows)
        extra = layout.extra if self._rules.extra_columns == "warn" else ()
        batch = Batch(rows=list(zip(*cells, strict=True)), extra_columns=extra)
        self._notice(batch, cells)
        return batch

    def _read_columns(
        self, raw: Sequence[Sequence[Any]], n_rows: int
    ) -> list[Sequence[Any]]:
        try:
            return [c.read(v) for c, v in zip(self.columns, raw, strict=True)]
        except Misfit:
            raise explain(self.columns, raw, n_rows) from None

    def _notice(self, batch: Batch, cells: Sequence[Sequence[Any]]) -> None:
        """Count and name what training did not see."""
        for number, column in self._closed:
            strange = set(cells[number]) - column.known - {None}
            if strange:
                n_cells = sum(map(strange.__contains__, cells[number]))
                batch.unknown_categories += n_cells
                batch.warnings += note_unknown(column.name, strange, n_cells)
        if batch.extra_columns:
            batch.warnings += note_extra(batch.extra_columns)


def compile_reader(
    profile: TableProfile,
    rules: Rules,
    offered: Collection[str] = (),
    unexplained: str = "",
) -> Reader:
    """Return a reader of requests for the model a profile belongs to.

    Args:
        profile: The columns the model takes.
        rules: Limits, and what becomes of unknown texts and extra columns.
        offered: Parameters the model can answer, of `params.KNOWN`: `interval` if it
            carries intervals or prediction sets, `return` if it has classes,
            `contributions` if its predictions can be explained.
        unexplained: Why they cannot, in a sentence or two.
    """
    columns = [compile_column(c, rules.unknown_category) for c in profile.columns]
    return Reader(columns, rules, Offer(frozenset(offered), unexplained))
