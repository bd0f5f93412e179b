"""A version's scorecard, written to its tags and read back from them."""

from collections.abc import Mapping
from typing import cast

from sweepkit.evaluation.gains import Direction
from sweepkit.registry.gate import Scorecard

_METRIC = "mlflow.sweepkit.score.metric"
_VALUE = "mlflow.sweepkit.score.value"
_DIRECTION = "mlflow.sweepkit.score.direction"
_HOLDOUT = "mlflow.sweepkit.score.holdout"


def write_scorecard(card: Scorecard) -> dict[str, str]:
    """Return the tags that hold a scorecard, with every digit of its value."""
    return {
        _METRIC: card.metric,
        _VALUE: repr(float(card.value)),
        _DIRECTION: card.direction,
        _HOLDOUT: card.holdout,
    }


def read_scorecard(tags: Mapping[str, str]) -> Scorecard | None:
    """Return the scorecard in a version's tags, or None if somebody else made it."""
    try:
        value = float(tags[_VALUE])
        metric, direction, holdout = (
            tags[key] for key in (_METRIC, _DIRECTION, _HOLDOUT)
        )
    except (KeyError, ValueError):
        return None
    if direction not in ("minimize", "maximize"):
        return None
    return Scorecard(
        metric=metric,
        value=value,
        direction=cast(Direction, direction),
        holdout=holdout,
    )
