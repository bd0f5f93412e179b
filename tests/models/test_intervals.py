"""Intervals learned from out-of-fold residuals keep what they promise."""

import math
from itertools import pairwise

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline

from sweepkit.evaluation.coverage import measure_intervals
from sweepkit.evaluation.predicted import Predicted
from sweepkit.models.clip import ClippedRegressor
from sweepkit.models.interval_asking import ask_intervals, measure_coverage
from sweepkit.models.interval_fitting import fit_intervals
from sweepkit.models.interval_numbers import MOST_RANKS, NumberIntervals
from sweepkit.models.intervals import FEWEST_ROWS, learn_intervals
from sweepkit.tasks import Task

ANY = (-np.inf, np.inf)
# Of so many fresh rows the share that is covered is off by 0.5 % at most times.
N_FRESH = 4_000


def draw(n_rows, seed, noise):
    """Return features, predictions and truth of a model that is right on average."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n_rows, 4))
    predicted = 2 * features[:, 0]
    return features, predicted, predicted + noise(features, rng)


def grows(features, rng):
    return rng.normal(size=len(features)) * np.exp(0.9 * features[:, 1])


def leans(features, rng):
    return rng.exponential(size=len(features)) - 0.4


def even(features, rng):
    return rng.normal(size=len(features))


def learn(rows, bounds=ANY, seed=0, threads=1):
    return fit_intervals(*rows, bounds=bounds, seed=seed, threads=threads)


def measure(intervals, rows, coverage):
    features, predicted, actual = rows
    return measure_intervals(
        intervals.ends(features, predicted, coverage), actual, coverage
    )


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9, 0.95])
@pytest.mark.parametrize("noise", [grows, leans, even])
def test_as_many_rows_are_covered_as_were_asked_for(noise, coverage):
    """The promise itself, on rows that nothing was learned from."""
    intervals = learn(draw(3_000, 1, noise))

    found = measure(intervals, draw(N_FRESH, 2, noise), coverage)

    assert found.covered == pytest.approx(coverage, abs=0.025)


def test_intervals_are_wide_where_predictions_are_off():
    """And so narrower on average than one width for all, which covers as many."""
    rows, fresh = draw(3_000, 1, grows), draw(N_FRESH, 2, grows)
    _, predicted, actual = rows
    constant = np.quantile(np.abs(actual - predicted), 0.9)

    intervals = learn(rows)
    ends = intervals.ends(fresh[0], fresh[1], 0.9)

    widths = ends[:, 1] - ends[:, 0]
    assert measure(intervals, fresh, 0.9).width < 0.95 * 2 * constant
    calm, wild = fresh[0][:, 1] < -1, fresh[0][:, 1] > 1
    assert widths[wild].mean() > 3 * widths[calm].mean()


def test_errors_to_one_side_give_uneven_ends():
    """Prices err upwards; an interval even on both sides would waste its lower half."""
    features, predicted, _ = draw(N_FRESH, 2, leans)

    ends = learn(draw(3_000, 1, leans)).ends(features, predicted, 0.9)

    below, above = (predicted - ends[:, 0]).mean(), (ends[:, 1] - predicted).mean()
    assert above > 3 * below


def test_a_spread_that_is_the_same_everywhere_is_not_made_up():
    """Chance makes some rows look calm; taken in full they would be covered less."""
    found = [learn(draw(400, seed, even)).power_ for seed in range(5)]

    assert max(found) < 1.0


def test_the_memory_of_noise_gives_no_false_confidence():
    """Scores come from a spread that had not seen their row: else all look expected."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(6_000, 30))
    residuals = rng.standard_cauchy(6_000)
    half = slice(0, 3_000), slice(3_000, None)
    rows = [(features[h], np.zeros(3_000), residuals[h]) for h in half]

    found = measure(learn(rows[0]), rows[1], 0.8)

    assert found.covered == pytest.approx(0.8, abs=0.03)


def test_150_rows_are_enough():
    """Small tables need intervals most; over tables coverage must be right."""
    found = [
        measure(learn(draw(150, seed, grows)), draw(500, 90 + seed, grows), 0.9)
        for seed in range(8)
    ]

    assert np.mean([one.covered for one in found]) == pytest.approx(0.9, abs=0.04)


def test_perfect_predictions_get_no_width():
    """Nothing may be divided by a spread of zero."""
    features, predicted, _ = draw(200, 0, even)

    intervals = learn((features, predicted, predicted))

    ends = intervals.ends(features, predicted, 0.9)
    np.testing.assert_array_equal(ends, np.column_stack([predicted, predicted]))


def test_residuals_that_are_mostly_zero_do_no_harm():
    """Their median is no scale; rows of a table that repeats itself look like that."""
    features, predicted, actual = draw(500, 0, even)
    actual[100:] = predicted[100:]

    found = measure(learn((features, predicted, actual)), draw(500, 1, even), 0.9)

    assert np.isfinite(found.width) and found.width > 0


def test_one_residual_for_all_moves_the_interval_there():
    """A model that is always 5 too low is off by 5, and not by up to 5."""
    features, predicted, _ = draw(300, 0, even)

    ends = learn((features, predicted, predicted + 5.0)).ends(features, predicted, 0.9)

    np.testing.assert_allclose(ends - predicted[:, None], 5.0)


