import numpy as np
import pytest
from sklearn import metrics

from sweepkit.errors import ConfigError
from sweepkit.models.threshold import OBJECTIVES, choose_threshold

SCORES = {
    "f1": lambda actual, found: metrics.f1_score(actual, found, zero_division=0),
    "accuracy": metrics.accuracy_score,
    "balanced_accuracy": metrics.balanced_accuracy_score,
    "youden": lambda actual, found: metrics.balanced_accuracy_score(
        actual, found, adjusted=True
    ),
}


def pair(second):
    return np.stack([1 - np.asarray(second), second], axis=1)


@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
class TestEveryObjective:
    """What must hold whatever the threshold is to serve."""

    @pytest.mark.parametrize("kind", ["ties", "edges", "free"])
    def test_no_threshold_is_better(self, objective, kind):
        """Compared with every cut there is, by scikit-learn's own scores."""
        rng, score = np.random.default_rng(0), SCORES[objective]
        edges = [0, 1, 0.5, np.nextafter(0.5, 1), np.nextafter(1, 0), 5e-324]
        for _ in range(25):
            codes = np.array([0, 1, *rng.integers(0, 2, rng.integers(0, 9))])
            second = rng.random(len(codes))
            second = np.round(second, 1) if kind == "ties" else second
            second = rng.choice(edges, len(codes)) if kind == "edges" else second

            threshold = choose_threshold(objective, pair(second), codes)

            cuts = [*second, *([1.0] if second.max() < 1 else [])]
            best = max(score(codes, second >= cut) for cut in cuts)
            assert score(codes, second >= threshold) == pytest.approx(best)
            assert 0 <= threshold <= 1

    def test_it_lies_between_the_classes(self, objective):
        """A row at the edge must not hang on a last bit."""
        second = [0.1, 0.2, 0.6, 0.9]

        threshold = choose_threshold(objective, pair(second), [0, 0, 1, 1])

        assert threshold == pytest.approx(0.4)

    def test_nothing_to_choose_from_leaves_one_half(self, objective):
        """All rows of one class say nothing about where to cut."""
        shares = pair([0.1, 0.8])

        assert choose_threshold(objective, shares, [1, 1]) == 0.5
        assert choose_threshold(objective, shares, [0, 0]) == 0.5


def test_of_equal_thresholds_the_nearest_to_one_half_is_taken():
    """Rather than the most extreme one; the same again every time."""
    second = [0.05, 0.3, 0.4, 0.95]

    threshold = choose_threshold("accuracy", pair(second), [0, 1, 0, 1])

    # 0.175 and 0.675 are both right for 3 of 4 rows.
    assert threshold == pytest.approx(0.675)


def test_a_rare_class_is_found_at_a_low_threshold():
    """Why one chooses: at 0.5 a rare class is never predicted."""
    rng = np.random.default_rng(0)
    codes = (rng.random(4000) < 0.05).astype(float)
    second = np.clip(0.05 + 0.1 * codes + 0.03 * rng.normal(size=4000), 0, 1)

    threshold = choose_threshold("f1", pair(second), codes)

    assert 0.08 < threshold < 0.14
    assert metrics.f1_score(codes, second >= threshold) > 0.6
    assert metrics.f1_score(codes, second >= 0.5) == 0


@pytest.mark.parametrize(
    ("objective", "n_classes", "words"),
    [
        pytest.param("f2", 2, "is 'f2'; it may be a number from 0 to 1", id="unknown"),
        pytest.param("f1", 3, "with 3 classes the most probable", id="three classes"),
    ],
)
def test_what_cannot_be_chosen_is_refused(objective, n_classes, words):
    """The message names the key and what may stand there."""
    shares = np.full((4, n_classes), 1 / n_classes)

    with pytest.raises(ConfigError, match=words):
        choose_threshold(objective, shares, [0, 1, 0, 1])
