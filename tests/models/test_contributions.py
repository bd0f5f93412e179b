"""Contributions: they add up to the prediction, under names a person knows."""

import importlib.util

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.pipeline import Pipeline

from sweepkit.models.calibration import fit_calibrator
from sweepkit.models.contributions import (
    Contributor,
    Unexplained,
    build_contributions,
    sample_contributions,
)

needs_shap = pytest.mark.skipif(
    importlib.util.find_spec("shap") is None, reason="the extra `shap` is not installed"
)
ALL = [
    "gradient_boosting",
    "linear",
    "dummy",
    pytest.param("random_forest", marks=needs_shap),
    pytest.param("extra_trees", marks=needs_shap),
    pytest.param("hist_gradient_boosting", marks=needs_shap),
]
MOST_ROWS = 60


def explain(served) -> tuple[Contributor, np.ndarray]:
    found = build_contributions(served.pipeline)
    assert isinstance(found, Contributor), found
    return found, matrix_of(served)


def matrix_of(served) -> np.ndarray:
    rows = served.frame.tail(MOST_ROWS)
    return np.asarray(served.pipeline[0].transform(rows), np.float64)


def assert_close(found: np.ndarray, wanted: np.ndarray) -> None:
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("features", ["none", "california"])
@pytest.mark.parametrize("model", ALL)
def test_contributions_and_base_add_up_to_the_unclipped_prediction(
    fit, model, features
):
    """Whoever adds up the bars beside a price must arrive at the price."""
    served = fit(model, features)
    found, matrix = explain(served)
    said = served.pipeline[-1].estimator_.predict(matrix)
    assert served.frame.tail(MOST_ROWS).isna().to_numpy().any()
    parts = found.run(matrix)
    assert parts.shape == (len(matrix), len(found.names) + 1)
    assert_close(parts.sum(axis=1), said)
    assert np.ptp(parts[:, -1]) == 0
    assert (found.unit, found.codes) == ("", ())


@pytest.mark.parametrize("model", ALL)
def test_of_two_classes_they_add_up_to_the_second_ones(fit_classes, model):
    """Log odds, or where a model has none, as a forest, its probability."""
    served = fit_classes(model, "binary")
    found, matrix = explain(served)
    second = served.pipeline[-1].predict_proba(matrix)[:, 1]
    total = found.run(matrix).sum(axis=1)
    if found.unit == "log-odds":
        total = 1 / (1 + np.exp(-total))
    else:
        assert found.unit == "probability"
    assert_close(total, second)
    assert found.codes == (1,)


@pytest.mark.parametrize("model", ALL)
def test_of_many_classes_they_add_up_to_each_ones(fit_classes, model):
    """Each class has contributions of its own, in the order of `codes`."""
    served = fit_classes(model, "multiclass")
    found, matrix = explain(served)
    wanted = served.pipeline[-1].predict_proba(matrix)
    total = found.run(matrix).sum(axis=2)
    if found.unit == "score":
        powers = np.exp(total - total.max(axis=1, keepdims=True))
        total = powers / powers.sum(axis=1, keepdims=True)
    assert found.codes == (0, 1, 2, 3)
    assert_close(total, wanted)


def test_one_hot_columns_are_joined_to_their_column(fit):
    """Nobody asks what `ocean_proximity_INLAND = 0` adds."""
    found, matrix = explain(fit("gradient_boosting", "none"))
    assert len(found.names) < matrix.shape[1]
    assert len(set(found.names)) == len(found.names)
    assert {"ocean_proximity", "pool", "median_income", "sold_on_year"} <= set(
        found.names
    )
    assert not any("INLAND" in name for name in found.names)
    raw = fit("gradient_boosting", "none").pipeline[-1].estimator_.booster_
    whole = raw.predict(matrix, pred_contrib=True)
    names = fit("gradient_boosting", "none").pipeline[0].get_feature_names_out()
    oceans = [name.startswith("ocean_proximity") for name in names]
    place = found.names.index("ocean_proximity")
    assert_close(found.run(matrix)[:, place], whole[:, :-1][:, oceans].sum(axis=1))


def test_a_linear_model_compares_with_the_mean_of_its_training_rows(fit):
    """A house like the average one owes nothing to its income."""
    served = fit("linear", "none")
    found, _ = explain(served)
    whole = np.asarray(served.pipeline[0].transform(served.frame), np.float64)
    mean = found.run(whole).mean(axis=0)[found.names.index("median_income")]
    assert abs(mean) < 1e-6


def test_a_linear_model_on_unscaled_columns_says_what_to_change(fit_table, mixed_table):
    """It does not know the means to compare with; a guess would look like a fact."""
    from sklearn.linear_model import Ridge

    from sweepkit.features.preprocess import Inputs

    served = fit_table(mixed_table, Ridge(), inputs=Inputs(missing="median"))
    found = build_contributions(served.pipeline)
    assert isinstance(found, Unexplained)
    assert "model.inputs.scale=true" in found.reason


