"""Blends within their pipelines: fitted at once or in parts, and served."""

from dataclasses import replace

import numpy as np
import pytest
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsRegressor

from sweepkit.data.profiling import profile_table
from sweepkit.data.schema import infer_schema
from sweepkit.features.geo import GeoFeatures
from sweepkit.features.landmarks import Landmarks
from sweepkit.features.preprocess import Inputs
from sweepkit.features.ratios import Ratios
from sweepkit.models.agreement import build_checked
from sweepkit.models.blend import BlendClassifier, BlendRegressor
from sweepkit.models.blend_parts import assemble, part_members
from sweepkit.models.calibration import fit_calibrator
from sweepkit.models.feature_sets import FeatureSets
from sweepkit.models.pipeline import build_pipeline
from sweepkit.models.predictor import build_predictor
from sweepkit.tracking.columns import fit_rows, read_columns

TARGETS = {"regression": "median_house_value", "binary": "sold", "multiclass": "band"}
LIGHT = {
    "n_estimators": 10,
    "min_child_samples": 5,
    "verbosity": -1,
    "deterministic": True,
}
LINEAR = {"missing": "median", "scale": True}
MEMBERS = {
    "regression": [
        LGBMRegressor(**LIGHT),
        ExtraTreesRegressor(10, min_samples_leaf=3, random_state=0),
        Ridge(),
        Ridge(alpha=100.0),
    ],
    "classes": [
        LGBMClassifier(**LIGHT),
        ExtraTreesClassifier(10, min_samples_leaf=3, random_state=0),
        LogisticRegression(max_iter=300),
        LogisticRegression(C=0.01, max_iter=300),
    ],
}
RATIOS = Ratios({"density": ["total_rooms", "households"]})
INPUTS = [{}, {"missing": "median"}, LINEAR, LINEAR]


class Case:
    """A blend over a table of every role, unfitted, and the table's rows."""

    def __init__(self, table, task, members=None, inputs=None):
        target = TARGETS[task]
        others = {*TARGETS.values()} - {target}
        table = table.drop(columns=[one for one in others if one in table])
        self.schema = infer_schema(
            table, target=target, overrides={"agent": "categorical"}
        )
        self.rows = self.schema.conform(table)
        self.target = self.schema.target_values(table)
        has_classes = self.schema.task.has_classes
        members = members or MEMBERS["classes" if has_classes else "regression"]
        kind = BlendClassifier if has_classes else BlendRegressor
        weights = [3.0, 2.0, 1.0, 0.5][: len(members)]
        blend = kind(members, weights, inputs=(inputs or INPUTS)[: len(members)])
        self.pipeline = self.build(blend)
        self.columns = read_columns(self.rows)
        self.frame = fit_rows(self.rows, self.columns)

    def build(self, estimator, inputs=None):
        steps = {"geo": GeoFeatures(None, None, [30], {}, centres=2), "ratios": RATIOS}
        inputs = inputs or Inputs()
        return build_pipeline(
            estimator, self.schema, steps=steps, inputs=inputs, clip_predictions=True
        )

    def fit(self):
        return self.pipeline.fit(self.rows, self.target)

    def profile(self):
        found = profile_table(self.rows, self.columns, target=self.schema.target)
        return replace(found, task=self.schema.task, classes=self.schema.classes)


def ask(model, rows):
    last = model[-1]
    return (model.predict_proba if hasattr(last, "classes_") else model.predict)(rows)


@pytest.fixture(scope="module")
def tables(mixed_table, labelled_table):
    return {
        "regression": mixed_table,
        "binary": labelled_table,
        "multiclass": labelled_table,
    }


@pytest.fixture(scope="module", params=sorted(TARGETS))
def case(request, tables):
    """One blend for numbers, for two classes and for several; fitted."""
    made = Case(tables[request.param], request.param)
    made.model = made.fit()
    return made


class TestServed:
    """A blend is one model: registered, loaded and served as any other."""

    def test_on_plain_arrays_exactly(self, case):
        """The promise: a served prediction is the one that was judged."""
        checked = build_checked(case.model, case.profile())

        assert checked.agreement.agreed, checked.agreement.where
        assert checked.predictor.reason == ""
        assert checked.predictor.form.startswith("weighted mean of 4: LightGBM")

    @pytest.mark.parametrize("size", [1, 2, 7, 33])
    def test_the_same_in_batches_of_any_size(self, case, size):
        """A linear member adds up in another order when rows are many."""
        rows = [list(row) for row in cells(case.rows)]
        predictor = build_predictor(case.model, case.profile().columns)
        for start in range(0, max(2 * size, 6), size):
            part = slice(start, start + size)
            np.testing.assert_array_equal(
                predictor.predict(rows[part]), ask(case.model, case.frame[part])
            )

    def test_a_linear_member_keeps_rows_apart(self, case):
        """Joined with another request's rows its last bit could differ."""
        columns = case.profile().columns
        trees = MEMBERS["classes" if case.schema.task.has_classes else "regression"][:2]
        kind = type(case.model[-1].estimator_)
        alone = case.build(kind(trees, [1.0, 1.0], inputs=INPUTS[:2]))
        alone.fit(case.rows, case.target)

        assert not build_predictor(case.model, columns).rows_independent
        assert build_predictor(alone, columns).rows_independent


