import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsRegressor

from sweepkit.data.example import load_california_housing
from sweepkit.errors import DataError
from sweepkit.features.ratios import Ratios
from sweepkit.models.predictor import build_predictor
from sweepkit.models.predictor.pipeline_rows import PipelinePredictor, frame_rows
from sweepkit.models.samples import edge_rows

CONF = Path(__file__).parents[2] / "conf"


def choices(group):
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))


def predictor_of(served):
    return build_predictor(served.pipeline, served.profile.columns)


def outcome(predictor, rows):
    """Return what a predictor says, or that it refuses."""
    try:
        return predictor.predict(rows).tolist()
    except DataError:
        return "refused"


@pytest.mark.parametrize("features", choices("features"))
@pytest.mark.parametrize("model", choices("model"))
class TestEveryChoiceServes:
    """What must hold for every model and every set of features in conf/."""

    @pytest.fixture
    def served(self, fit, model, features):
        return fit(model, features)

    def test_on_plain_arrays(self, served):
        """A choice that fell back would be served a hundred times slower, unnoticed."""
        predictor = predictor_of(served)

        assert predictor.reason == ""
        assert predictor.form != "scikit-learn pipeline"

    def test_the_very_numbers_of_the_pipeline(self, served):
        """The promise: a served prediction is the one that was judged."""
        got = predictor_of(served).predict(served.rows)

        assert got.dtype == np.float64
        np.testing.assert_array_equal(got, served.pipeline.predict(served.frame))

    @pytest.mark.parametrize("size", [1, 2, 7, 33])
    def test_the_same_in_batches_of_any_size(self, served, size):
        """One row takes other ways through numpy than many."""
        predictor, n_rows = predictor_of(served), max(2 * size, 6)
        for start in range(0, n_rows, size):
            part = slice(start, start + size)
            np.testing.assert_array_equal(
                predictor.predict(served.rows[part]),
                served.pipeline.predict(served.frame[part]),
            )

    def test_the_same_on_edge_rows(self, served):
        """Blanks, unseen categories and extremes: where plain forms go wrong first."""
        predictor = predictor_of(served)
        pipeline = PipelinePredictor(
            served.pipeline, served.profile.columns, reason="reference"
        )
        edges = edge_rows(served.profile)
        for row, words in zip(edges.rows, edges.words, strict=True):
            assert outcome(predictor, [row]) == outcome(pipeline, [row]), words

    def test_the_same_from_many_threads(self, served):
        """A server scores large batches in threads while small ones go on."""
        predictor = predictor_of(served)
        parts = [served.rows[i : i + 25] for i in range(0, 100, 25)] * 4
        expected = [predictor.predict(part).tolist() for part in parts]

        with ThreadPoolExecutor(4) as threads:
            got = list(
                threads.map(lambda part: predictor.predict(part).tolist(), parts)
            )

        assert got == expected


def test_every_row_of_the_table_gets_the_pipelines_number(fit):
    """The whole table through the default model: a difference of exactly 0."""
    served = fit("gradient_boosting", "geo", load_california_housing())

    got = predictor_of(served).predict(served.rows)

    assert len(got) == 20_640
    np.testing.assert_array_equal(got, served.pipeline.predict(served.frame))


def test_no_table_library_is_called_to_predict(fit):
    """pandas and scikit-learn's checks cost more than the model itself."""
    served = fit("gradient_boosting", "geo")
    predictor, files = predictor_of(served), set()

    def note(frame, *_):
        files.add(frame.f_code.co_filename)

    sys.setprofile(note)
    try:
        predictor.predict(served.rows[:1])
    finally:
        sys.setprofile(None)

    assert any("encoder.py" in file for file in files)
    strangers = [f for f in files if "/pandas/" in f or "/sklearn/" in f]
    # LightGBM keeps classes of other libraries, or stand-ins, beside its own.
    assert [f for f in strangers if "lightgbm" not in f] == []


class Twisted(Ratios):
    """Overrides what the plain form of its parent relies on."""

    def transform(self, X):
        return super().transform(X) * 2


def test_a_subclass_is_not_taken_for_its_parent(fit):
    """It may compute something else; only the pipeline knows."""
    served = fit("linear", "ratios")
    features = served.pipeline[0]
    (twisted,) = [part for part in features.transformers_ if part[0] == "ratios"]
    step = twisted[1].steps[0][1]
    step.__class__ = Twisted
    try:
        predictor = predictor_of(served)
        got = predictor.predict(served.rows)
        expected = served.pipeline.predict(served.frame)
    finally:
        step.__class__ = Ratios

    assert "Twisted has no form on plain arrays" in predictor.reason
    np.testing.assert_array_equal(got, expected)


def test_an_unknown_model_is_served_by_its_pipeline(fit_table):
    """Any scikit-learn regressor may be trained, so any must be served."""
    table = load_california_housing().head(60)
    served = fit_table(table, KNeighborsRegressor())

    predictor = predictor_of(served)

    assert predictor.form == "scikit-learn pipeline"
    assert "KNeighborsRegressor" in predictor.reason
    np.testing.assert_array_equal(
        predictor.predict(served.rows), served.pipeline.predict(served.frame)
    )


def test_the_pipelines_rows_have_the_types_of_training(fit):
    """A column of the wrong type would change what the fallback predicts."""
    served = fit("dummy", "none")

    frame = frame_rows(served.rows, served.profile.columns)

    assert list(frame.columns) == list(served.frame.columns)
    kinds = {
        column.name: frame[column.name].dtype.kind for column in served.profile.columns
    }
    assert kinds == {name: served.frame[name].dtype.kind for name in kinds}


@pytest.mark.parametrize("model", ["random_forest", "linear"])
def test_numbers_too_large_are_refused_in_words(fit, model):
    """The pipeline refuses them too; infinities would be answered as if known."""
    served = fit(model, "ratios")
    row = [1e300 if isinstance(cell, float) else cell for cell in served.rows[0]]
    row[3] = float("inf")

    with pytest.raises(DataError, match="too large for this model"):
        predictor_of(served).predict([row])
