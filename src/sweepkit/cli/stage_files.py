"""Files of a stage: the same content gives the same bytes, which DVC compares."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sweepkit.evaluation.files import write_file

Facts = Mapping[str, Any]


def write_facts(path: Path, facts: Facts) -> Path:
    """Write facts as strict JSON, in their order.

    Raises:
        DiskError: If the file cannot be written.
    """
    text = json.dumps(facts, indent=2, ensure_ascii=False, allow_nan=False)
    return write_file(path, f"{text}\n".encode())


def write_rows(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> Path:
    """Write rows under their columns as CSV.

    Raises:
        DiskError: If the file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return write_file(path, text.getvalue().encode())
