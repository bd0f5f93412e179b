"""Saved ensembles: what comes back is what was judged, to the bit."""

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
from sklearn.linear_model import LogisticRegression, Ridge

from sweepkit.data.schema import infer_schema
from sweepkit.features.preprocess import Inputs
from sweepkit.models.blend_config import make_blend_classifier, make_blend_regressor
from sweepkit.models.pipeline import build_pipeline
from sweepkit.tracking.model import ModelCard, save_pipeline
from sweepkit.tracking.model_files import load_folder

RNG = np.random.default_rng(0)
ROWS = pd.DataFrame(
    {
        "size": RNG.normal(size=80),
        "place": RNG.choice(["north", "south"], 80),
        "kind": RNG.choice(["a", "b", "c"], 80),
    }
).assign(price=lambda rows: 3 * rows["size"] + (rows["place"] == "north") + 0.1)
LIGHT = {"n_estimators": 4, "min_child_samples": 2, "verbosity": -1}
LINEAR = {"missing": "median", "scale": True}


def make(task):
    """Return a fitted ensemble, its schema and its rows."""
    is_number = task == "regression"
    boosting, forest, linear = (
        (LGBMRegressor, ExtraTreesRegressor, Ridge)
        if is_number
        else (LGBMClassifier, ExtraTreesClassifier, LogisticRegression)
    )
    members = {
        "boosting": {"estimator": boosting(**LIGHT), "weight": 3},
        "forest": {"estimator": forest(4, random_state=0), "inputs": {}, "weight": 1},
        "linear": {"estimator": linear(), "inputs": LINEAR},
    }
    build = make_blend_regressor if is_number else make_blend_classifier
    target = "price" if is_number else "kind"
    rows = ROWS[ROWS["kind"] != "c"] if task == "binary" else ROWS
    schema = infer_schema(rows, target=target, overrides={})
    conformed = schema.conform(rows)
    model = build_pipeline(
        build(members), schema, steps={}, inputs=Inputs(), clip_predictions=True
    ).fit(conformed, schema.target_values(rows))
    return model, schema, conformed


@pytest.mark.parametrize("task", ["regression", "binary", "multiclass"])
def test_an_ensemble_comes_back_as_it_was(tmp_path, task):
    """Members, their shares, and which columns each of them reads."""
    model, schema, rows = make(task)
    card = ModelCard(
        name="ensemble",
        inputs=rows,
        target=schema.target,
        task=schema.task,
        classes=schema.classes,
    )

    save_pipeline(model, card, tmp_path / "model")
    read = load_folder(tmp_path / "model")

    ask = "predict" if task == "regression" else "predict_proba"
    expected = getattr(model, ask)(rows)
    np.testing.assert_array_equal(getattr(read, ask)(rows), expected)
    assert read[-1].estimator_.slices_ == model[-1].estimator_.slices_
    names = model[0].get_feature_names_out().tolist()
    assert read[0].get_feature_names_out().tolist() == names
    again = read.fit(rows, np.arange(len(rows)) % 2.0)  # as its settings came back too
    assert getattr(again, ask)(rows).shape == expected.shape
