import math
from dataclasses import replace

import numpy as np
import pytest

from sweepkit.evaluation.metrics import METRICS, Metric, list_metrics_of
from sweepkit.evaluation.resampling import compare_paired
from sweepkit.tasks import Task

OF_NUMBERS = [metric.name for metric in list_metrics_of(Task.REGRESSION)]
RMSE = METRICS["rmse"]
# As measured on the default table's holdout: 4,128 rows, a kurtosis of the errors of
# 10.5, and 0.98 between two tuned models of one family.
N_ROWS, FREEDOM, CORRELATION = 4_128, 5.6, 0.98
N_PAIRS = 200


def draw_errors(rng, n_rows=N_ROWS, correlation=CORRELATION):
    """Heavy-tailed errors of two equally good models on the same rows."""
    size = np.sqrt((FREEDOM - 2) / rng.chisquare(FREEDOM, n_rows))
    shared, own = rng.normal(size=(2, n_rows))
    other = correlation * shared + math.sqrt(1 - correlation**2) * own
    return 40_000 * size * shared, 40_000 * size * other


def count_promoted(shrink, n_rows=N_ROWS, correlation=CORRELATION):
    """How many of 200 candidates are better by more than chance."""
    rng = np.random.default_rng(0)
    actual = np.zeros(n_rows)
    promoted = 0
    for _ in range(N_PAIRS):
        # Few resamples for a fast test; bench/gate.py has as many as the gate.
        candidate, champion = draw_errors(rng, n_rows, correlation)
        compared = compare_paired(
            RMSE, actual, shrink * candidate, champion, resamples=500
        )
        promoted += compared.low > 0
    return promoted


@pytest.mark.parametrize(
    ("n_rows", "correlation"), [(100, 0.9), (500, 0.9), (N_ROWS, CORRELATION)]
)
def test_equally_good_models_are_rarely_taken_for_better(n_rows, correlation):
    """Whoever tries often enough would otherwise replace the champion by luck."""
    assert count_promoted(1.0, n_rows, correlation) <= 0.05 * N_PAIRS


def test_a_model_better_by_two_percent_is_found_out():
    """A gate that nothing passes keeps yesterday's model for ever."""
    assert count_promoted(0.98) >= 0.95 * N_PAIRS


@pytest.fixture
def pair():
    """Targets, a better model and a worse one, on 300 rows."""
    rng = np.random.default_rng(0)
    actual = rng.normal(100.0, 20.0, 300)
    noise = rng.normal(size=(2, 300))
    return actual, actual + 4 * noise[0], actual + 4 * noise[0] + 2 * noise[1]


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_sums_over_rows_say_what_scoring_each_resample_says(name, pair):
    """The fast way is a fast way to the same numbers."""
    fast = compare_paired(METRICS[name], *pair, resamples=200)
    scored = compare_paired(
        replace(METRICS[name], name="of its own"), *pair, resamples=200
    )

    for field in ("gain", "low", "high", "spread", "probability"):
        expected = getattr(scored, field)
        assert getattr(fast, field) == pytest.approx(expected, rel=1e-9), field


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_better_is_positive_whichever_way_the_metric_goes(name, pair):
    """R2 grows as models improve, errors shrink."""
    actual, better, worse = pair
    forth = compare_paired(METRICS[name], actual, better, worse)
    back = compare_paired(METRICS[name], actual, worse, better)

    assert 0 < forth.low < forth.gain < forth.high
    assert forth.probability > 0.99
    assert (back.gain, back.low) == pytest.approx((-forth.gain, -forth.high))


def test_a_metric_of_labels_can_be_compared_too(pair):
    """Nothing here is made for errors in dollars only."""
    accuracy = Metric(
        "hit_rate", "maximize", "share", lambda a, p: float(np.mean(a == p))
    )
    labels = (pair[0] > 100).astype(float)
    wrong = np.where(np.arange(300) % 3 == 0, 1 - labels, labels)

    compared = compare_paired(accuracy, labels, labels, wrong, resamples=200)

    assert compared.gain == pytest.approx(1 / 3)
    assert compared.low > 0.25


def test_a_copy_of_the_champion_is_neither_better_nor_worse(pair):
    """Published twice, the same model gives nobody a reason to change."""
    actual, model, _ = pair
    compared = compare_paired(RMSE, actual, model, model.copy())

    assert (compared.gain, compared.low, compared.high) == (0, 0, 0)
    assert compared.probability == 0.5


def test_equal_seeds_give_equal_numbers(pair):
    """A decision must be the same when it is looked into again."""
    assert compare_paired(RMSE, *pair) == compare_paired(RMSE, *pair)
    assert compare_paired(RMSE, *pair) != compare_paired(RMSE, *pair, seed=7)


def test_more_confidence_is_a_wider_interval(pair):
    """`registry.confidence` makes the gate stricter as it grows."""
    some, more = (compare_paired(RMSE, *pair, confidence=c) for c in (0.8, 0.99))

    assert more.low < some.low < some.gain < some.high < more.high


def test_many_rows_have_the_interval_that_theory_gives():
    """Beyond 20,000 rows, random groups of rows are drawn instead."""
    rng = np.random.default_rng(3)
    candidate, champion = draw_errors(rng, 100_000)
    mae = METRICS["mae"]
    compared = compare_paired(mae, np.zeros(100_000), candidate, champion)

    changes = np.abs(champion) - np.abs(candidate)
    error = changes.std() / math.sqrt(changes.size)
    assert compared.spread == pytest.approx(error, rel=0.08)
    assert compared.low == pytest.approx(changes.mean() - 1.96 * error, abs=error / 4)


def test_rows_at_zero_have_no_percentage(pair):
    """MAPE leaves them out, in every resample too."""
    actual, better, worse = (values.copy() for values in pair)
    actual[:20] = 0

    compared = compare_paired(METRICS["mape"], actual, better, worse)

    assert compared.gain > 0
    assert math.isfinite(compared.low)


def test_where_no_resample_has_a_score_nothing_is_claimed():
    """All targets zero have no MAPE at all."""
    zeros = np.zeros(10)
    compared = compare_paired(METRICS["mape"], zeros, zeros + 1, zeros + 2)

    assert not compared.low > 0
    assert compared.n_resamples == 0
