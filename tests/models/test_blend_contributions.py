"""Contributions of ensembles add up to what the ensemble says."""

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit, softmax
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline

from sweepkit.data.schema import infer_schema
from sweepkit.features.preprocess import Inputs
from sweepkit.models.blend import BlendClassifier, BlendRegressor
from sweepkit.models.blend_parts import build_features
from sweepkit.models.contribution_blend_classes import share_out
from sweepkit.models.contributions import (
    Contributor,
    Unexplained,
    build_contributions,
    sample_contributions,
)
from sweepkit.models.pipeline import input_columns, wrap_estimator

INPUTS = [{}, {"missing": "median", "scale": True}, {}]
FEW = {"n_estimators": 20, "n_jobs": 1, "verbosity": -1}


def fit_blend(blend, table, target="median_house_value"):
    schema = infer_schema(table, target=target, overrides={"agent": "categorical"})
    features = build_features(blend, input_columns(schema), {}, Inputs(), schema.task)
    last = wrap_estimator(blend, schema, clip_predictions=True)
    rows, codes = schema.conform(table), schema.target_values(table)
    return make_pipeline(features, last).fit(rows, codes), rows


def explain(pipeline: Pipeline, rows) -> tuple[Contributor, np.ndarray]:
    found = build_contributions(pipeline)
    assert isinstance(found, Contributor), found
    return found, np.asarray(pipeline[0].transform(rows), np.float64)


def test_regressors_add_up_under_the_same_names(mixed_table):
    """A column that two members encode in two ways is still one column to a person."""
    boosted = lightgbm.LGBMRegressor(**FEW)
    blend = BlendRegressor([boosted, Ridge(), boosted], [3, 1, 2], inputs=INPUTS)
    pipeline, rows = fit_blend(blend, mixed_table)
    found, matrix = explain(pipeline, rows)
    inner = pipeline[-1].estimator_
    members = zip(inner.members_, inner.slices_, inner.weights_, strict=True)
    unclipped = sum(w * m.predict(matrix[:, where]) for m, where, w in members)
    parts = found.run(matrix)
    np.testing.assert_allclose(parts.sum(axis=1), unclipped, rtol=1e-9)
    assert parts.shape[1] == len(found.names) + 1 == len(set(found.names)) + 1
    assert not any("set" in name or "scale" in name for name in found.names)
    sample = sample_contributions(pipeline, rows, max_rows=10**6, seed=0)
    income = sample.inputs[:, sample.names.index("median_income")]
    np.testing.assert_array_equal(income, rows["median_income"])


@pytest.mark.parametrize("target", ["sold", "band"])
def test_classifiers_add_up_to_the_probabilities(labelled_table, target):
    """They are averaged as probabilities, and so explained as such."""
    other = {"sold": "band", "band": "sold"}[target]
    boosted = lightgbm.LGBMClassifier(**FEW)
    members = [boosted, LogisticRegression(), boosted]
    blend = BlendClassifier(members, [3, 1, 2], inputs=INPUTS)
    table = labelled_table.drop(columns=other)
    pipeline, rows = fit_blend(blend, table, target)
    found, matrix = explain(pipeline, rows)
    wanted = pipeline[-1].predict_proba(matrix)
    assert found.unit == "probability"
    total = found.run(matrix).sum(axis=-1)
    np.testing.assert_allclose(
        total, wanted[:, 1] if target == "sold" else wanted, rtol=1e-9, atol=1e-12
    )
    assert found.codes == ((1,) if target == "sold" else (0, 1, 2, 3))


scores = st.floats(-30, 30)


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, (4, 6), elements=scores))
def test_parts_of_log_odds_become_parts_of_the_probability(said):
    """For any sizes, and for features that add nothing at all."""
    (found,) = share_out(said, "log-odds").transpose(1, 0, 2)
    np.testing.assert_allclose(found.sum(axis=1), expit(said.sum(axis=1)), atol=1e-12)
    assert np.all(np.sign(found[:, :-1]) * np.sign(said[:, :-1]) >= 0)


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, (3, 4, 6), elements=scores))
def test_parts_of_scores_become_parts_of_the_probabilities(said):
    """And what one class gains the others lose."""
    found = share_out(said, "score")
    wanted = softmax(said.sum(axis=2), axis=1)
    np.testing.assert_allclose(found.sum(axis=2), wanted, atol=1e-12)


def test_two_classes_come_to_the_same_either_way():
    """Both rules are one where there is one way from base to answer."""
    said = np.random.default_rng(0).normal(size=(5, 4))
    both = np.stack([np.zeros_like(said), said], axis=1)
    one = share_out(said, "log-odds")[:, 0]
    np.testing.assert_allclose(share_out(both, "score")[:, 1], one, atol=1e-9)


def test_members_of_another_unit_are_refused(mixed_table):
    """Dollars and their logs do not add up."""
    poisson = lightgbm.LGBMRegressor(objective="poisson", **FEW)
    blend = BlendRegressor([lightgbm.LGBMRegressor(**FEW), poisson], [1, 1])
    found = build_contributions(fit_blend(blend, mixed_table)[0])
    assert isinstance(found, Unexplained)
    assert "model.estimator.members" in found.reason
