"""What each feature adds to a prediction (SHAP values), exactly, for a fitted model.

Public: `build_contributions` for whoever serves or explains, `sample_contributions`
for the report, `Contributor` and `Unexplained`, which the first returns. A kind of
estimator is a plug, one function each, in `contribution_forms.RAW_FORMS`.

    found = build_contributions(pipeline)
    if isinstance(found, Unexplained):
        refuse(found.reason)  # such as: pip install "sweepkit[shap]"
    else:
        found.run(matrix)  # (n_rows, n_features + 1), see `Contributor`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sweepkit.evaluation.judgement import ContributionSample
from sweepkit.evaluation.threads import map_threads

# Imported for the plugs they register.
from sweepkit.models import contribution_blend as contribution_blend
from sweepkit.models import contribution_blend_classes as contribution_blend_classes
from sweepkit.models import contribution_boosting as contribution_boosting
from sweepkit.models import contribution_linear as contribution_linear
from sweepkit.models import contribution_trees as contribution_trees
from sweepkit.models.classify import LabelClassifier
from sweepkit.models.clip import ClippedRegressor
from sweepkit.models.contribution_calibration import mend
from sweepkit.models.contribution_columns import (
    join_columns,
    list_columns,
    pick_inputs,
)
from sweepkit.models.contribution_forms import Column, Floats, find_raw
from sweepkit.models.contribution_forms import Contributor as Contributor
from sweepkit.models.contribution_forms import Unexplained as Unexplained
from sweepkit.models.predictor.plugs import NotPlain

if TYPE_CHECKING:
    import pandas as pd

# What a report spends on its sample, in milliseconds on one core, and what it may
# spend where less would leave too few rows for a picture.
_USUAL_MS, _MOST_MS = 1_200.0, 5_000.0
_FEWEST_ROWS = 40


def build_contributions(pipeline: Any) -> Contributor | Unexplained:
    """Return what explains the predictions of a fitted pipeline.

    Args:
        pipeline: Features, then a `ClippedRegressor`, a `LabelClassifier` or a bare
            regressor.

    Returns:
        What explains them, on the matrix that the features make; or why nothing does.
    """
    parts = [part for _, part in getattr(pipeline, "steps", [])]
    if len(parts) != 2:
        return Unexplained("The model is not features and one step after them.")
    try:
        return _build(list_columns(parts[0]), parts[1])
    except NotPlain as error:
        return Unexplained(str(error))


def sample_contributions(
    model: Any, rows: pd.DataFrame, *, max_rows: int, seed: int, threads: int = 1
) -> ContributionSample | None:
    """Explain some rows, for a picture of what drives predictions.

    Args:
        model: Fitted pipeline.
        rows: Conformed rows, (n_rows, n_columns).
        max_rows: Rows drawn at most; fewer of a model that takes long, so that the
            whole takes about a second on one core, and at most five.
        seed: Of the draw.
        threads: How many explain rows at the same time.

    Returns:
        None of a model that has no contributions, or takes too long. Of several
        classes, each row's contributions are those to the class it is named.
    """
    found = build_contributions(model)
    if isinstance(found, Unexplained):
        return None
    n_rows = _count_rows(found.row_ms, min(max_rows, len(rows)))
    if not n_rows:
        return None
    drawn = np.random.default_rng(seed).permutation(len(rows))[:n_rows]
    matrix = np.asarray(model[0].transform(rows.iloc[np.sort(drawn)]), np.float64)
    blocks = np.array_split(matrix, min(threads, n_rows))
    values = np.concatenate(list(map_threads(found.run, blocks, threads)))
    if values.ndim == 3:
        named = values.sum(axis=2).argmax(axis=1)
        values = values[np.arange(len(values)), named]
    return ContributionSample(
        names=found.names,
        values=values[:, :-1],
        inputs=pick_inputs(matrix, list_columns(model[0])),
        base=float(values[:, -1].mean()),
        unit=found.unit,
    )


def _count_rows(row_ms: float, n_rows: int) -> int:
    """Return how many of so many rows are worth their time; 0 if not even a few are."""
    fewest = min(_FEWEST_ROWS, n_rows)
    if fewest * row_ms > _MOST_MS:
        return 0
    return max(fewest, min(n_rows, int(_USUAL_MS / row_ms) if row_ms else n_rows))


def _build(columns: list[Column], last: Any) -> Contributor:
    wrapped = isinstance(last, ClippedRegressor | LabelClassifier)
    estimator = last.estimator_ if wrapped else last
    raw = find_raw(estimator, columns)
    if isinstance(last, LabelClassifier):
        raw = mend(raw, last.calibrator_)
    names, joined = join_columns(columns)

    def run(features: Floats) -> Floats:
        found = raw.run(features)
        return np.concatenate([found[..., :-1] @ joined, found[..., -1:]], axis=-1)

    return Contributor(
        names=names,
        run=raw.run if len(names) == len(columns) else run,
        unit=raw.unit,
        codes=tuple(int(estimator.classes_[code]) for code in raw.codes),
        row_ms=raw.row_ms,
    )
