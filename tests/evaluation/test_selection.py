import numpy as np
import pytest

from sweepkit.evaluation.metrics import METRICS, find_metric, list_metrics_of
from sweepkit.evaluation.mixing import mix, mix_counted
from sweepkit.evaluation.quick_losses import as_predicted, quick_loss
from sweepkit.evaluation.selection import cross_validated_gain, select_greedily
from sweepkit.tasks import Task

RNG = np.random.default_rng(0)
N_ROWS = 600
Y = RNG.normal(size=N_ROWS) + 5
RMSE = find_metric("rmse")


def guess(noise, seed):
    return Y + noise * np.random.default_rng(seed).normal(size=N_ROWS)


def shares(n_classes, seed, noise=1.0):
    """Return codes that follow Y, and somebody's probabilities of them."""
    codes = np.digitize(Y, np.quantile(Y, np.arange(1, n_classes) / n_classes))
    pull = np.eye(n_classes)[codes]
    pull = pull + noise * np.random.default_rng(seed).normal(size=pull.shape)
    powers = np.exp(2 * pull)
    return codes.astype(float), powers / powers.sum(axis=1, keepdims=True)


def rmse_of(candidates, counts):
    return RMSE.judge(Y, as_predicted(mix_counted(candidates, counts)))


def test_models_that_err_in_other_places_are_joined():
    """The whole point: the mean of two independent errors is smaller than either."""
    candidates = [guess(1.0, 1), guess(1.1, 2), guess(9.0, 3)]

    counts = select_greedily(RMSE, Y, candidates)

    assert counts[0] > 0 and counts[1] > 0 and counts[2] == 0
    assert rmse_of(candidates, counts) < rmse_of(candidates, (1, 0, 0))


def test_one_that_nobody_improves_stays_alone():
    """More members cost a fit each; equal ones bring nothing."""
    best = guess(0.1, 1)

    assert select_greedily(RMSE, Y, [guess(9.0, 2), best]) == (0, 1)
    assert select_greedily(RMSE, Y, [best, best.copy(), best.copy()]) == (1, 0, 0)


def test_a_better_model_counts_more():
    """Candidates are taken again and again: that is where weights come from."""
    good, poor = select_greedily(RMSE, Y, [guess(1.0, 1), guess(2.0, 2)])

    assert good > poor > 0


def test_there_are_no_more_members_than_asked_for():
    """Each is fitted again, saved, and asked for every prediction."""
    candidates = [guess(1.0, seed) for seed in range(12)]

    for most in (1, 3):
        counts = select_greedily(RMSE, Y, candidates, most=most)
        assert np.count_nonzero(counts) == most


def test_only_rows_that_all_candidates_have_count():
    """A blank would make every mean with it a blank."""
    candidates = [guess(1.0, 1), guess(1.1, 2)]
    known = np.arange(N_ROWS) % 3 > 0
    blank = [np.where(known, one, np.nan) for one in candidates]

    expected = select_greedily(RMSE, Y[known], [one[known] for one in candidates])

    assert select_greedily(RMSE, Y, blank) == expected
    with pytest.raises(ValueError, match="no row has a prediction of every candidate"):
        select_greedily(RMSE, Y, [blank[0], np.where(known, np.nan, 1.0)])


@pytest.mark.parametrize("name", [m.name for m in list_metrics_of(Task.REGRESSION)])
def test_every_metric_of_numbers_is_made_better(name):
    """Whatever is asked for is what the ensemble is chosen by."""
    metric = find_metric(name)
    candidates = [guess(0.5, 1), guess(0.6, 2), guess(0.6, 3)]

    counts = select_greedily(metric, Y, candidates)

    alone = [metric.judge(Y, as_predicted(one)) for one in candidates]
    best = (min if metric.direction == "minimize" else max)(alone)
    joined = metric.judge(Y, as_predicted(mix_counted(candidates, counts)))
    assert metric.is_better(joined, best)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("name", [m.name for m in list_metrics_of(Task.BINARY)])
def test_no_metric_of_classes_is_made_worse(name, n_classes):
    """Some jump from decision to decision; the best single one is always there."""
    metric, (actual, _) = find_metric(name), shares(n_classes, 0)
    candidates = [shares(n_classes, seed)[1] for seed in (1, 2, 3)]

    counts = select_greedily(metric, actual, candidates)

    alone = [metric.judge(actual, as_predicted(one)) for one in candidates]
    joined = metric.judge(actual, as_predicted(mix_counted(candidates, counts)))
    assert not any(metric.is_better(one, joined) for one in alone)


