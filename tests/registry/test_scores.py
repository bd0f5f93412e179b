import pytest

from sweepkit.registry.gate import Scorecard
from sweepkit.registry.scores import read_scorecard, write_scorecard

CARD = Scorecard(
    metric="holdout_rmse", value=0.1 + 0.2, direction="minimize", holdout="rows"
)


def test_a_scorecard_survives_its_tags_to_the_last_digit():
    """A rounded value could turn a tie into a gain."""
    assert read_scorecard(write_scorecard(CARD)) == CARD


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"mlflow.sweepkit.score.value": "good"}, id="no number"),
        pytest.param({"mlflow.sweepkit.score.direction": "up"}, id="no direction"),
    ],
)
def test_tags_of_somebody_else_are_no_scorecard(change):
    """A version registered by hand has other tags or none."""
    assert read_scorecard(write_scorecard(CARD) | change) is None
    assert read_scorecard({}) is None
