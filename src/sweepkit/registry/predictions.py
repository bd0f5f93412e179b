"""What a model said of its holdout rows, as kept with its run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.predicted import Predicted
from sweepkit.registry.labels import check_same_task, relabel, translate
from sweepkit.tasks import Label, Task

PREDICTIONS = "holdout_predictions.parquet"
_SHARES = "p{}"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Predictions:
    """What a model said of its holdout rows.

    Attributes:
        rows: Labels of the rows in the table, shape (n_rows,).
        actual: Their targets, or codes of classes, shape (n_rows,).
        predicted: Predictions for them, shape (n_rows,); codes likewise.
        task: What was predicted.
        classes: Labels in the order of their codes; empty in a regression.
        probabilities: Of each class, (n_rows, n_classes); None likewise.
    """

    rows: NDArray[Any]
    actual: Floats
    predicted: Floats
    task: Task = Task.REGRESSION
    classes: tuple[Label, ...] = ()
    probabilities: Floats | None = None

    @property
    def outputs(self) -> Predicted:
        """What the model said, as metrics take it."""
        return Predicted(self.predicted, self.probabilities)

    def save(self, folder: Path) -> Path:
        """Write them into a folder, as Parquet, and return the file."""
        import pandas as pd

        columns = {"row": self.rows, "actual": self.actual, "predicted": self.predicted}
        if self.probabilities is not None:
            columns |= {
                _SHARES.format(i): p for i, p in enumerate(self.probabilities.T)
            }
        table = pd.DataFrame(columns)
        if self.classes:
            # Kept by pandas in the file's own metadata, as JSON.
            table.attrs = {"task": str(self.task), "classes": list(self.classes)}
        path = folder / PREDICTIONS
        table.to_parquet(path, index=False)
        return path

    @classmethod
    def load(cls, path: Path) -> Predictions:
        """Read what `save` wrote, also before there were classes."""
        import pandas as pd

        table = pd.read_parquet(path)
        classes = tuple(table.attrs.get("classes", ()))
        shares = [_SHARES.format(i) for i in range(len(classes))]
        return cls(
            table["row"].to_numpy(),
            table["actual"].to_numpy(np.float64),
            table["predicted"].to_numpy(np.float64),
            Task(table.attrs.get("task", Task.REGRESSION)),
            classes,
            np.ascontiguousarray(table[shares], dtype=np.float64) if classes else None,
        )

    def align(
        self, rows: NDArray[Any], actual: Floats, classes: Sequence[Label] = ()
    ) -> Predicted | None:
        """Return the predictions in the order of these rows.

        Args:
            rows: Labels of rows in the table.
            actual: Their targets, shape of `rows`; codes of `classes`.
            classes: Labels in whose order the answer is wanted.

        Returns:
            For each of `rows`; None unless these are the same rows with equal targets.

        Raises:
            RegistryError: If these classes are others, or the task is.
        """
        check_same_task(self.classes, classes)
        here, there = np.argsort(rows), np.argsort(self.rows)
        same = np.array_equal(rows[here], self.rows[there])
        known = translate(self.actual, self.classes, classes)
        if not same or not np.array_equal(actual[here], known[there]):
            return None
        places = np.empty_like(there)
        places[here] = there
        return relabel(self.outputs, self.classes, classes).take(places)