def test_decisions_are_made_at_the_threshold_that_will_serve():
    """A model may be the best at one threshold and useless at another."""
    actual = np.tile([0.0, 1.0], 50)
    low = np.where(actual == 1, 0.3, 0.1)  # right at 0.2, says "no" to all at 0.5
    high = np.where(np.arange(100) % 10 < 8, actual * 0.8 + 0.1, 0.9 - actual * 0.8)
    candidates = [np.stack([1 - one, one], axis=1) for one in (low, high)]
    accuracy = find_metric("accuracy")

    assert select_greedily(accuracy, actual, candidates, threshold=0.2) == (1, 0)
    assert select_greedily(accuracy, actual, candidates[:1] * 2 + candidates[1:])[2] > 0


@pytest.mark.parametrize("name", ["rmse", "r2", "mae"])
def test_quick_losses_of_numbers_keep_the_metrics_order(name):
    """They stand for it, thousands of times a second."""
    metric, loss = METRICS[name], quick_loss(METRICS[name], Y)
    said = [guess(noise, seed) for seed, noise in enumerate([0.1, 0.5, 1.0, 3.0])]

    scores = [metric.judge(Y, as_predicted(one)) for one in said]
    if metric.direction == "maximize":
        scores = [-score for score in scores]
    assert (
        np.argsort([loss(one) for one in said]).tolist() == np.argsort(scores).tolist()
    )


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize(
    "name",
    ["log_loss", "brier", "roc_auc", "average_precision", "f1", "balanced_accuracy"],
)
def test_quick_losses_of_classes_keep_the_metrics_order(name, n_classes):
    """Ties and classes without rows included, where ranks go wrong first."""
    metric, (actual, _) = METRICS[name], shares(n_classes, 0)
    said = [shares(n_classes, seed, noise)[1] for seed, noise in enumerate([0.5, 1, 2])]
    tied = [np.round(one, 1) + 0.01 for one in said]
    said += [one / one.sum(axis=1, keepdims=True) for one in tied]
    kept = actual != 2

    for rows in (np.ones(N_ROWS, dtype=bool), kept):
        loss = quick_loss(metric, actual[rows])
        scores = [metric.judge(actual[rows], as_predicted(one[rows])) for one in said]
        sign = 1 if metric.direction == "minimize" else -1
        order = np.argsort(np.multiply(sign, scores)).tolist()
        assert np.argsort([loss(one[rows]) for one in said]).tolist() == order


class TestGain:
    """Whether to join at all is decided on rows that chose nothing."""

    TESTS = np.array_split(np.arange(N_ROWS), 5)

    def test_joining_what_differs_helps(self):
        """And by as much as the errors are independent."""
        candidates = [guess(1.0, seed) for seed in range(4)]

        gain = cross_validated_gain(RMSE, Y, candidates, self.TESTS)

        assert gain.helps
        assert np.mean(gain.single) == pytest.approx(1.0, rel=0.1)
        assert np.mean(gain.blend) == pytest.approx(0.5, rel=0.1)

    def test_what_only_fits_its_own_rows_does_not(self):
        """Weights drawn to the rows they are judged on would always seem to help."""
        best = guess(0.3, 1)
        candidates = [best, *(best + 2 * guess(1.0, seed) for seed in range(2, 30))]

        gain = cross_validated_gain(RMSE, Y, candidates, self.TESTS)

        assert not gain.helps

    def test_a_fold_has_no_part_in_its_own_choice(self):
        """Spoilt in one fold, a model is still the choice for that fold."""
        good, poor = guess(0.1, 1), guess(1.0, 2)
        good[self.TESTS[0]] += 100

        gain = cross_validated_gain(RMSE, Y, [good, poor], self.TESTS[:2], most=1)

        assert gain.single[0] == gain.blend[0] > 90
        assert gain.single[1] == gain.blend[1] < 2

    def test_folds_without_a_row_are_refused(self):
        """A score of nothing is no score."""
        nothing = [np.array([], dtype=np.intp), np.arange(5)]

        with pytest.raises(ValueError, match="a fold has no rows"):
            cross_validated_gain(RMSE, Y, [guess(1.0, 1)], nothing)


def test_a_mean_of_one_is_the_one():
    """To the bit, so that a single model needs no way of its own."""
    one = guess(1.0, 1)

    assert np.array_equal(mix([one], np.array([1.0])), one)
    assert np.array_equal(mix_counted([guess(1, 2), one], (0, 7)), one)
