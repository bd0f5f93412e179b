"""Cross-validation that reports after every fold, so that a sweep can stop early."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweepkit.errors import DataError
from sweepkit.evaluation.judgement import Scores
from sweepkit.evaluation.metrics import score_all
from sweepkit.evaluation.predicted import Predicted
from sweepkit.evaluation.threads import map_threads
from sweepkit.tasks import Task

Item = TypeVar("Item")
Fold = tuple[NDArray[np.intp], NDArray[np.intp]]
Fit = Callable[[pd.DataFrame, NDArray[np.float64]], Any]
Ask = Callable[[Any, pd.DataFrame], Predicted]
OnFold = Callable[[int, Scores], None]


def draw_folds(
    splitter: Any,
    rows: pd.DataFrame,
    target: NDArray[np.float64] | None = None,
    groups: NDArray[Any] | None = None,
) -> list[Fold]:
    """Return (train, test) row positions for every fold.

    Args:
        splitter: Any scikit-learn splitter.
        rows: Training rows, shape (n_rows, n_columns).
        target: Shape (n_rows,), for splitters that keep the shares of classes.
        groups: Group of each row, shape (n_rows,), for splitters that need it.

    Raises:
        DataError: If the rows are too few for the splitter.
    """
    try:
        with warnings.catch_warnings():
            # That a class has few rows is said before, with what to do about it.
            warnings.filterwarnings("ignore", message="The least populated class")
            return list(splitter.split(rows, target, groups=groups))
    except ValueError as error:
        raise DataError(
            f"{type(splitter).__name__} cannot split {len(rows)} training rows: "
            f"{error} Lower `evaluation.n_splits` or choose another `evaluation`."
        ) from error


@dataclass(frozen=True, slots=True)
class Validated:
    """What cross-validation found, in fold order.

    Attributes:
        scores: Of each fold.
        predicted: For each fold's test rows, by a model that never saw them.
        rounds: Boosting rounds the folds have agreed on; None if they were given.
    """

    scores: tuple[Scores, ...]
    predicted: tuple[Predicted, ...]
    rounds: int | None = None


def cross_validate(
    fit: Fit,
    ask: Ask,
    rows: pd.DataFrame,
    target: NDArray[np.float64],
    folds: Sequence[Fold],
    *,
    task: Task = Task.REGRESSION,
    threads: int = 1,
    on_fold: OnFold | None = None,
) -> Validated:
    """Fit and score once per fold.

    Args:
        fit: Makes a fresh fitted model from rows and target.
        ask: Returns what such a model says of rows.
        rows: Training rows, shape (n_rows, n_columns).
        target: Shape (n_rows,).
        folds: Row positions as `draw_folds` returns them.
        task: Whose metrics are the scores.
        threads: Folds fitted at the same time.
        on_fold: Called with fold index and scores after each fold, in fold order and
            on the caller's thread; what it raises (a pruned trial) ends the work.
    """
    predicted: list[Predicted | None] = [None] * len(folds)

    def judge_fold(step: int) -> Scores:
        train, test = folds[step]
        model = fit(rows.iloc[train], target[train])
        predicted[step] = said = ask(model, rows.iloc[test])
        return score_all(task, target[test], said)

    scores = judge_folds(
        judge_fold, range(len(folds)), threads=threads, on_fold=on_fold
    )
    return Validated(scores, tuple(said for said in predicted if said is not None))


def judge_folds(
    judge: Callable[[Item], Scores],
    folds: Sequence[Item],
    *,
    threads: int = 1,
    on_fold: OnFold | None = None,
) -> tuple[Scores, ...]:
    """Judge folds of any form; see `cross_validate` for threads and `on_fold`."""
    scores = []
    for step, fold_scores in enumerate(map_threads(judge, folds, threads)):
        scores.append(fold_scores)
        if on_fold is not None:
            on_fold(step, fold_scores)
    return tuple(scores)
