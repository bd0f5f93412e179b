"""Sets of features compared by small boosted trees; each step is computed once."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from lightgbm import LGBMClassifier, LGBMRegressor
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline

from sweepkit.evaluation.folds import Fold
from sweepkit.evaluation.metrics import Metric
from sweepkit.evaluation.threads import map_threads
from sweepkit.features.preprocess import Inputs, build_preprocessor
from sweepkit.features.step import FeatureStep, read_table_columns
from sweepkit.models.outputs import ask
from sweepkit.models.pipeline import (
    fit,
    fit_transformer,
    input_columns,
    wrap_estimator,
)
from sweepkit.training.rows import Rows

# By what tells a step from others: several candidates have it in common.
KeyedSteps = Mapping[str, FeatureStep]
# Features of a fold's training and of its test rows.
Block = tuple[NDArray[np.float64], NDArray[np.float64]]

_MOST_FOLDS = 3
_MOST_ROWS = 20_000
_OWN = ""  # the table's own columns, which every candidate has


def probe(
    rows: Rows, candidates: Mapping[str, KeyedSteps], metric: Metric, *, threads: int
) -> dict[str, list[float]]:
    """Cross-validate every candidate with the same small model.

    Args:
        rows: The task's rows, of which the holdout is not touched.
        candidates: Steps by key by candidate.
        metric: What a fold's test rows are scored by.
        threads: How many of the models are fitted at the same time.

    Returns:
        Each candidate's scores in the order of the folds.

    Raises:
        FitError: If a step refuses the rows.
    """
    folds = _thin_out(rows.folds[:_MOST_FOLDS], len(rows.train))
    parts = _list_parts(rows, candidates)
    works = [(fold, part) for fold in folds for part in parts.values()]
    made = map_threads(partial(_compute, rows), works, threads)
    blocks = [dict(zip(parts, made, strict=False)) for _ in folds]
    tasks = [
        (fold, [own[key] for key in (_OWN, *steps)])
        for steps in candidates.values()
        for fold, own in zip(folds, blocks, strict=True)
    ]
    scores = map_threads(partial(_score, rows, metric), tasks, threads)
    return {name: [next(scores) for _ in folds] for name in candidates}


def _thin_out(folds: Sequence[Fold], n_rows: int) -> list[Fold]:
    """Return folds over no more rows than a choice needs, drawn by chance."""
    if n_rows <= _MOST_ROWS:
        return list(folds)
    kept = np.random.default_rng(0).permutation(n_rows) < _MOST_ROWS
    return [(train[kept[train]], test[kept[test]]) for train, test in folds]


def _list_parts(
    rows: Rows, candidates: Mapping[str, KeyedSteps]
) -> dict[str, ColumnTransformer]:
    """Return the table's own columns and every distinct step, unfitted."""
    columns = input_columns(rows.schema)
    own = build_preprocessor(columns, {}, Inputs(), rows.schema.task)
    every = {key: step for steps in candidates.values() for key, step in steps.items()}
    return {_OWN: own} | {
        key: ColumnTransformer([("step", step, list(step.columns))])
        for key, step in read_table_columns(every, columns).items()
    }


def _compute(rows: Rows, work: tuple[Fold, ColumnTransformer]) -> Block:
    (train, test), part = work
    features = Pipeline([("features", clone(part))])
    before = fit_transformer(features, rows.train.iloc[train], rows.train_target[train])
    return before, np.asarray(features.transform(rows.train.iloc[test]))


def _score(rows: Rows, metric: Metric, task: tuple[Fold, list[Block]]) -> float:
    (train, test), blocks = task
    before, ahead = (np.hstack(side) for side in zip(*blocks, strict=True))
    model = wrap_estimator(_small_trees(rows), rows.schema, clip_predictions=True)
    fit(model, before, rows.train_target[train])
    return metric.judge(rows.train_target[test], ask(model, ahead))


def _small_trees(rows: Rows) -> Any:
    kind = LGBMClassifier if rows.schema.task.has_classes else LGBMRegressor
    return kind(
        n_estimators=150,
        num_leaves=31,
        learning_rate=0.1,
        colsample_bytree=0.5,
        random_state=0,
        n_jobs=1,
        deterministic=True,
        force_col_wise=True,
        verbosity=-1,
    )
