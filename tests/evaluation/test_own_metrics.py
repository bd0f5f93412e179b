"""A metric of one's own, by its path."""

import sys

import numpy as np
import pandas as pd
import pytest

from sweepkit.errors import ConfigError
from sweepkit.evaluation.metrics import (
    METRICS,
    check_metric,
    list_metrics_of,
    score_all,
)
from sweepkit.evaluation.own_metrics import add_metrics
from sweepkit.evaluation.predicted import Predicted
from sweepkit.evaluation.resampling import compare_paired
from sweepkit.evaluation.slices import compare_slices
from sweepkit.registry.gate import Gate, Scorecard, judge
from sweepkit.tasks import Task

MODULE = """
import numpy as np
from sweepkit.evaluation.metrics import Metric

def pinball(actual, predicted):
    error = actual - predicted
    return float(np.mean(np.maximum(0.9 * error, -0.1 * error)))

PINBALL = Metric("pinball", "minimize", "target", pinball)
TAKEN = Metric("rmse", "minimize", "target", pinball)
NOTE = "no metric"
"""


@pytest.fixture(autouse=True)
def own_package(tmp_path, monkeypatch):
    """A package that is installed for a test only, and METRICS as it was before."""
    package = tmp_path / "my_scores"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "tails.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = dict(METRICS)
    yield
    METRICS.clear()
    METRICS.update(before)
    for name in [name for name in sys.modules if name.startswith("my_scores")]:
        del sys.modules[name]


PATH, ALLOWED = "my_scores.tails.PINBALL", ["sweepkit.*", "my_scores.*"]


def test_one_function_and_one_line_make_a_metric_that_is_scored_and_listed():
    """It is logged, shown and searched by like those that were there before."""
    add_metrics([PATH], ALLOWED)
    actual, predicted = np.array([10.0, 20.0]), np.array([8.0, 21.0])

    scores = score_all(Task.REGRESSION, actual, Predicted(predicted))
    assert scores["pinball"] == pytest.approx((0.9 * 2 + 0.1 * 1) / 2)
    assert list_metrics_of(Task.REGRESSION)[-1].name == "pinball"
    assert check_metric("pinball", Task.REGRESSION).direction == "minimize"


def test_the_gate_compares_by_it():
    """With its interval, its slices and its direction, though no fast way is known."""
    add_metrics([PATH], ALLOWED)
    metric, rng = METRICS["pinball"], np.random.default_rng(0)
    actual = rng.normal(size=200)
    rows = (actual, actual + 0.1 * rng.normal(size=200), actual + rng.normal(size=200))
    compared = compare_paired(metric, *rows, resamples=100)
    towns = pd.DataFrame({"town": pd.Series(["a", "b"] * 100, dtype="str")})
    slices = compare_slices(metric, towns, *rows, limit=0.1)

    card = Scorecard(
        metric="holdout_pinball", value=0.0, direction="minimize", holdout="rows"
    )
    decision = judge(card, card, Gate(), comparison=compared)
    assert decision.promote
    assert "holdout_pinball improved" in decision.reason
    assert len(slices) == 2
    assert all(entry.loss < 0 for entry in slices)


def test_named_twice_it_is_one_metric():
    """A worker that has learned of it is told again with every job."""
    add_metrics([PATH], ALLOWED)
    add_metrics([PATH], ALLOWED)

    assert [name for name in METRICS if name == "pinball"] == ["pinball"]


@pytest.mark.parametrize(
    ("path", "allowed", "said"),
    [
        pytest.param(
            PATH, ["sweepkit.*"], r"'my_scores\.\*' to `TRUSTED`", id="not trusted"
        ),
        pytest.param(
            PATH, ["my_scores.tails"], "does not allow", id="only its module trusted"
        ),
        pytest.param(
            "my_scores_too.X", ["my_scores.*"], "does not allow", id="a longer name"
        ),
        pytest.param("my_scores.tails.GONE", ALLOWED, "cannot be imported", id="gone"),
        pytest.param("my_scores.gone.X", ALLOWED, "cannot be imported", id="no module"),
        pytest.param("my_scores.tails.NOTE", ALLOWED, "is a str", id="no metric"),
        pytest.param(
            "my_scores.tails.TAKEN",
            ALLOWED,
            "another one of this name",
            id="name taken",
        ),
    ],
)
def test_what_is_no_metric_to_trust_is_refused_by_its_key(path, allowed, said):
    """A configuration must not import whatever it names."""
    with pytest.raises(ConfigError, match=said) as refused:
        add_metrics([path], allowed)
    assert "evaluation.metrics" in str(refused.value)
    assert "my_scores_too" not in sys.modules


def test_a_path_may_be_trusted_alone():
    """As a `_target_` may."""
    add_metrics([PATH], [PATH])

    assert "pinball" in METRICS
