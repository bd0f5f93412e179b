"""Cross-validation that reports after every fold, so that a sweep can stop early."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweepkit.errors import DataError
from sweepkit.evaluation.judgement import Scores
from sweepkit.evaluation.metrics import score_all
from sweepkit.evaluation.threads import map_threads

Item = TypeVar("Item")
Fold = tuple[NDArray[np.intp], NDArray[np.intp]]
Fit = Callable[[pd.DataFrame, NDArray[np.float64]], Any]
OnFold = Callable[[int, Scores], None]


def draw_folds(
    splitter: Any, rows: pd.DataFrame, groups: NDArray[Any] | None = None
) -> list[Fold]:
    """Return (train, test) row positions for every fold.

    Args:
        splitter: Any scikit-learn splitter.
        rows: Training rows, shape (n_rows, n_columns).
        groups: Group of each row, shape (n_rows,), for splitters that need it.

    Raises:
        DataError: If the rows are too few for the splitter.
    """
    try:
        return list(splitter.split(rows, groups=groups))
    except ValueError as error:
        raise DataError(
            f"{type(splitter).__name__} cannot split {len(rows)} training rows: "
            f"{error} Lower `evaluation.n_splits` or choose another `evaluation`."
        ) from error


def cross_validate(
    fit: Fit,
    rows: pd.DataFrame,
    target: NDArray[np.float64],
    folds: Sequence[Fold],
    *,
    threads: int = 1,
    on_fold: OnFold | None = None,
) -> tuple[Scores, ...]:
    """Fit and score once per fold.

    Args:
        fit: Makes a fresh fitted model, with `predict`, from rows and target.
        rows: Training rows, shape (n_rows, n_columns).
        target: Shape (n_rows,).
        folds: Row positions as `draw_folds` returns them.
        threads: Folds fitted at the same time.
        on_fold: Called with fold index and scores after each fold, in fold order and
            on the caller's thread; what it raises (a pruned trial) ends the work.

    Returns:
        Scores of each fold, in fold order.
    """

    def judge_fold(fold: Fold) -> Scores:
        train, test = fold
        model = fit(rows.iloc[train], target[train])
        return score_all(target[test], model.predict(rows.iloc[test]))

    return judge_folds(judge_fold, folds, threads=threads, on_fold=on_fold)


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
