"""Fit and judge an estimator on prepared folds, for single runs and sweeps alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from sweepkit.evaluation.folds import OnFold, Validated, judge_folds
from sweepkit.evaluation.judgement import Scores
from sweepkit.evaluation.metrics import score_all
from sweepkit.evaluation.predicted import Predicted
from sweepkit.models.openmp import limit_openmp
from sweepkit.models.outputs import ask
from sweepkit.models.pipeline import fit, use_threads
from sweepkit.models.rounds import Stopped, agree_on_rounds, fit_watched, use_rounds
from sweepkit.tasks import Task
from sweepkit.training.prepared import LazyFold, PreparedFold

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Judged:
    """A fold's model, and the rows it is judged on."""

    stopped: Stopped
    said: Predicted
    test: Floats
    actual: Floats


def validate_folds(
    task: Task,
    estimator: Any,
    folds: Sequence[LazyFold],
    *,
    patience: int | None = None,
    threads: int = 1,
    on_fold: OnFold | None = None,
) -> Validated:
    """Fit and score an estimator once per fold.

    With early stopping each fold is first scored with its own best round, which is what
    `on_fold` hears, and in the end with the number all folds agree on.

    Args:
        task: Whose metrics are the scores.
        estimator: Unfitted last step of a pipeline.
        folds: With their features.
        patience: Rounds without improvement after which boosting stops; None runs all.
        threads: Cores in all. Folds side by side use them better than threads within
            one estimator do, which wait for each other at every tree.
        on_fold: Called with fold index and scores after each fold, in fold order and
            on the caller's thread; what it raises (a pruned trial) ends the work.
    """
    at_once = min(threads, len(folds))
    judged: list[_Judged | None] = [None] * len(folds)

    def judge(step: int) -> Scores:
        fold = folds[step].prepared
        stopped = _fit(estimator, threads // at_once, patience, fold)
        said = ask(stopped.model, fold.test)
        judged[step] = _Judged(stopped, said, fold.test, fold.test_target)
        return score_all(task, fold.test_target, said)

    scores = judge_folds(judge, range(len(folds)), threads=at_once, on_fold=on_fold)
    done = [one for one in judged if one is not None]
    rounds = agree_on_rounds([one.stopped.curve for one in done])
    if rounds is None:
        return Validated(scores, tuple(one.said for one in done))
    said = tuple(_ask_again(one, rounds) for one in done)
    scores = tuple(
        score_all(task, one.actual, each) for one, each in zip(done, said, strict=True)
    )
    return Validated(scores, said, rounds)


def fit_fresh(model: Any, threads: int, rows: Any, target: Floats) -> Any:
    """Fit a copy on so many threads; what is returned predicts on one."""
    # For estimators that ask OpenMP instead of having a parameter.
    with limit_openmp(threads):
        fitted = fit(use_threads(clone(model), threads), rows, target)
    return use_threads(fitted, 1)


def _fit(
    estimator: Any, threads: int, patience: int | None, fold: PreparedFold
) -> Stopped:
    if patience is None:
        fitted = fit_fresh(estimator, threads, fold.train, fold.train_target)
        return Stopped(fitted, np.empty(0))
    model = use_threads(clone(estimator), threads)
    rows = (fold.train, fold.train_target, fold.test, fold.test_target)
    with limit_openmp(threads):
        stopped = fit_watched(model, *rows, patience=patience)
    use_threads(stopped.model, 1)
    return stopped


def _ask_again(judged: _Judged, rounds: int) -> Predicted:
    return ask(use_rounds(judged.stopped.model, rounds), judged.test)
