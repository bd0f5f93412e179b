"""Whether a predictor says exactly what its pipeline says, before it serves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sweepkit.data.column_profile import TableProfile
from sweepkit.errors import IntegrityError
from sweepkit.models.classify import LabelClassifier
from sweepkit.models.comparison import Comparison, IntervalEnds
from sweepkit.models.interval_asking import intervals_of
from sweepkit.models.interval_numbers import NumberIntervals
from sweepkit.models.outputs import last_step
from sweepkit.models.predictor import Predictor, build_predictor
from sweepkit.models.predictor.pipeline_rows import PipelinePredictor
from sweepkit.models.samples import draw_rows, edge_rows
from sweepkit.tasks import Label

_SAMPLE_ROWS = 256
_ALONE, _EDGES_ALONE = 8, 4  # rows; a pipeline may take 30 ms for one
_FEW = 7
_SEED = 20_640


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How a predictor compares with its pipeline.

    Attributes:
        agreed: Whether every number was exactly the same.
        n_rows: Rows compared; those the pipeline refuses are not among them.
        largest_difference: In the target's unit, or of a class's probability; NaN if
            one of the two had no number.
        where: The first difference, in words; empty if there was none.
        rows_independent: Whether rows get the same numbers alone as among others, and
            so may be joined with those of another request.
        notes: What else was seen, such as rows that only the pipeline refuses.
    """

    agreed: bool
    n_rows: int
    largest_difference: float = 0.0
    where: str = ""
    rows_independent: bool = True
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A predictor fit for service, and how it was checked."""

    predictor: Predictor
    agreement: Agreement


def build_checked(pipeline: Any, profile: TableProfile) -> Checked:
    """Build the fastest predictor that agrees with a pipeline.

    Args:
        pipeline: Fitted.
        profile: What its rows looked like in training.

    Raises:
        IntegrityError: If its labels are others than the profile's, or in another
            order: every answer would have the wrong name.
    """
    _check_labels(pipeline, profile)
    predictor = build_predictor(pipeline, profile.columns)
    agreement = check_agreement(predictor, pipeline, profile)
    if agreement.agreed:
        return Checked(predictor, agreement)
    reason = f"{predictor.form} differs from the pipeline: {agreement.where}"
    return Checked(
        PipelinePredictor(pipeline, profile.columns, reason=reason), agreement
    )


def check_agreement(
    predictor: Predictor, pipeline: Any, profile: TableProfile
) -> Agreement:
    """Compare a predictor with its pipeline on rows drawn from the profile and edges.

    Rows are compared among others and alone, since both may take other ways then.

    Args:
        predictor: Built from `pipeline`.
        pipeline: Fitted.
        profile: What its rows looked like in training.
    """
    reference = PipelinePredictor(pipeline, profile.columns, reason="reference")
    comparison = Comparison(predictor, reference)
    drawn, edges = draw_rows(profile, _SAMPLE_ROWS, _SEED), edge_rows(profile)
    expected = comparison.compare(drawn)
    comparison.compare(edges)
    n_rows = comparison.n_rows
    alone = [comparison.compare(drawn.part(i, i + 1)) for i in range(_ALONE)]
    for i in range(_EDGES_ALONE):
        comparison.compare(edges.part(i, i + 1))
    same = np.array_equal(np.concatenate(alone), expected[:_ALONE], equal_nan=True)
    independent = same and predictor.rows_independent
    if not independent:
        comparison.compare(drawn.part(0, _FEW))
    elif not predictor.reason:
        comparison.repeat(drawn, expected, 1)
        comparison.repeat(drawn, expected, _FEW)
    ends = Comparison(
        IntervalEnds(predictor), IntervalEnds(reference), "the interval's end"
    )
    # Sets of classes follow from probabilities alone.
    if isinstance(intervals_of(pipeline), NumberIntervals):
        for samples in (drawn, edges, drawn.part(0, 1)):
            ends.compare(samples)
    return Agreement(
        agreed=not (comparison.where or ends.where),
        n_rows=n_rows,
        largest_difference=float(
            np.maximum(comparison.largest_difference, ends.largest_difference)
        ),
        where=comparison.where or ends.where,
        rows_independent=independent,
        notes=tuple(dict.fromkeys([*comparison.notes, *ends.notes])),
    )


def _check_labels(pipeline: Any, profile: TableProfile) -> None:
    last = last_step(pipeline)
    own = tuple(last.classes) if isinstance(last, LabelClassifier) else ()
    if own != profile.classes:
        raise IntegrityError(
            f"The model's labels are {_show(own)}; its profile says "
            f"{_show(profile.classes)}. Train or publish it again."
        )


def _show(labels: Sequence[Label]) -> str:
    return ", ".join(map(repr, labels)) or "none"
