"""Models that carry their training rows along answer with the pipeline's numbers."""

import numpy as np
import pytest
import skops.io
from lightgbm import LGBMClassifier, LGBMRegressor

from sweepkit.features.geo_knn import GeoKnn
from sweepkit.features.geo_lag import GeoLag
from sweepkit.models.agreement import build_checked
from sweepkit.models.predictor import build_predictor


@pytest.mark.parametrize(
    ("model", "features"),
    [
        ("gradient_boosting", "geo_lag"),
        ("gradient_boosting", "geo_knn"),
        ("gradient_boosting", "california_knn"),
        ("random_forest", "california_lag"),
    ],
)
def test_a_row_gets_the_same_number_alone_and_among_others(fit, model, features):
    """Bit by bit, in the pipeline and on plain arrays, on usual and on edge rows."""
    served = fit(model, features)

    checked = build_checked(served.pipeline, served.profile)

    assert checked.agreement.agreed
    assert checked.agreement.rows_independent
    assert checked.predictor.reason == ""


def test_a_linear_model_agrees_too(fit):
    """It scales the features, and fills those of a blank position by the median."""
    served = fit("linear", "california_knn")

    checked = build_checked(served.pipeline, served.profile)

    assert checked.agreement.agreed
    assert checked.predictor.reason == ""


@pytest.mark.parametrize("target", ["sold", "band"], ids=["two classes", "several"])
def test_shares_of_classes_agree(fit_table, labelled_table, target):
    """Every class has columns of its own; a rare one may be missing in a fold."""
    task = "binary" if target == "sold" else "multiclass"
    table = labelled_table.drop(columns="band" if target == "sold" else "sold")
    served = fit_table(
        table,
        LGBMClassifier(n_estimators=10, n_jobs=1, verbosity=-1),
        steps={"lag": GeoLag(inputs=["population"]), "knn": GeoKnn(task=task)},
        target=target,
    )

    checked = build_checked(served.pipeline, served.profile)

    assert checked.agreement.agreed
    assert checked.predictor.reason == ""


def test_a_stored_model_answers_as_before(fit_table, mixed_table):
    """The tree is made again from the rows, and must find the same neighbours."""
    served = fit_table(
        mixed_table,
        LGBMRegressor(n_estimators=10, n_jobs=1, verbosity=-1),
        steps={"lag": GeoLag(), "knn": GeoKnn()},
    )
    expected = served.pipeline.predict(served.frame)
    data = skops.io.dumps(served.pipeline)
    types = skops.io.get_untrusted_types(data=data)

    loaded = skops.io.loads(data, trusted=types)

    assert not any("KDTree" in name for name in types)
    predictor = build_predictor(loaded, served.profile.columns)
    np.testing.assert_array_equal(predictor.predict(served.rows), expected)
    np.testing.assert_array_equal(loaded.predict(served.frame), expected)


def test_the_tree_is_ready_before_the_first_request(fit, monkeypatch):
    """No request waits for it: with its builder gone the predictor still answers."""
    served = fit("gradient_boosting", "geo_lag")
    predictor = build_predictor(served.pipeline, served.profile.columns)

    monkeypatch.setattr("scipy.spatial.cKDTree", None)

    assert len(predictor.predict(served.rows[:1])) == 1
