"""Intervals of the plain form are those of the pipeline, also after a walk to disk."""

from copy import deepcopy

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from skops.io import dumps, get_untrusted_types, loads

from sweepkit.data.example import load_california_housing
from sweepkit.evaluation.predicted import Predicted
from sweepkit.models.agreement import build_checked, check_agreement
from sweepkit.models.clip import ClippedRegressor
from sweepkit.models.interval_asking import ask_intervals, ask_sets, intervals_of
from sweepkit.models.intervals import learn_intervals
from sweepkit.models.outputs import ask
from sweepkit.models.predictor import build_predictor
from sweepkit.models.predictor.pipeline_rows import PipelinePredictor
from sweepkit.models.samples import draw_rows
from sweepkit.tracking.trust import is_trusted

OWN = ("interval_numbers.NumberIntervals", "prediction_sets.ClassSets")


def teach(served, seed=0):
    """Give a fitted model intervals of made-up out-of-fold predictions."""
    pipeline, rng = deepcopy(served.pipeline), np.random.default_rng(seed)
    matrix = np.asarray(pipeline[:-1].transform(served.frame), dtype=np.float64)
    said = ask(pipeline, served.frame)
    off = 1 + np.abs(matrix[:, 0] - np.nanmean(matrix[:, 0]))
    actual = said.values + rng.normal(size=len(off)) * np.nan_to_num(off, nan=1.0)
    if served.profile.task.has_classes:
        actual = said.values
    learn_intervals(
        pipeline,
        matrix,
        np.arange(len(actual)),
        Predicted(said.values, said.probabilities),
        actual,
        task=served.profile.task,
        seed=0,
        threads=1,
    )
    return pipeline


@pytest.fixture(scope="module", params=["gradient_boosting", "random_forest", "linear"])
def taught(request, fit):
    served = fit(request.param, "geo")
    pipeline = teach(served)
    assert pipeline[-1].intervals_.spread_ is not None
    return pipeline, served


@pytest.mark.parametrize("coverage", [0.5, 0.9])
def test_the_very_ends_of_the_pipeline(taught, coverage):
    """What was measured on the holdout must be what is served."""
    pipeline, served = taught
    predictor = build_predictor(pipeline, served.profile.columns)
    assert predictor.reason == ""

    got = predictor.intervals(served.rows, coverage)

    np.testing.assert_array_equal(got, ask_intervals(pipeline, served.frame, coverage))
    assert got.shape == (len(served.rows), 2)
    assert predictor.sets(served.rows, coverage) is None


def test_the_same_alone_as_among_others(taught):
    """Requests are joined and parted as they come."""
    pipeline, served = taught
    predictor = build_predictor(pipeline, served.profile.columns)
    if not predictor.rows_independent:
        pytest.skip("its rows are scored one request at a time")
    rows = draw_rows(served.profile, 40, 0).rows

    alone = np.vstack([predictor.intervals([row], 0.9) for row in rows])

    np.testing.assert_array_equal(alone, predictor.intervals(rows, 0.9))


def test_the_pipelines_own_predictor_tells_them_as_well(taught):
    """A model without plain form is slower, and nothing else."""
    pipeline, served = taught
    slow = PipelinePredictor(pipeline, served.profile.columns, reason="test")

    np.testing.assert_array_equal(
        slow.intervals(served.rows, 0.9), ask_intervals(pipeline, served.frame, 0.9)
    )
    np.testing.assert_array_equal(
        slow.features(served.rows),
        np.asarray(pipeline[:-1].transform(served.frame), dtype=np.float64),
    )
    assert slow.sets(served.rows, 0.9) is None


def test_agreement_covers_intervals(taught):
    """A good prediction with another model's interval would be worse than none."""
    pipeline, served = taught
    checked = build_checked(pipeline, served.profile)
    assert checked.agreement.agreed and not checked.predictor.reason

    other = deepcopy(pipeline)
    other[-1].intervals_.scale_ *= 1 + 1e-12
    predictor = build_predictor(other, served.profile.columns)
    agreement = check_agreement(predictor, pipeline, served.profile)

    assert not agreement.agreed
    assert "for the interval's end" in agreement.where


@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_sets_are_those_of_the_pipeline(fit_classes, task):
    """Labels in the order of the probabilities, as everywhere."""
    served = fit_classes("gradient_boosting", task)
    pipeline = teach(served)
    predictor = build_predictor(pipeline, served.profile.columns)

    members = predictor.sets(served.rows, 0.9)

    np.testing.assert_array_equal(members, ask_sets(pipeline, served.frame, 0.9))
    assert members.shape == (len(served.rows), len(served.profile.classes))
    assert predictor.intervals(served.rows, 0.9) is None


def test_intervals_survive_the_disk(fit_table, fit_classes):
    """As names and arrays: skops must not need to run anything to restore them."""
    houses = load_california_housing().sample(400, random_state=0, ignore_index=True)
    numbers = fit_table(houses, LinearRegression())
    for served in (numbers, fit_classes("gradient_boosting", "multiclass")):
        pipeline = teach(served)
        data = dumps(pipeline)
        trusted = get_untrusted_types(data=data)
        again = loads(data, trusted=trusted)

        carried = intervals_of(pipeline)
        assert type(intervals_of(again)) is type(carried)
        for asked in (ask_intervals, ask_sets):
            first, second = (asked(one, served.frame, 0.9) for one in (pipeline, again))
            assert (first is None) == (second is None)
            if first is not None:
                np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("name", OWN)
def test_their_classes_are_trusted(name):
    """Else no model that carries them could be saved."""
    assert is_trusted("ObjectNode", f"sweepkit.models.{name}")


def test_models_saved_before_there_were_intervals_still_serve(fit):
    """A champion of last month has neither attribute."""
    served = fit("linear", "none")
    pipeline = deepcopy(served.pipeline)
    for name in ("clip", "intervals_"):
        pipeline[-1].__dict__.pop(name, None)

    checked = build_checked(pipeline, served.profile)

    assert checked.agreement.agreed
    assert intervals_of(pipeline) is None
    assert checked.predictor.intervals(served.rows, 0.9) is None
    assert clone(pipeline[-1]).clip is True


def test_a_regressor_need_not_clip():
    """Whoever wants a line to go on beyond its rows still gets intervals."""
    rows = np.arange(10.0).reshape(-1, 1)
    model = ClippedRegressor(LinearRegression(), clip=False).fit(rows, 2 * rows[:, 0])

    assert model.predict(np.array([[-100.0], [100.0]])) == pytest.approx([-200, 200])
    assert (model.low_, model.high_) == (-np.inf, np.inf)
