"""One trial of a sweep: cross-validation only, on what earlier trials prepared."""

from functools import partial
from typing import Any

import numpy as np
from omegaconf import DictConfig
from sklearn.base import clone
from sklearn.pipeline import Pipeline, make_pipeline

from sweepkit.evaluation.folds import OnFold, judge_folds
from sweepkit.evaluation.judgement import Scores
from sweepkit.evaluation.latency import LATENCY, measure_latency_ms
from sweepkit.evaluation.metrics import score_all
from sweepkit.evaluation.objective import Objective
from sweepkit.training.check import check_settings
from sweepkit.training.prepared import (
    PreparedFold,
    Shelf,
    features_key,
    prepare_folds,
)
from sweepkit.training.rows import Rows, read_rows
from sweepkit.training.settings import resolve
from sweepkit.training.trial import fit_fresh, unfitted_model

_rows = Shelf()
_folds = Shelf()


def run_sweep_trial(cfg: DictConfig, on_fold: OnFold | None) -> Objective:
    """Cross-validate one configuration; the holdout is not touched.

    Args:
        cfg: The composed configuration of this trial.
        on_fold: Called with fold index and scores after each fold; what it raises
            (a pruned trial) ends the trial.

    Returns:
        The objective, with the scores of every fold.

    Raises:
        SweepkitError: One of its subclasses, each for one thing a person can do.
    """
    settings = resolve(cfg)
    check_settings(settings)
    rows = _rows.fetch(
        [settings["data"], settings["evaluation"]], partial(read_rows, cfg)
    )
    pipeline = unfitted_model(cfg, rows)
    folds = _folds.fetch(features_key(settings), partial(prepare_folds, rows, pipeline))
    at_once = min(cfg.threads, len(folds))
    scores = judge_folds(
        partial(_judge_fold, pipeline[-1], cfg.threads // at_once),
        folds,
        threads=at_once,
        on_fold=on_fold,
    )
    first, *others = (
        _measure(name, rows, pipeline, folds, scores)
        for name in settings["evaluation"]["objectives"]
    )
    return Objective(first, scores, tuple(others))


def _judge_fold(estimator: Any, threads: int, fold: PreparedFold) -> Scores:
    model = fit_fresh(estimator, threads, fold.train, fold.train_target)
    return score_all(fold.test_target, model.predict(fold.test))


def _measure(
    name: str,
    rows: Rows,
    pipeline: Pipeline,
    folds: list[PreparedFold],
    scores: tuple[Scores, ...],
) -> float:
    if name != LATENCY:
        return float(np.mean([fold[name] for fold in scores]))
    first = folds[0]
    estimator = fit_fresh(clone(pipeline[-1]), 1, first.train, first.train_target)
    return measure_latency_ms(make_pipeline(first.features, estimator), rows.train)
