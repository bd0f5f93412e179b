"""Every model of conf/ on labels: one class rare, others texts, blanks among inputs."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from skops.io import dumps, loads

from sweepkit.data.column_profile import TableProfile
from sweepkit.errors import DataError, IntegrityError
from sweepkit.models.agreement import build_checked
from sweepkit.models.calibration import CALIBRATIONS, fit_calibrator
from sweepkit.models.outputs import ask
from sweepkit.models.predictor import build_predictor
from sweepkit.models.predictor.pipeline_rows import PipelinePredictor
from sweepkit.models.samples import edge_rows
from sweepkit.models.threshold import set_decision
from sweepkit.tracking.archive import check_archive

MODELS = sorted(
    path.stem for path in (Path(__file__).parents[2] / "conf/model").glob("*.yaml")
)
LABELS = {"binary": ["no", "yes"], "multiclass": ["a palace", "cheap", "dear", "fair"]}


def predictor_of(served):
    return build_predictor(served.pipeline, served.profile.columns)


def outcome(predictor, rows):
    """Return what a predictor says, or that it refuses."""
    try:
        return predictor.predict(rows).tolist()
    except DataError:
        return "refused"


@pytest.mark.parametrize("task", LABELS)
@pytest.mark.parametrize("model", MODELS)
class TestEveryModelKnowsClasses:
    """What must hold for every model of conf/, of two classes and of several."""

    @pytest.fixture
    def served(self, fit_classes, model, task):
        return fit_classes(model, task)

    def test_it_answers_with_labels(self, served, task):
        """What a person put into the table comes out, not a code."""
        labels = served.pipeline.predict(served.frame)

        assert set(labels) <= set(LABELS[task])
        assert served.pipeline.classes_.tolist() == LABELS[task]

    def test_each_row_has_a_probability_for_every_class(self, served, task):
        """Shares of a whole, in an order that is fixed and recorded."""
        shares = served.pipeline.predict_proba(served.frame)

        assert shares.shape == (400, len(LABELS[task]))
        assert ((shares >= 0) & (shares <= 1)).all()
        np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=0, atol=1e-12)

    def test_it_is_served_on_plain_arrays(self, served, task):
        """A choice that fell back would be served a hundred times slower, unnoticed."""
        predictor = predictor_of(served)

        assert predictor.reason == ""
        assert predictor.n_outputs == len(LABELS[task])

    @pytest.mark.parametrize("size", [1, 2, 7, 400])
    def test_the_very_probabilities_of_the_pipeline(self, served, size):
        """The promise: a served probability is the one that was judged."""
        predictor = predictor_of(served)
        for start in range(0, min(5 * size, 400), size):
            part = slice(start, start + size)
            np.testing.assert_array_equal(
                predictor.predict(served.rows[part]),
                served.pipeline.predict_proba(served.frame[part]),
            )

    def test_the_same_on_edge_rows(self, served):
        """Blanks, unseen categories and extremes: where plain forms go wrong first."""
        predictor = predictor_of(served)
        columns = served.profile.columns
        pipeline = PipelinePredictor(served.pipeline, columns, reason="reference")
        edges = edge_rows(served.profile)
        for row, words in zip(edges.rows, edges.words, strict=True):
            assert outcome(predictor, [row]) == outcome(pipeline, [row]), words

    @pytest.mark.parametrize("method", CALIBRATIONS)
    def test_saved_and_loaded_it_says_the_same(self, served, method):
        """With its calibration and threshold, from names that are all trusted."""
        data = dumps(served.pipeline)
        model = loads(data, trusted=check_archive(data))
        found = ask(model, served.frame)
        codes = np.arange(len(found)) % found.probabilities.shape[1]
        mended = fit_calibrator(method, found.probabilities, codes)
        set_decision(model, threshold=0.3, calibrator=mended)
        said = ask(model, served.frame)

        data = dumps(model)
        again = loads(data, trusted=check_archive(data))

        loaded = ask(again, served.frame)
        np.testing.assert_array_equal(loaded.probabilities, said.probabilities)
        np.testing.assert_array_equal(loaded.values, said.values)
        assert type(again[-1].calibrator_) is type(mended)

    def test_the_check_before_service_passes(self, served):
        """What the server asks of a model before it answers with it."""
        checked = build_checked(served.pipeline, served.profile)

        assert checked.agreement.agreed, checked.agreement.where
        assert checked.predictor.reason == ""
        assert checked.agreement.largest_difference == 0


class Changed:
    """A predictor that says something else of one class."""

    form, reason, rows_independent = "changed", "", True

    def __init__(self, inner, code, change):
        self.inner, self.code, self.change = inner, code, change
        self.n_outputs = inner.n_outputs

    def predict(self, rows):
        said = self.inner.predict(rows).copy()
        said[:, self.code] = self.change(said[:, self.code])
        return said


def test_a_last_bit_of_one_class_is_a_difference(fit_classes, monkeypatch):
    """Each probability is compared, and the report names the class."""
    served = fit_classes("gradient_boosting", "multiclass")
    wrong = Changed(predictor_of(served), 2, lambda p: np.nextafter(p, 1))
    monkeypatch.setattr("sweepkit.models.agreement.build_predictor", lambda *_: wrong)

    checked = build_checked(served.pipeline, served.profile)

    assert not checked.agreement.agreed
    assert "for class 2" in checked.agreement.where
    assert 0 < checked.agreement.largest_difference < 1e-9
    np.testing.assert_array_equal(
        checked.predictor.predict(served.rows),
        served.pipeline.predict_proba(served.frame),
    )


@pytest.mark.parametrize(
    "classes", [("fair", "a palace", "cheap", "dear"), ()], ids=["order", "none"]
)
def test_a_profile_with_other_labels_is_refused(fit_classes, classes):
    """In another order every answer would be given a wrong name, silently."""
    served = fit_classes("dummy", "multiclass")
    profile = replace(served.profile, classes=classes)

    with pytest.raises(IntegrityError, match="The model's labels are 'a palace', 'che"):
        build_checked(served.pipeline, profile)


def test_labels_survive_the_profiles_walk_through_json(fit_classes):
    """It is a file beside the model; its labels must still be those of the model."""
    served = fit_classes("dummy", "binary")
    profile = TableProfile.from_dict(json.loads(json.dumps(asdict(served.profile))))

    assert build_checked(served.pipeline, profile).agreement.agreed
