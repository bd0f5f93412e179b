"""How a model of classes decides is learned from folds, and only where it is asked."""

import json

import numpy as np
import pandas as pd
import pytest

from sweepkit.errors import ConfigError, DataError
from sweepkit.tracking.model import load_pipeline


@pytest.fixture
def parcels(bench):
    """A table whose few late parcels are found by none who takes 0.5."""
    rng = np.random.default_rng(3)
    distance, weekday = rng.normal(size=400), rng.integers(0, 5, 400)
    late = distance + 0.3 * weekday + rng.normal(size=400) > 2.3
    table = pd.DataFrame(
        {
            "distance": distance,
            "weekday": [f"day {day}" for day in weekday],
            "sent": np.where(late, "late", "in time"),
        }
    )
    table.to_csv(bench.folder / "parcels.csv", index=False)
    return (f"data.path={bench.folder / 'parcels.csv'}", "data.target=sent")


def judged(bench):
    return json.loads((bench.output / "evaluation_report.json").read_text())


def test_the_positive_label_is_the_one_asked_for(bench, parcels):
    """Precision and recall of parcels in time interest nobody."""
    bench.train(*parcels)
    by_order = judged(bench)
    bench.train(*parcels, "task.positive='in time'", "task=binary")
    turned = judged(bench)

    assert by_order["classes"] == ["in time", "late"]
    assert turned["classes"] == ["late", "in time"]
    auc = "holdout_roc_auc"
    assert by_order["scores"][auc] == pytest.approx(turned["scores"][auc])
    assert turned["scores"]["holdout_f1"] > by_order["scores"]["holdout_f1"]


def test_a_threshold_that_serves_f1_finds_more_of_the_rare_label(bench, parcels):
    """At 0.5 a rare label is hardly ever named, however good the ranking is."""
    bench.train(*parcels)
    plain = judged(bench)
    bench.train(*parcels, "task.threshold=f1")
    tuned = judged(bench)

    assert plain["threshold"] is None
    assert 0 < tuned["threshold"] < 0.5
    assert tuned["scores"]["holdout_f1"] > plain["scores"]["holdout_f1"]
    for score in ("holdout_roc_auc", "cv_f1"):  # ranking and folds stay as they were
        assert tuned["scores"][score] == plain["scores"][score]


@pytest.mark.parametrize("method", ["sigmoid", "isotonic", "temperature"])
def test_calibration_mends_what_weights_have_bent(bench, parcels, method):
    """Balanced weights make a model cry wolf; its probabilities then mean nothing."""
    bench.train(*parcels, "task.class_weight=balanced")
    bent = judged(bench)["scores"]["holdout_log_loss"]
    bench.train(*parcels, "task.class_weight=balanced", f"task.calibration={method}")
    mended = judged(bench)["scores"]["holdout_log_loss"]

    # One number that stretches cannot move probabilities to one side.
    assert mended < bent * (1.02 if method == "temperature" else 0.95)


def test_the_saved_model_decides_as_the_report_says(bench, parcels):
    """Whoever loads the model gets the tuned threshold too."""
    bench.train(*parcels, "task.threshold=f1", "task.calibration=sigmoid")

    outputs = bench.last_run().outputs.model_outputs
    model = load_pipeline(f"models:/{outputs[0].model_id}")
    assert model[-1].threshold == judged(bench)["threshold"]
    rows = pd.read_csv(bench.folder / "parcels.csv")[["distance", "weekday"]]
    second = model.predict_proba(rows)[:, 1] >= model[-1].threshold
    assert model.predict(rows).tolist() == np.where(second, "late", "in time").tolist()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["task.threshold=f2"], "task.threshold is 'f2'", id="objective"),
        pytest.param(["task.threshold=1.5"], "between 0 and 1", id="number"),
        pytest.param(["task.calibration=platt"], "isotonic", id="calibration"),
        pytest.param(["task.class_weight=even"], "task.class_weight", id="weights"),
        pytest.param(["evaluation.metric=rmse"], "Its scores are roc_auc", id="metric"),
        pytest.param(
            ["task=multiclass", "task.threshold=f1"], "most probable", id="threshold"
        ),
        pytest.param(["task=multiclass"], "Choose `task=binary`", id="task"),
        pytest.param(["task.positive=lost"], "'in time', 'late'", id="positive"),
        pytest.param(
            ["data.target=distance", "task=regression", "task.threshold=f1"],
            "a regression has no classes",
            id="regression",
        ),
    ],
)
def test_what_fits_no_class_is_refused_before_a_run_is_recorded(
    bench, parcels, words, said
):
    """A setting that does nothing would be taken for one that helped."""
    with pytest.raises((ConfigError, DataError), match=said):
        bench.train(*parcels, *words)


def test_the_task_that_was_inferred_is_said(bench, parcels, capsys):
    """Two whole numbers may be amounts; whoever knows better can say so."""
    bench.train(*parcels)

    said = capsys.readouterr().out
    assert "binary, positive is 'late' (inferred from the target's values" in said
