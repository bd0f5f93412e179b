"""What a candidate brings besides its score: the holdout rows, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.predicted import Predicted
from sweepkit.registry.predictions import PREDICTIONS, Floats, Predictions
from sweepkit.tasks import Label, Task

if TYPE_CHECKING:
    import pandas as pd

    from sweepkit.tracking.columns import Column
    from sweepkit.tracking.store import OpenStore

__all__ = [
    "LEARNED",
    "PREDICTIONS",
    "Evidence",
    "Floats",
    "Predictions",
    "hash_rows",
    "load_learned",
    "save_learned",
    "weigh",
]

LEARNED = "training_rows.parquet"

Keys = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The candidate on its holdout rows, and what the gate's limits ask for.

    Attributes:
        rows: Labels of the holdout rows in the table, shape (n_holdout,).
        actual: Their targets, shape (n_holdout,); codes of classes.
        predicted: What the candidate says of them, shape (n_holdout,); codes likewise.
        inputs: The same rows as the candidate takes them, (n_holdout, n_features).
        raw: The same rows as they stand in the table, every column.
        target: Name of the target column.
        columns: What the candidate takes from its callers.
        table: Fingerprint of the whole table.
        task: What is predicted.
        classes: Labels in the order of their codes; empty in a regression.
        probabilities: Of each class, (n_holdout, n_classes); None likewise.
        slices: Columns of `raw` by which no slice may be worse off; None for every
            text and boolean of `inputs`.
        floor: Score on these rows of a constant guess.
        latency_ms: Median time of one row; None if nobody measured.
        size_mb: What the saved model weighs, in millions of bytes; None likewise.
        trusted_types: Types the champion may be made of beyond this package's list.
        seed: Of the resampling.
    """

    rows: NDArray[Any]
    actual: Floats
    predicted: Floats
    inputs: pd.DataFrame
    raw: pd.DataFrame
    target: str
    columns: Sequence[Column]
    table: str
    task: Task = Task.REGRESSION
    classes: tuple[Label, ...] = ()
    probabilities: Floats | None = None
    slices: Sequence[str] | None = None
    floor: float | None = None
    latency_ms: float | None = None
    size_mb: float | None = None
    trusted_types: Sequence[str] = field(default=())
    seed: int = 42

    @property
    def outputs(self) -> Predicted:
        """What the candidate says, as metrics take it."""
        return Predicted(self.predicted, self.probabilities)

    @property
    def sliced(self) -> pd.DataFrame:
        """The rows with the columns they are sliced by."""
        if self.slices is None:
            return self.inputs
        chosen = {}
        for name in self.slices:
            table = self.inputs if name in self.inputs else self.raw
            if name in table:
                chosen[name] = table[name].array
        return type(self.inputs)(chosen, index=self.inputs.index)


def hash_rows(inputs: pd.DataFrame, target: Floats) -> Keys:
    """Return a number for each row's content, shape (n_rows,): equal rows, equal keys.

    Args:
        inputs: Conformed rows, shape (n_rows, n_features).
        target: Their targets, or codes of classes, shape (n_rows,).
    """
    import pandas as pd

    keys = np.asarray(pd.util.hash_pandas_object(inputs, index=False), dtype=np.uint64)
    targets: Keys = pd.util.hash_array(np.asarray(target, dtype=np.float64))
    # Times an odd number, so that a target does not cancel an equal feature.
    return keys ^ (targets * np.uint64(0x9E3779B97F4A7C15))


def weigh(store: OpenStore, model_id: str) -> float:
    """Return what a logged model's files weigh, in millions of bytes."""
    n_bytes, folders = 0, [""]
    with store.guard():
        while folders:
            path = folders.pop() or None
            for entry in store.client.list_logged_model_artifacts(model_id, path):
                if entry.is_dir:
                    folders.append(entry.path)
                n_bytes += entry.file_size or 0
    return n_bytes / 1e6


def save_learned(keys: Keys, folder: Path) -> Path:
    """Write the keys of the rows a model has learned from, and return the file."""
    import pandas as pd

    path = folder / LEARNED
    pd.DataFrame({"key": np.sort(keys)}).to_parquet(path, index=False)
    return path


def load_learned(path: Path) -> Keys:
    """Read what `save_learned` wrote."""
    import pandas as pd

    return pd.read_parquet(path)["key"].to_numpy(np.uint64)
