"""The paired bootstrap of scores of classes."""

from dataclasses import replace

import numpy as np
import pytest

from sweepkit.evaluation.draws import draw_scores
from sweepkit.evaluation.metrics import METRICS, list_metrics_of
from sweepkit.evaluation.predicted import Predicted
from sweepkit.evaluation.resampling import compare_paired
from sweepkit.tasks import Task, decide

OF_CLASSES = [metric.name for metric in list_metrics_of(Task.BINARY)]
RANKED = ["roc_auc", "average_precision"]
N_PAIRS = 150


def draw_pair(n_rows, n_classes, *, noise=(0.3, 0.6), digits=None, seed=0, rare=0.0):
    """Codes, and two models of which the first knows more unless the noise is equal."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=(n_rows, n_classes))
    truth[:, -1] -= rare
    codes = np.argmax(truth + 0.7 * rng.normal(size=truth.shape), axis=1).astype(float)
    models = []
    for size in noise:
        powers = np.exp(2 * (truth + size * rng.normal(size=truth.shape)))
        shares = powers / powers.sum(axis=1, keepdims=True)
        if digits is not None:
            shares = np.round(shares, digits)
            shares /= shares.sum(axis=1, keepdims=True)
        models.append(Predicted(decide(shares, None).astype(float), shares))
    return codes, *models


def compare(name, codes, candidate, champion, **changes):
    metric = METRICS[name]
    pair = (metric.pick(candidate), metric.pick(champion))
    return compare_paired(metric, codes, *pair, **changes)


@pytest.mark.parametrize("digits", [None, 1], ids=["all differ", "many equal"])
@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("name", OF_CLASSES)
def test_the_fast_way_says_what_scoring_each_resample_says(name, n_classes, digits):
    """It is a fast way to the same numbers, also where models give equal shares."""
    rows = draw_pair(150, n_classes, digits=digits)
    fast = compare(name, *rows, resamples=30)
    metric = replace(METRICS[name], name="of its own")
    pair = map(metric.pick, rows[1:])
    slow = compare_paired(metric, rows[0], *pair, resamples=30)

    for field in ("gain", "low", "high", "spread", "probability", "n_resamples"):
        expected = pytest.approx(getattr(slow, field), abs=1e-12)
        assert getattr(fast, field) == expected, field


@pytest.mark.parametrize("name", RANKED)
def test_a_class_that_a_resample_lacks_does_not_count_in_it(name):
    """Of 60 rows with three of a class, one resample in twenty has none of them."""
    codes, *models = draw_pair(60, 3, rare=2.2, seed=3)
    assert 0 < (codes == 2).sum() <= 4
    fast = compare(name, codes, *models, resamples=80)
    metric = replace(METRICS[name], name="of its own")
    slow = compare_paired(metric, codes, *map(metric.pick, models), resamples=80)

    assert fast.low == pytest.approx(slow.low, abs=1e-12)
    assert fast.n_resamples == slow.n_resamples == 80


@pytest.mark.parametrize("name", RANKED)
def test_rows_of_one_class_claim_nothing(name):
    """There is no order to compare."""
    _, *models = draw_pair(50, 2)
    compared = compare(name, np.ones(50), *models)

    assert compared.n_resamples == 0
    assert not compared.low > 0


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("name", RANKED)
def test_of_many_rows_the_interval_is_nearly_that_of_all_resamples(
    name, n_classes, monkeypatch
):
    """Beyond 20,000 rows the score is taken for linear in the rows' weights."""
    rows = draw_pair(4_000, n_classes, noise=(0.5, 0.55))
    exact = compare(name, *rows, resamples=1_000)
    monkeypatch.setattr("sweepkit.evaluation.ranked_draws.MOST_UNITS", 1_000)
    linear = compare(name, *rows, resamples=1_000)

    assert linear.spread == pytest.approx(exact.spread, rel=0.1)
    assert linear.low == pytest.approx(exact.low, abs=0.25 * exact.spread)
    assert linear.high == pytest.approx(exact.high, abs=0.25 * exact.spread)


@pytest.mark.parametrize("name", OF_CLASSES)
def test_better_is_positive_whichever_way_the_metric_goes(name):
    """Areas grow as models improve, losses shrink."""
    codes, better, worse = draw_pair(800, 2, noise=(0.1, 2.0))
    forth = compare(name, codes, better, worse, resamples=300)
    back = compare(name, codes, worse, better, resamples=300)

    assert 0 < forth.low < forth.gain < forth.high
    assert (back.gain, back.low) == pytest.approx((-forth.gain, -forth.high))


@pytest.mark.parametrize(
    ("name", "rare"),
    [
        *(("roc_auc", 0.0), ("average_precision", 0.0), ("log_loss", 0.0), ("f1", 0.0)),
        *(("roc_auc", 1.8), ("average_precision", 1.8)),
    ],
)
def test_equally_good_models_are_rarely_taken_for_better(name, rare):
    """Whoever tries often enough would otherwise replace the champion by luck."""
    promoted = 0
    for seed in range(N_PAIRS):
        rows = draw_pair(200, 2, noise=(0.5, 0.5), seed=seed, rare=rare)
        compared = compare(name, *rows, resamples=150)
        # Either of the two might have been the candidate.
        promoted += (compared.low > 0) + (compared.high < 0)

    assert promoted <= 0.05 * 2 * N_PAIRS


@pytest.mark.parametrize("name", ["roc_auc", "log_loss", "f1"])
def test_one_model_alone_is_drawn_around_its_score(name):
    """The report's slices show such intervals."""
    codes, model, _ = draw_pair(500, 3)
    metric, rng = METRICS[name], np.random.default_rng(0)
    drawn = draw_scores(metric, codes, [metric.pick(model)], 300, rng)

    assert drawn.mean() == pytest.approx(
        metric.judge(codes, model), abs=2 * drawn.std()
    )
    assert 0 < drawn.std() < 0.1
