"""Say which table a run read, without copying it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from mlflow.entities import Dataset, DatasetInput, InputTag

from sweepkit.tracking.columns import Column
from sweepkit.tracking.redact import redact

_MAX_NAME = 500
_MAX_DIGEST = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What identifies a table.

    Attributes:
        name: Such as `california_housing`.
        source: Where it comes from, in words or as a path or URL.
        fingerprint: Digest of schema and values.
        columns: All its columns, the target too.
        n_rows: Rows.
    """

    name: str
    source: str
    fingerprint: str
    columns: Sequence[Column]
    n_rows: int


def describe_input(table: Table, context: str) -> DatasetInput:
    """Return the table as the input of a run.

    Args:
        table: What identifies it.
        context: What it was read for, such as `training`.
    """
    specs = [
        {"type": c.kind, "name": c.name, "required": c.required} for c in table.columns
    ]
    profile = {"num_rows": table.n_rows, "num_elements": table.n_rows * len(specs)}
    dataset = Dataset(
        name=table.name[:_MAX_NAME],
        digest=table.fingerprint[:_MAX_DIGEST],
        source_type="local",
        source=json.dumps({"uri": redact(table.source)}),
        schema=json.dumps({"mlflow_colspec": specs}),
        profile=json.dumps(profile),
    )
    return DatasetInput(dataset, [InputTag("mlflow.data.context", context)])