def cells(rows):
    """Return a table as a request's reader hands it over."""
    columns = [rows[name].astype(object) for name in rows]
    return zip(*(column.where(column.notna(), None) for column in columns), strict=True)


class TestParts:
    """A sweep fits its members one by one under a clock, and joins what it has."""

    def test_put_together_they_are_the_blend_fitted_at_once(self, case):
        """To the bit: `sweepkit reproduce` fits it at once."""
        parts = part_members(case.pipeline)
        fitted = [part.fit(case.rows, case.target) for part in parts]

        model = assemble(case.pipeline, fitted, case.target)

        np.testing.assert_array_equal(
            ask(model, case.frame), ask(case.model, case.frame)
        )
        assert list(model.named_steps) == list(case.model.named_steps)
        predictor = build_predictor(model, case.profile().columns)
        assert predictor.reason == ""

    def test_each_is_a_model_of_its_own(self, case):
        """Its own features only: what the others need is not computed for it."""
        parts = part_members(case.pipeline)

        assert len(parts) == 4
        assert not any(isinstance(part[0], FeatureSets) for part in parts)
        assert not hasattr(parts[0][-1], "estimator_")
        assert type(parts[0][-1]) is type(case.pipeline[-1])

    def test_what_one_learned_beside_its_fit_is_left_behind(self, tables):
        """Calibration and intervals are those of one member, not of the blend."""
        case = Case(tables["binary"], "binary")
        fitted = [p.fit(case.rows, case.target) for p in part_members(case.pipeline)]
        fitted[0][-1].calibrator_ = "of the first"

        assert assemble(case.pipeline, fitted, case.target)[-1].calibrator_ is None


def test_sets_share_what_they_compute_alike(tables, monkeypatch):
    """Distances to a thousand points of a coast, for each kind of inputs once more."""
    case = Case(tables["regression"], "regression")
    predictor = build_predictor(case.fit(), case.profile().columns)
    describe, calls = Landmarks.describe, []
    monkeypatch.setattr(
        Landmarks, "describe", lambda *given: calls.append(1) or describe(*given)
    )

    predictor.predict([list(row) for row in cells(case.rows[:2])])

    assert isinstance(case.pipeline[0], FeatureSets)
    assert len(calls) == 1


def test_members_that_take_the_same_need_no_sets(tables):
    """The usual ColumnTransformer, and the same in parts."""
    members = [LGBMRegressor(**LIGHT), LGBMRegressor(**LIGHT, num_leaves=5)]
    case = Case(tables["regression"], "regression", members, [{}, {}])
    model = case.fit()
    fitted = [part.fit(case.rows, case.target) for part in part_members(case.pipeline)]

    assert type(model[0]).__name__ == "ColumnTransformer"
    assert build_checked(model, case.profile()).agreement.agreed
    np.testing.assert_array_equal(
        assemble(case.pipeline, fitted, case.target).predict(case.frame),
        model.predict(case.frame),
    )


def test_any_other_estimator_takes_what_the_configuration_says(tables):
    """Blends are the exception."""
    case = Case(tables["regression"], "regression")

    (name, step, _), *_ = case.build(Ridge(), Inputs(**LINEAR))[0].transformers

    assert name == "numeric"
    assert len(step.steps) == 2  # filled, then scaled


def test_calibration_goes_on_top_of_the_mean(tables):
    """It mends what the blend says, not what a member says."""
    case = Case(tables["multiclass"], "multiclass")
    model = case.fit()
    said = model.predict_proba(case.rows)
    model[-1].calibrator_ = fit_calibrator("isotonic", said, case.target)

    checked = build_checked(model, case.profile())

    assert checked.agreement.agreed
    assert checked.predictor.reason == ""
    assert not np.array_equal(model.predict_proba(case.rows), said)


def test_many_classes_are_served_exactly(tables):
    """Histogram boosting adds eight scores up by how many rows there are."""
    table = tables["multiclass"].assign(
        band=[f"band {i % 9}" for i in range(len(tables["multiclass"]))]
    )
    members = [HistGradientBoostingClassifier(max_iter=3), MEMBERS["classes"][1]]
    case = Case(table, "multiclass", members, [{}, {"missing": "median"}])

    checked = build_checked(case.fit(), case.profile())

    assert checked.agreement.agreed
    assert checked.predictor.reason == ""
    assert not checked.predictor.rows_independent


def test_a_member_without_a_plain_form_is_served_by_the_pipeline(tables):
    """Slowly, and right; it says which one it was."""
    members = [LGBMRegressor(**LIGHT), KNeighborsRegressor()]
    case = Case(tables["regression"], "regression", members, [{}, LINEAR])

    checked = build_checked(case.fit(), case.profile())

    assert "KNeighborsRegressor" in checked.predictor.reason
    assert checked.agreement.agreed
