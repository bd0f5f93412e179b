"""Judgements of classes, made by hand: what is said of a model needs no model."""

from collections.abc import Callable

import numpy as np
import pytest

from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.metrics import score_all
from sweepkit.evaluation.predicted import Predicted
from sweepkit.tasks import Task, decide

JudgeClasses = Callable[..., Judgement]


def guess_shares(actual: np.ndarray, n_classes: int) -> Predicted:
    counts = np.bincount(actual.astype(int), minlength=n_classes)
    shares = np.tile(counts / counts.sum(), (actual.size, 1))
    return Predicted(decide(shares, None).astype(float), shares)


@pytest.fixture
def judge_classes() -> JudgeClasses:
    """Return what judges given codes and probabilities of given classes."""

    def judge(
        actual, probabilities, classes=("no", "yes"), *, scored=True, **fields
    ) -> Judgement:
        actual = np.asarray(actual, float)
        probabilities = np.asarray(probabilities, float)
        if probabilities.ndim == 1:
            probabilities = np.column_stack([1 - probabilities, probabilities])
        task = Task.BINARY if len(classes) == 2 else Task.MULTICLASS
        named = decide(probabilities, fields.get("threshold")).astype(float)
        scores, floor = {}, {}
        if scored:
            scores = score_all(task, actual, Predicted(named, probabilities))
            floor = score_all(task, actual, guess_shares(actual, len(classes)))
        given = {
            "model": "m",
            "table": "t",
            "target": "y",
            "target_unit": "",
            "metric": "log_loss",
            "folds": (scores, scores),
            "holdout": scores,
            "floor": floor,
            "n_train": 10,
            "task": task,
            "classes": tuple(classes),
            "probabilities": probabilities,
        }
        return Judgement(actual=actual, predicted=named, **(given | fields))

    return judge


@pytest.fixture
def judge_noise(judge_classes: JudgeClasses) -> JudgeClasses:
    """Return what judges a model that is right for most rows of any classes."""

    def judge(n_rows, classes=("no", "yes"), *, right=3.0, **fields) -> Judgement:
        draw = np.random.default_rng(0)
        k = len(classes)
        actual = draw.integers(0, k, n_rows)
        leanings = draw.normal(0, 1, (n_rows, k))
        leanings[np.arange(n_rows), actual] += right
        shares = np.exp(leanings)
        shares /= shares.sum(axis=1, keepdims=True)
        return judge_classes(actual, shares, classes, **fields)

    return judge
