"""Choose the predictor of a fitted pipeline: plain arrays, or the pipeline itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from sweepkit.data.column_profile import ColumnProfile

# Imported for the plugs they register.
from sweepkit.models.predictor import booster as booster
from sweepkit.models.predictor import class_kernels as class_kernels
from sweepkit.models.predictor import derived_steps as derived_steps
from sweepkit.models.predictor import histogram_kernels as histogram_kernels
from sweepkit.models.predictor import text_steps as text_steps
from sweepkit.models.predictor import tree_kernels as tree_kernels
from sweepkit.models.predictor.encoder import Encoder, build_encoder
from sweepkit.models.predictor.kernels import Kernel, build_kernel
from sweepkit.models.predictor.pipeline_rows import PipelinePredictor, frame_rows
from sweepkit.models.predictor.plugs import NotPlain
from sweepkit.models.predictor.rows import Cell, Floats, Predictor, Rows

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
    """

    def __init__(self, encoder: Encoder, kernel: Kernel) -> None:
        self.form = kernel.form
        self.reason = ""
        self.rows_independent = not (kernel.sums_by_layout or kernel.sums_by_rows)
        self.n_outputs = kernel.n_outputs
        self._encode = encoder.encode
        self._run = kernel.run

    def predict(self, rows: Rows) -> Floats:
        """Return predictions or probabilities; see `Predictor`."""
        # Numbers too large overflow here as they do in the pipeline, without its noise.
        with np.errstate(all="ignore"):
            return self._run(self._encode(rows))


def build_predictor(pipeline: Any, columns: Sequence[ColumnProfile]) -> Predictor:
    """Turn a fitted pipeline into a predictor of rows.

    Args:
        pipeline: Fitted on a DataFrame: a ColumnTransformer, then a regressor or a
            `LabelClassifier`.
        columns: What the cells of a row are, in order.

    Returns:
        One on plain arrays, or, with its `reason`, one that calls the pipeline.
    """
    try:
        return PlainPredictor(*_read_pipeline(pipeline, columns))
    except NotPlain as error:
        return PipelinePredictor(pipeline, columns, reason=str(error))


def _read_pipeline(
    pipeline: Any, columns: Sequence[ColumnProfile]
) -> tuple[Encoder, Kernel]:
    parts = [part for _, part in getattr(pipeline, "steps", [])]
    if len(parts) != 2 or type(parts[0]).__name__ != "ColumnTransformer":
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
