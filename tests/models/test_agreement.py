from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsRegressor

from sweepkit.data.example import load_california_housing
from sweepkit.errors import DataError
from sweepkit.models.agreement import build_checked, check_agreement
from sweepkit.models.predictor import build_predictor
from sweepkit.models.predictor.steps import STEPS, Step


class Changed:
    """A predictor that says something else where it is told to."""

    form, reason, rows_independent = "changed", "", True

    def __init__(self, served, change):
        self.inner = build_predictor(served.pipeline, served.profile.columns)
        self.change = change

    def predict(self, rows):
        return self.change(rows, self.inner.predict(rows))


class Halved(TransformerMixin, BaseEstimator):
    """A transformer whose plain form, below, is wrong."""

    columns = ("total_rooms",)

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return X.to_numpy() / 2

    def get_feature_names_out(self, input_features=None):
        return np.array(["half"], dtype=object)


@STEPS.add(__name__, "Halved")
def wrong_form(fitted):
    return [Step(lambda block: block / 2.0000001)]


def agreement_of(served, change):
    return check_agreement(Changed(served, change), served.pipeline, served.profile)


@pytest.mark.parametrize("model", ["gradient_boosting", "random_forest"])
def test_a_faithful_predictor_is_chosen(fit, model):
    """Falling back for no reason would cost a hundredfold."""
    served = fit(model, "geo")

    checked = build_checked(served.pipeline, served.profile)

    assert checked.agreement.agreed
    assert checked.agreement.n_rows > 256
    assert checked.agreement.largest_difference == 0
    assert checked.agreement.rows_independent
    assert checked.predictor.reason == ""


def test_a_wrong_plain_form_falls_back_to_the_pipeline(fit_table):
    """A plug with a bug may cost speed, never a wrong prediction."""
    table = load_california_housing().head(80)
    served = fit_table(table, LinearRegression(), steps={"half": Halved()})

    checked = build_checked(served.pipeline, served.profile)

    assert not checked.agreement.agreed
    assert checked.agreement.largest_difference > 0
    assert checked.predictor.form == "scikit-learn pipeline"
    assert "differs from the pipeline: a row (example" in checked.predictor.reason
    np.testing.assert_array_equal(
        checked.predictor.predict(served.rows), served.pipeline.predict(served.frame)
    )


def test_a_difference_in_the_last_bit_is_one(fit):
    """Equal means equal: what a client compares is the number itself."""
    found = agreement_of(
        fit("gradient_boosting", "none"), lambda _, y: np.nextafter(y, np.inf)
    )

    assert not found.agreed
    assert 0 < found.largest_difference < 1e-9
    assert " gets " in found.where


@pytest.mark.parametrize(
    ("change", "where"),
    [
        pytest.param(lambda rows, y: y + (len(rows) == 1), "alone", id="one row"),
        pytest.param(lambda rows, y: y + (len(rows) == 7), "among 7", id="a few"),
        pytest.param(lambda rows, y: y + (len(rows) > 7), "among 256", id="many"),
    ],
)
def test_every_size_of_batch_is_compared(fit, change, where):
    """One row, a few and many may each be computed in another way."""
    found = agreement_of(fit("gradient_boosting", "none"), change)

    assert not found.agreed
    assert found.largest_difference == 1
    assert where in found.where


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        pytest.param(None, "", id="blank"),
        pytest.param("a category no table has", "", id="unseen category"),
        pytest.param(1e300, "huge", id="huge number"),
    ],
)
def test_edge_rows_are_compared(fit, cell, words):
    """A form that goes wrong on rare cells only must not pass."""
    found = agreement_of(
        fit("gradient_boosting", "none"),
        lambda rows, y: y + [cell in row for row in rows],
    )

    assert not found.agreed
    assert words in found.where


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _, y: y[:-1], id="a row too few"),
        pytest.param(lambda _, y: y * np.nan, id="no number"),
        pytest.param(lambda *_: {}[0], id="an error"),
    ],
)
def test_a_broken_predictor_is_found_out(fit, change):
    """Whatever goes wrong in a plain form, the model is served all the same."""
    found = agreement_of(fit("gradient_boosting", "none"), change)

    assert not found.agreed
    assert np.isnan(found.largest_difference)


def test_rows_that_only_the_pipeline_refuses_are_noted(fit):
    """Such a row has no number to compare with; an answer to it is no promise."""
    served = fit("random_forest", "none")
    predictor = build_predictor(served.pipeline, served.profile.columns)

    def answer_all(rows):
        try:
            return predictor.predict(rows)
        except DataError:
            return np.zeros(len(rows))

    generous = Changed(served, None)
    generous.predict = answer_all
    found = check_agreement(generous, served.pipeline, served.profile)

    assert found.agreed
    assert found.notes == (
        "only the pipeline refuses a row (huge numbers)",
        "only the pipeline refuses a row (huge negative numbers)",
    )


def test_a_linear_model_agrees_though_its_rows_depend_on_each_other(fit):
    """A product of matrices rounds one row otherwise than many; batches must match."""
    served = fit("linear", "geo")

    found = build_checked(served.pipeline, served.profile).agreement

    assert found.agreed
    assert not found.rows_independent


def test_a_model_without_a_plain_form_is_served_and_measured(fit_table):
    """The server must know whether it may join requests into one batch."""
    served = fit_table(load_california_housing().head(80), KNeighborsRegressor())

    checked = build_checked(served.pipeline, served.profile)

    assert checked.agreement.agreed
    assert checked.agreement.rows_independent
    assert "KNeighborsRegressor" in checked.predictor.reason


def test_a_profile_of_names_and_kinds_alone_will_do(fit):
    """Models saved by others carry a signature and nothing more."""
    served = fit("gradient_boosting", "geo")
    columns = tuple(
        replace(column, quantiles=(), categories={}, blank_share=0.0)
        for column in served.profile.columns
    )
    bare = replace(served.profile, columns=columns, examples=())

    checked = build_checked(served.pipeline, bare)

    assert checked.agreement.agreed
    assert checked.predictor.reason == ""
