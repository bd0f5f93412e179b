"""Choose the predictor of a fitted pipeline: plain arrays, or the pipeline itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from sweepkit.data.column_profile import ColumnProfile
from sweepkit.models.interval_asking import intervals_of
from sweepkit.models.interval_numbers import NumberIntervals
from sweepkit.models.prediction_sets import ClassSets

# Imported for the plugs they register.
from sweepkit.models.predictor import blend_kernels as blend_kernels
from sweepkit.models.predictor import booster as booster
from sweepkit.models.predictor import class_kernels as class_kernels
from sweepkit.models.predictor import derived_steps as derived_steps
from sweepkit.models.predictor import histogram_kernels as histogram_kernels
from sweepkit.models.predictor import text_steps as text_steps
from sweepkit.models.predictor import tree_kernels as tree_kernels
from sweepkit.models.predictor.encoder import Encoder, build_encoder
from sweepkit.models.predictor.interval_kernels import Ends, build_ends
from sweepkit.models.predictor.kernels import Kernel, build_kernel
from sweepkit.models.predictor.pipeline_rows import PipelinePredictor, frame_rows
from sweepkit.models.predictor.plugs import NotPlain
from sweepkit.models.predictor.rows import Cell, Floats, Members, Predictor, Rows

_FEATURES = ("ColumnTransformer", "FeatureSets")
_NEUTRAL: dict[str, Cell] = {
    "double": 1.0,
    "string": "",
    "boolean": True,
    "datetime": datetime(2000, 1, 1),
}


class PlainPredictor:
    """Rows to predictions by arrays alone.

    Args:
        encoder: Rows to features.
        kernel: Features to predictions.
        ends: Features and predictions to intervals; None where there are none.
        sets: Probabilities to prediction sets; None where there are none.
    """

    def __init__(
        self,
        encoder: Encoder,
        kernel: Kernel,
        ends: Ends | None = None,
        sets: ClassSets | None = None,
    ) -> None:
        self.form = kernel.form
        self.reason = ""
        self.rows_independent = not (kernel.sums_by_layout or kernel.sums_by_rows)
        self.n_outputs = kernel.n_outputs
        self._encode = encoder.encode
        self._run = kernel.run
        self._ends, self._sets = ends, sets

    def predict(self, rows: Rows) -> Floats:
        """Return predictions or probabilities; see `Predictor`."""
        # Numbers too large overflow here as they do in the pipeline, without its noise.
        with np.errstate(all="ignore"):
            return self._run(self._encode(rows))

    def features(self, rows: Rows) -> Floats:
        """Return what the last step predicts from; see `Predictor`."""
        with np.errstate(all="ignore"):
            return self._encode(rows)

    def intervals(self, rows: Rows, coverage: float) -> Floats | None:
        """Return ends of prediction intervals; see `Predictor`."""
        if self._ends is None:
            return None
        with np.errstate(all="ignore"):
            features = self._encode(rows)
            return self._ends(features, self._run(features), coverage)

    def sets(self, rows: Rows, coverage: float) -> Members | None:
        """Return prediction sets; see `Predictor`."""
        if self._sets is None:
            return None
        return self._sets.sets(self.predict(rows), coverage)


def build_predictor(pipeline: Any, columns: Sequence[ColumnProfile]) -> Predictor:
    """Turn a fitted pipeline into a predictor of rows.

    Args:
        pipeline: Fitted on a DataFrame: one or several ColumnTransformers, then a
            regressor or a `LabelClassifier`.
        columns: What the cells of a row are, in order.

    Returns:
        One on plain arrays, or, with its `reason`, one that calls the pipeline.
    """
    try:
        encoder, kernel = _read_pipeline(pipeline, columns)
        carried = intervals_of(pipeline)
        return PlainPredictor(
            encoder,
            kernel,
            build_ends(carried) if isinstance(carried, NumberIntervals) else None,
            carried if isinstance(carried, ClassSets) else None,
        )
    except NotPlain as error:
        return PipelinePredictor(pipeline, columns, reason=str(error))


def _read_pipeline(
    pipeline: Any, columns: Sequence[ColumnProfile]
) -> tuple[Encoder, Kernel]:
    parts = [part for _, part in getattr(pipeline, "steps", [])]
    if len(parts) != 2 or type(parts[0]).__name__ not in _FEATURES:
        raise NotPlain("the model is not a ColumnTransformer and one step after it")
    encoder, kernel = build_encoder(parts[0], columns), build_kernel(parts[1])
    if kernel.sums_by_layout and _lies_by_columns(parts[0], columns):
        run = kernel.run
        kernel = replace(kernel, run=lambda matrix: run(np.asfortranarray(matrix)))
    return encoder, kernel


def _lies_by_columns(features: Any, columns: Sequence[ColumnProfile]) -> bool:
    """Return whether the pipeline's own matrix is one of columns, not of rows."""
    row = [_NEUTRAL[column.kind] for column in columns]
    try:
        matrix = features.transform(frame_rows([row, row], columns))
    except ValueError:
        # An encoder that refuses unknown categories; its matrix is one of rows.
        return False
    return bool(matrix.flags.f_contiguous)
