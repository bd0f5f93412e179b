"""The predictor of last resort: rows made a DataFrame for the pipeline itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sweepkit.data.column_profile import ColumnProfile
from sweepkit.errors import DataError
from sweepkit.models.classify import LabelClassifier
from sweepkit.models.interval_asking import ask_intervals, ask_sets
from sweepkit.models.outputs import last_step
from sweepkit.models.predictor.rows import Floats, Members, Rows

if TYPE_CHECKING:
    import pandas as pd

_TYPES = {"double": "float64", "string": "object", "datetime": "datetime64[us]"}


def frame_rows(rows: Rows, columns: Sequence[ColumnProfile]) -> pd.DataFrame:
    """Return rows as the table the pipeline was fitted on would hold them.

    Args:
        rows: Cells in the order of `columns`.
        columns: What they are; their kinds give the types, a blank boolean makes its
            column one of objects.
    """
    import pandas as pd

    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pd.DataFrame(
        {
            column.name: pd.Series(values, dtype=_type_of(column, values))
            for column, values in zip(columns, cells, strict=True)
        }
    )


class PipelinePredictor:
    """Calls a fitted pipeline; always right, and as slow as it is.

    Args:
        pipeline: Fitted on a DataFrame.
        columns: What the cells of a row are, in order.
        reason: Why there is no faster form.
    """

    def __init__(
        self, pipeline: Any, columns: Sequence[ColumnProfile], *, reason: str
    ) -> None:
        self.form = "scikit-learn pipeline"
        self.reason = reason
        self.rows_independent = True
        self._columns = columns
        # Classifiers of other people answer with what their `predict` says.
        last = last_step(pipeline)
        has_classes = isinstance(last, LabelClassifier)
        self.n_outputs = len(last.classes) if has_classes else 1
        self._pipeline = pipeline
        self._ask = pipeline.predict_proba if has_classes else pipeline.predict

    def predict(self, rows: Rows) -> Floats:
        """Return predictions or probabilities; see `Predictor`."""
        return np.asarray(self._call(self._ask, rows), dtype=np.float64)

    def features(self, rows: Rows) -> Floats:
        """Return what the last step predicts from; see `Predictor`."""
        features = self._call(self._pipeline[:-1].transform, rows)
        return np.asarray(features, dtype=np.float64)

    def intervals(self, rows: Rows, coverage: float) -> Floats | None:
        """Return ends of prediction intervals; see `Predictor`."""
        ends: Floats | None = self._call(
            lambda frame: ask_intervals(self._pipeline, frame, coverage), rows
        )
        return ends

    def sets(self, rows: Rows, coverage: float) -> Members | None:
        """Return prediction sets; see `Predictor`."""
        members: Members | None = self._call(
            lambda frame: ask_sets(self._pipeline, frame, coverage), rows
        )
        return members

    def _call(self, ask: Callable[[pd.DataFrame], Any], rows: Rows) -> Any:
        frame = frame_rows(rows, self._columns)
        try:
            with np.errstate(all="ignore"):
                return ask(frame)
        except (ValueError, TypeError) as error:
            # scikit-learn's words for rows it refuses. Its message may hold cells.
            raise DataError(
                "The model refuses these rows: a number may be too large, or a "
                "category unknown. Correct them."
            ) from error


def _type_of(column: ColumnProfile, values: Sequence[Any]) -> str:
    if column.kind == "boolean":
        return "object" if None in values else "bool"
    return _TYPES[column.kind]
