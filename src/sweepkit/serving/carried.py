"""What a loaded model carries beside predictions, in the form a champion has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sweepkit.serving.champion import Explainer, Predictions, Rows

if TYPE_CHECKING:
    from sweepkit.models.predictor import Predictor


def list_carried(pipeline: Any, predictor: Predictor) -> dict[str, Any]:
    """Return the arguments of a `Champion` that tell what it can add to predictions.

    Args:
        pipeline: Fitted, on one thread.
        predictor: Agrees with it.
    """
    from sweepkit.models.interval_asking import intervals_of
    from sweepkit.models.interval_numbers import NumberIntervals
    from sweepkit.models.prediction_sets import ClassSets

    carried = intervals_of(pipeline)
    explained = _explain(pipeline, predictor)
    return {
        "intervals": (
            _ends_of(predictor) if isinstance(carried, NumberIntervals) else None
        ),
        "sets": carried.sets if isinstance(carried, ClassSets) else None,
        **explained,
    }


def _ends_of(predictor: Predictor) -> Callable[[Rows, float], Predictions]:
    def ends(rows: Rows, coverage: float) -> Predictions:
        found = predictor.intervals(rows, coverage)
        assert found is not None
        return found

    return ends


def _explain(pipeline: Any, predictor: Predictor) -> dict[str, Any]:
    from sweepkit.models.contributions import Unexplained, build_contributions

    found = build_contributions(pipeline)
    if isinstance(found, Unexplained):
        return {"unexplained": found.reason}
    run = found.run
    explainer = Explainer(
        run=lambda rows: run(predictor.features(rows)),
        names=found.names,
        unit=found.unit,
        codes=found.codes,
        row_s=found.row_ms / 1_000,
    )
    return {"contributions": explainer}