def test_trees_after_the_best_round_explain_nothing(fit, fit_table, mixed_table):
    """A model stopped early predicts without them."""
    import lightgbm

    estimator = lightgbm.LGBMRegressor(n_estimators=30, n_jobs=1, verbosity=-1)
    served = fit_table(mixed_table, estimator)
    inner = served.pipeline[-1].estimator_
    inner.booster_.best_iteration = 7
    found, matrix = explain(served)
    assert_close(
        found.run(matrix).sum(axis=1), inner.booster_.predict(matrix, num_iteration=7)
    )


@pytest.mark.parametrize("method", ["sigmoid", "temperature", "isotonic"])
def test_calibration_is_followed_where_it_is_a_line_of_log_odds(fit_classes, method):
    """The bars must fit the probability that is shown, or say that they do not."""
    from copy import deepcopy

    served = fit_classes("linear", "binary")
    pipeline = deepcopy(served.pipeline)
    matrix = matrix_of(served)
    codes = np.arange(len(matrix)) % 3 == 0
    own = pipeline[-1].predict_proba(matrix)
    pipeline[-1].calibrator_ = fit_calibrator(method, own, codes)
    found = build_contributions(pipeline)
    total = 1 / (1 + np.exp(-found.run(matrix).sum(axis=1)))
    if method == "isotonic":
        assert found.unit == "log-odds before calibration"
        assert_close(total, own[:, 1])
    else:
        assert found.unit == "log-odds"
        assert_close(total, pipeline[-1].predict_proba(matrix)[:, 1])


@pytest.mark.parametrize(
    ("objective", "unit"), [("poisson", "log of the target"), ("l1", ""), ("huber", "")]
)
def test_the_unit_follows_the_objective(fit_table, mixed_table, objective, unit):
    """With logs summed up, a bar is a factor and not dollars."""
    import lightgbm

    estimator = lightgbm.LGBMRegressor(
        n_estimators=5, objective=objective, n_jobs=1, verbosity=-1
    )
    served = fit_table(mixed_table, estimator)
    found, matrix = explain(served)
    assert found.unit == unit
    said = served.pipeline[-1].estimator_.predict(matrix)
    total = found.run(matrix).sum(axis=1)
    assert_close(np.exp(total) if unit else total, said)


@pytest.mark.parametrize("objective", ["regression", "binary"])
def test_a_forest_of_lightgbm_is_averaged(objective, fit_table, mixed_table):
    """It predicts the mean of its trees, whose contributions LightGBM adds up."""
    import lightgbm

    settings = {"boosting_type": "rf", "subsample": 0.5, "subsample_freq": 1}
    classifier = objective == "binary"
    kind = lightgbm.LGBMClassifier if classifier else lightgbm.LGBMRegressor
    estimator = kind(n_estimators=5, n_jobs=1, verbosity=-1, **settings)
    table = mixed_table
    if classifier:
        price = table["median_house_value"]
        table = table.assign(
            median_house_value=np.where(price > price.median(), "yes", "no")
        )
    served = fit_table(table, estimator)
    found, matrix = explain(served)
    total = found.run(matrix).sum(axis=1)
    last = served.pipeline[-1]
    if classifier:
        assert_close(1 / (1 + np.exp(-total)), last.predict_proba(matrix)[:, 1])
    else:
        assert_close(total, last.estimator_.predict(matrix))


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"linear_tree": True}, "linear_tree"),
        ({"objective": "regression", "reg_sqrt": True}, "objective"),
    ],
)
def test_what_does_not_add_up_is_refused(fit_table, mixed_table, settings, named):
    """Bars that do not add up to the price would be made up."""
    import lightgbm

    estimator = lightgbm.LGBMRegressor(
        n_estimators=5, n_jobs=1, verbosity=-1, **settings
    )
    found = build_contributions(fit_table(mixed_table, estimator).pipeline)
    assert isinstance(found, Unexplained)
    assert f"model.estimator.{named}" in found.reason


def test_sums_that_are_off_are_refused():
    """Whoever computes them, nobody sees them."""
    from sweepkit.models.contribution_forms import check_sums
    from sweepkit.models.predictor.plugs import NotPlain

    found = np.array([[1.0, 2.0, 3.0]])
    check_sums(found, np.array([6.0]), "shap")
    with pytest.raises(NotPlain, match="shap computes do not add up"):
        check_sums(found, np.array([6.0 + 1e-6]), "shap")


