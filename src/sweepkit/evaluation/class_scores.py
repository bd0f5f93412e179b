"""Scores of classes: of their probabilities, and of what is decided by them.

Actual values are codes, 0 for the first label. scikit-learn is imported when a score
is first asked for: whoever only wants to know its direction need not wait for it.
"""

from collections.abc import Callable

import numpy as np

from sweepkit.evaluation.predicted import Values

N_BINS = 15


def roc_auc(actual: Values, probabilities: Values) -> float:
    """Return the chance that a row of a class gets more of it than one of another.

    Of more than two classes this is the mean over those that these rows have of each
    class against the rest; NaN where no class has rows on both sides.

    Source:
        Hanley and McNeil (1982), Radiology 143; Provost and Domingos (2001), CeDER
        Working Paper IS-00-04, for the mean over classes, here not weighted.
    """
    from sklearn.metrics import roc_auc_score

    return _over_classes(roc_auc_score, actual, probabilities)


def average_precision(actual: Values, probabilities: Values) -> float:
    """Return the mean precision over the recalls that a threshold can reach.

    More than two classes and missing ones are dealt with as by `roc_auc`.
    """
    from sklearn.metrics import average_precision_score

    return _over_classes(average_precision_score, actual, probabilities)


def log_loss(actual: Values, probabilities: Values) -> float:
    """Return the mean of minus the logarithm of the actual class's probability.

    A probability of zero counts as 2.2e-16, so that one row costs 36 and not infinity.
    """
    from sklearn import metrics

    labels = np.arange(probabilities.shape[1])
    shares = np.clip(probabilities, 0.0, 1.0)  # a sum of shares may be 1 + 2e-16
    return float(metrics.log_loss(actual.astype(np.intp), shares, labels=labels))


def brier(actual: Values, probabilities: Values) -> float:
    """Return the mean squared distance of probabilities from 0 and 1.

    Of two classes that of the second; of more the sum over all classes.

    Source:
        Brier (1950), Monthly Weather Review 78.
    """
    from sklearn import metrics

    labels = np.arange(probabilities.shape[1])
    shares = np.clip(probabilities, 0.0, 1.0)
    codes = actual.astype(np.intp)
    return float(metrics.brier_score_loss(codes, shares, labels=labels))


def accuracy(actual: Values, decided: Values) -> float:
    """Return the share of rows whose class was decided for."""
    return float(np.mean(actual == decided))


def balanced_accuracy(actual: Values, decided: Values) -> float:
    """Return the mean over the classes that these rows have of the share found."""
    from sklearn.metrics import recall_score

    codes, found = actual.astype(np.intp), decided.astype(np.intp)
    # Not `balanced_accuracy_score`, which is the same and warns of classes that were
    # decided for and have no row.
    return float(recall_score(codes, found, labels=np.unique(codes), average="macro"))


def f1(actual: Values, decisions: Values) -> float:
    """Return the harmonic mean of precision and recall.

    Of two classes that of the second, NaN if it neither occurs nor is decided for; of
    more the mean over the classes that occur or are decided for.

    Args:
        actual: Codes, shape (n_rows,).
        decisions: 1 in the column of the class decided for, (n_rows, n_classes).
    """
    from sklearn.metrics import f1_score

    codes, found = actual.astype(np.intp), np.argmax(decisions, axis=1)
    labels = [1] if decisions.shape[1] == 2 else None
    nan = float("nan")
    return float(
        f1_score(codes, found, labels=labels, average="macro", zero_division=nan)
    )


def calibration_error(actual: Values, probabilities: Values) -> float:
    """Return how far probabilities are from the shares that come true (ECE).

    Rows are put into 15 bins of equal width by the probability of the second class or,
    of more than two classes, by that of the likeliest. In each bin the mean probability
    is compared with the share of rows for which it came true; the distances' mean,
    weighted by rows, is the error.

    Source:
        Naeini, Cooper and Hauskrecht (2015), "Obtaining Well Calibrated Probabilities
        Using Bayesian Binning", AAAI; Guo et al. (2017), "On Calibration of Modern
        Neural Networks", ICML, for 15 bins of equal width.
    """
    gaps = bin_gaps(actual, probabilities).sum(axis=0)
    return float(np.abs(gaps).sum() / actual.size)


def bin_gaps(actual: Values, probabilities: Values) -> Values:
    """Return what came true minus its probability in each row's bin, (n_rows, 15)."""
    if probabilities.shape[1] == 2:
        share, hit = probabilities[:, 1], actual == 1
    else:
        likeliest = np.argmax(probabilities, axis=1)
        share, hit = probabilities.max(axis=1), actual == likeliest
    place = np.clip((share * N_BINS).astype(np.intp), 0, N_BINS - 1)
    gaps = np.zeros((actual.size, N_BINS))
    gaps[np.arange(actual.size), place] = hit - share
    return gaps


def list_asked(n_classes: int) -> list[int]:
    """Return the classes that are set against the rest: of two the second, else all."""
    return [1] if n_classes == 2 else list(range(n_classes))


def _over_classes(
    score: Callable[..., float], actual: Values, probabilities: Values
) -> float:
    found = []
    for code in list_asked(probabilities.shape[1]):
        positive = actual == code
        if 0 < np.count_nonzero(positive) < positive.size:
            found.append(float(score(positive, probabilities[:, code])))
    return float(np.mean(found)) if found else float("nan")