def test_no_interval_leaves_the_range_of_the_model():
    """No price was above the cap; an interval that is says what cannot be."""
    features, predicted, actual = draw(1_000, 0, even)
    low, high = -2.0, 2.0
    rows = features, predicted.clip(low, high), actual.clip(low, high)

    intervals = learn(rows, bounds=(low, high))
    ends = intervals.ends(*rows[:2], 0.95)

    assert ends.min() == low and ends.max() == high
    assert (ends[:, 0] <= ends[:, 1]).all()


def test_more_coverage_never_means_less_width():
    """Whoever asks for 99 % after 90 % must not get a part of it taken away."""
    features, predicted, _ = rows = draw(700, 0, grows)
    intervals = learn(rows)
    shares = [0.001, 0.1, 0.5, 0.9, 0.99, 0.9999]

    all_ends = [intervals.ends(features, predicted, share) for share in shares]

    for inner, outer in pairwise(all_ends):
        assert (outer[:, 0] <= inner[:, 0]).all()
        assert (outer[:, 1] >= inner[:, 1]).all()


@pytest.mark.parametrize("n_scores", [50, 99, 1_234])
@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9, 0.95])
def test_ends_are_the_ranks_of_conformal_prediction(n_scores, coverage):
    """One row more than there were: that is what makes up for so few of them."""
    scores = np.random.default_rng(0).normal(size=n_scores)
    intervals = NumberIntervals(None, 0.0, 1.0, scores, *ANY)
    rank = math.floor(round((n_scores + 1) * (1 - coverage) / 2, 9))
    ordered = [-np.inf, *sorted(scores), np.inf]

    below, above = intervals.find_scores(coverage)

    assert below == max(ordered[rank], ordered[1])
    assert above == min(ordered[n_scores + 1 - rank], ordered[-2])


def test_scores_of_many_rows_are_thinned_on_the_safe_side():
    """A model of a million rows does not carry them all, nor cover less for it."""
    scores = np.random.default_rng(0).normal(size=100_000)
    intervals = NumberIntervals(None, 0.0, 1.0, scores, *ANY)
    assert len(intervals.scores_) == MOST_RANKS

    for coverage in (0.5, 0.9, 0.999):
        below, above = intervals.find_scores(coverage)
        inside = np.mean((below <= scores) & (scores <= above))
        assert coverage <= inside <= coverage + 0.001


def test_the_same_seed_gives_the_same_intervals_on_any_number_of_threads():
    """What is published must be what `sweepkit reproduce` makes again."""
    features, predicted, _ = rows = draw(400, 0, grows)

    one, two = learn(rows), learn(rows, threads=2)

    np.testing.assert_array_equal(
        one.ends(features, predicted, 0.9), two.ends(features, predicted, 0.9)
    )


@pytest.fixture(scope="module")
def table():
    import pandas as pd

    features, _, actual = draw(400, 3, grows)
    frame = pd.DataFrame(features, columns=list("abcd"))
    return frame, actual


def fit_model(frame, actual, **settings):
    columns = ColumnTransformer([("numbers", "passthrough", list(frame))])
    last = ClippedRegressor(LinearRegression(), **settings)
    return make_pipeline(columns, last).fit(frame, actual)


def teach(model, frame, actual, positions):
    said = Predicted(model.predict(frame)[positions])
    learn_intervals(
        model,
        frame.to_numpy(),
        positions,
        said,
        actual,
        task=Task.REGRESSION,
        seed=0,
        threads=1,
    )


def test_a_pipeline_learns_them_from_the_rows_that_folds_have_tested(table):
    """Folds over time leave the first rows out."""
    frame, actual = table
    model = fit_model(frame, actual)
    tested = np.arange(100, 400)

    teach(model, frame, actual, tested)

    assert model[-1].intervals_.n_scores_ == 300
    said = Predicted(model.predict(frame))
    found = measure_coverage(model, frame, said, actual)
    assert found.covered == pytest.approx(0.9, abs=0.05)
    assert ask_intervals(model, frame, 0.9).shape == (400, 2)


def test_few_rows_teach_nothing(table):
    """An interval of 30 rows would be a guess that looks like a promise."""
    frame, actual = table
    model = fit_model(frame, actual)

    teach(model, frame, actual, np.arange(FEWEST_ROWS - 1))

    assert model[-1].intervals_ is None
    assert ask_intervals(model, frame, 0.9) is None
    assert measure_coverage(model, frame, Predicted(actual), actual) is None


@pytest.mark.parametrize("clip", [True, False])
def test_intervals_are_clipped_where_predictions_are(table, clip):
    """Both belong to one range; without one there is none for either."""
    frame, actual = table
    model = fit_model(frame, actual, clip=clip)
    teach(model, frame, actual, np.arange(400))

    far = frame.head(2) + np.array([[-50.0], [50.0]])
    ends = ask_intervals(model, far, 0.9)

    is_inside = actual.min() <= ends.min() and ends.max() <= actual.max()
    assert is_inside == clip


def test_a_model_fitted_again_forgets_its_intervals(table):
    """They were of other residuals."""
    frame, actual = table
    model = fit_model(frame, actual)
    teach(model, frame, actual, np.arange(400))

    model.fit(frame, actual)

    assert model[-1].intervals_ is None
