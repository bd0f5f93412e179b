import numpy as np
import pytest
from sklearn.metrics import log_loss

from sweepkit.errors import ConfigError
from sweepkit.models.calibration import CALIBRATIONS, fit_calibrator

METHODS = sorted(CALIBRATIONS)


def draw(n_classes, n_rows=3000):
    """Return true probabilities and classes drawn by them."""
    rng = np.random.default_rng(n_classes)
    powers = np.exp(rng.normal(size=(n_rows, n_classes)))
    shares = powers / powers.sum(axis=1, keepdims=True)
    codes = (rng.random(n_rows)[:, None] > shares.cumsum(axis=1)).sum(axis=1)
    return shares, codes


def overstate(shares):
    """Return what a model too sure of itself says."""
    powers = shares**3
    said = powers / powers.sum(axis=1, keepdims=True)
    said[:2] = 0.0
    said[:2, 0] = 1.0
    return said


@pytest.mark.parametrize("n_classes", [2, 3, 12])
@pytest.mark.parametrize("method", METHODS)
class TestEveryMethod:
    """What must hold for every way to calibrate, of two classes and of many."""

    @pytest.fixture
    def drawn(self, n_classes):
        return draw(n_classes)

    def test_it_mends_a_model_too_sure_of_itself(self, method, drawn):
        """Learned on one half of the rows, it comes near the truth on the other."""
        shares, codes = drawn
        said, labels = overstate(shares), range(shares.shape[1])
        mend = fit_calibrator(method, said[::2], codes[::2])

        mended = log_loss(codes[1::2], mend.calibrate(said[1::2]), labels=labels)

        right = log_loss(codes[1::2], shares[1::2], labels=labels)
        wrong = log_loss(codes[1::2], said[1::2], labels=labels)
        assert mended - right < 0.2 * (wrong - right)

    def test_each_row_sums_to_1(self, method, drawn):
        """Probabilities stay probabilities, at 0 and 1 too."""
        said = overstate(drawn[0])

        mended = fit_calibrator(method, said, drawn[1]).calibrate(said)

        assert np.isfinite(mended).all()
        assert ((mended >= 0) & (mended <= 1)).all()
        np.testing.assert_allclose(mended.sum(axis=1), 1, rtol=0, atol=1e-14)

    def test_a_row_gets_the_same_whatever_goes_with_it(self, method, drawn):
        """The server joins requests: not even the last bit may tell."""
        said = overstate(drawn[0])[:300]
        calibrator = fit_calibrator(method, said, drawn[1][:300])

        mended = calibrator.calibrate(said)

        alone = [calibrator.calibrate(said[i : i + 1]) for i in range(len(said))]
        np.testing.assert_array_equal(np.concatenate(alone), mended)
        for start in range(1, 9):
            np.testing.assert_array_equal(
                calibrator.calibrate(said[start:]), mended[start:]
            )
        by_columns = calibrator.calibrate(np.asfortranarray(said))
        np.testing.assert_array_equal(by_columns, mended)

    def test_it_is_learned_the_same_again(self, method, drawn):
        """The same command gives the same numbers."""
        said = overstate(drawn[0])
        first, second = (
            fit_calibrator(method, said, drawn[1].astype(float)) for _ in range(2)
        )

        np.testing.assert_array_equal(first.calibrate(said), second.calibrate(said))


@pytest.mark.parametrize("method", METHODS)
def test_a_class_without_rows_does_no_harm(method):
    """The rows left for calibration may lack the rarest class."""
    shares, codes = draw(3, 300)
    mended = fit_calibrator(method, shares, np.minimum(codes, 1)).calibrate(shares)

    np.testing.assert_allclose(mended.sum(axis=1), 1)
    assert method == "temperature" or mended[:, 2].max() < 0.05


@pytest.mark.parametrize("method", METHODS)
def test_a_model_that_tells_nothing_keeps_telling_nothing(method):
    """As the floor does; there is no slope to learn from one number."""
    shares = np.full((30, 3), 1 / 3)
    codes = np.arange(30) % 3

    mended = fit_calibrator(method, shares, codes).calibrate(shares)

    np.testing.assert_allclose(mended, 1 / 3)


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_ten_perfect_rows_are_no_proof(method):
    """A probability of 0 that proves wrong costs a log loss without end."""
    shares = np.array([[1.0, 0.0]] * 5 + [[0.0, 1.0]] * 5)

    mended = fit_calibrator(method, shares, np.repeat([0, 1], 5)).calibrate(shares)

    assert 0.05 < mended.min() < mended.max() < 0.95


def test_the_sigmoid_leaves_true_probabilities_alone():
    """A line through log odds can be the identity; one through probabilities cannot."""
    shares, codes = draw(2, 20_000)

    mended = fit_calibrator("sigmoid", shares, codes).calibrate(shares)

    assert np.abs(mended - shares).max() < 0.02


def test_an_unknown_method_is_refused():
    """The message lists what may stand there."""
    with pytest.raises(ConfigError, match="is 'platt'; it may be none or one of sigmo"):
        fit_calibrator("platt", np.full((4, 2), 0.5), [0, 1, 0, 1])