def test_a_forest_without_the_extra_says_how_to_get_it(
    fit_table, mixed_table, monkeypatch
):
    """A reason that names the command is all that is needed."""
    from sweepkit.features.preprocess import Inputs

    forest = RandomForestRegressor(2, max_depth=2)
    served = fit_table(mixed_table, forest, inputs=Inputs(missing="median"))
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "shap" else real(name)
    )
    found = build_contributions(served.pipeline)
    assert isinstance(found, Unexplained)
    assert 'pip install "sweepkit[shap]"' in found.reason


def test_an_estimator_of_somebody_elses_is_named(fit_table, mixed_table):
    """It may be a good model; its reasons are unknown."""
    from sklearn.neighbors import KNeighborsRegressor

    from sweepkit.features.preprocess import Inputs

    served = fit_table(
        mixed_table, KNeighborsRegressor(), inputs=Inputs(missing="median")
    )
    found = build_contributions(served.pipeline)
    assert isinstance(found, Unexplained)
    assert found.reason.startswith("KNeighborsRegressor")
    assert (
        sample_contributions(served.pipeline, served.frame, max_rows=5, seed=0) is None
    )
    alone = Pipeline([("only", served.pipeline[-1])])
    assert isinstance(build_contributions(alone), Unexplained)


def test_a_sample_is_the_same_for_the_same_seed_on_any_number_of_threads(fit):
    """Reports of the same run must be the same file."""
    served = fit("gradient_boosting", "none")

    def draw(seed, threads):
        return sample_contributions(
            served.pipeline, served.frame, max_rows=50, seed=seed, threads=threads
        )

    first, again, other = draw(1, 1), draw(1, 3), draw(2, 1)
    assert first.values.shape == first.inputs.shape == (50, len(first.names))
    np.testing.assert_array_equal(first.values, again.values)
    np.testing.assert_array_equal(first.inputs, again.inputs)
    assert not np.array_equal(first.values, other.values)


def test_a_sample_knows_what_the_features_were(fit):
    """Its colours tell high from low; a category is neither."""
    served = fit("gradient_boosting", "none")
    sample = sample_contributions(served.pipeline, served.frame, max_rows=10**6, seed=0)
    assert len(sample.values) == len(served.frame)
    income = sample.inputs[:, sample.names.index("median_income")]
    np.testing.assert_array_equal(income, served.frame["median_income"])
    assert np.isnan(sample.inputs[:, sample.names.index("ocean_proximity")]).all()
    said = served.pipeline[-1].estimator_.predict(
        served.pipeline[0].transform(served.frame)
    )
    assert_close(sample.values.sum(axis=1) + sample.base, said)


def test_a_sample_of_many_classes_speaks_for_the_class_that_is_named(fit_classes):
    """One number a feature and row: what it says for the answer that is given."""
    served = fit_classes("gradient_boosting", "multiclass")
    sample = sample_contributions(served.pipeline, served.frame, max_rows=30, seed=0)
    assert sample.unit == "score"
    assert sample.values.shape == (30, len(sample.names))


@pytest.mark.parametrize(
    ("row_ms", "wanted", "drawn"),
    [(0.0, 300, 300), (1.0, 300, 300), (10.0, 300, 120), (100.0, 300, 40), (100, 9, 9)],
)
def test_a_sample_is_as_large_as_its_time_allows(row_ms, wanted, drawn):
    """Counted and not measured, so that every machine draws the same rows."""
    from sweepkit.models.contributions import _count_rows

    assert _count_rows(row_ms, wanted) == drawn
    assert _count_rows(600.0, wanted) == 0


def test_a_model_that_takes_minutes_is_not_sampled(fit, monkeypatch):
    """A report must not wait for a picture."""
    served = fit("gradient_boosting", "none")
    monkeypatch.setattr("sweepkit.models.contribution_boosting._LEAF_MS", 10.0)
    assert (
        sample_contributions(served.pipeline, served.frame, max_rows=300, seed=0)
        is None
    )


def test_steps_without_names_still_have_one_each(fit_table, mixed_table):
    """A step of somebody's own may name nothing."""
    from sweepkit.models.contribution_columns import list_columns

    served = fit_table(mixed_table.drop(columns=["sold_on", "agent"]), make_stump())
    features = served.pipeline[0]
    features.transformers_ = [
        (name, Nameless() if name == "numeric" else part, chosen)
        for name, part, chosen in features.transformers_
    ]
    names = [column.name for column in list_columns(features)]
    assert names[:2] == ["numeric 1", "numeric 2"]


class Nameless:
    """A transformer that names no columns."""


def make_stump():
    import lightgbm

    return lightgbm.LGBMRegressor(n_estimators=1, n_jobs=1, verbosity=-1)


def test_contributions_run_without_a_table(fit):
    """The server has arrays, and no table library, at a request."""
    found, matrix = explain(fit("gradient_boosting", "none"))
    assert not isinstance(matrix, pd.DataFrame)
    one = found.run(np.ascontiguousarray(matrix[:1]))
    np.testing.assert_array_equal(one, found.run(matrix)[:1])
