"""Score every tool's predictions in one way."""

import math

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss, roc_auc_score

HIGHER_IS_BETTER = {"rmse": False, "roc_auc": True, "log_loss": False}
# Smallest probability a class may get: one overconfident row is not to decide a table.
LEAST = 1e-15
PREDICTION, PROBABILITY = "prediction", "p_"


def label(value):
    """Write a class the way every tool's columns are named: 1, 1.0 and "1" alike."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    return str(value)


def score(metric, actual, predicted):
    """Score a tool's table of predictions against the target column.

    Args:
        metric: rmse, roc_auc (of the label last in order) or log_loss.
        actual: Target of the test rows.
        predicted: Column `prediction`, or `p_<label>` for each class; rows in order.

    Raises:
        ValueError: If rows or classes are missing, or a value is not finite.
    """
    if len(predicted) != len(actual):
        raise ValueError(f"{len(predicted)} predictions for {len(actual)} rows")
    if metric == "rmse":
        values = predicted[PREDICTION].to_numpy(float)
        _check(values)
        return math.sqrt(np.mean((values - actual.to_numpy(float)) ** 2))
    classes = sorted({label(value) for value in actual})
    shares = predicted[[f"{PROBABILITY}{name}" for name in classes]].to_numpy(float)
    _check(shares)
    codes = pd.Categorical(actual.map(label), categories=classes).codes
    if metric == "roc_auc":
        return float(roc_auc_score(codes, shares[:, 1]))
    shares = np.clip(shares, LEAST, 1)
    shares = shares / shares.sum(axis=1, keepdims=True)
    return float(log_loss(codes, shares, labels=range(len(classes))))


def score_constant(metric, train, test):
    """Score what says of each row what the training rows are on the whole."""
    if metric == "rmse":
        predicted = {PREDICTION: float(train.mean())}
    else:
        shares = train.map(label).value_counts(normalize=True)
        predicted = {f"{PROBABILITY}{name}": share for name, share in shares.items()}
    return score(metric, test, pd.DataFrame(predicted, index=range(len(test))))


def _check(values):
    if not np.isfinite(values).all():
        raise ValueError("a prediction is not a finite number")
