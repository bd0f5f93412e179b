"""One trial of a sweep: cross-validation only, on what earlier trials prepared."""

from functools import partial
from typing import Any

import numpy as np
import pyarrow
from omegaconf import DictConfig, OmegaConf
from sklearn.pipeline import Pipeline, make_pipeline

from sweepkit.evaluation.folds import OnFold, judge_folds
from sweepkit.evaluation.judgement import Scores
from sweepkit.evaluation.latency import LATENCY, measure_latency_ms
from sweepkit.evaluation.metrics import score_all
from sweepkit.evaluation.objective import Objective
from sweepkit.models.outputs import ask
from sweepkit.models.pipeline import wrap_estimator
from sweepkit.tasks import Task
from sweepkit.training.check import check_settings
from sweepkit.training.decision import fixed_threshold
from sweepkit.training.prepared import (
    LazyFold,
    Shelf,
    features_key,
    prepare_folds,
)
from sweepkit.training.rows import Rows, read_rows
from sweepkit.training.settings import Settings, build, resolve
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
        [settings["data"], settings["task"], settings["evaluation"]],
        partial(_read_lean, cfg),
    )
    estimator = _unfitted_estimator(settings, rows)
    folds = _folds.fetch(
        features_key(settings),
        lambda: prepare_folds(rows, _unfitted_features(cfg, rows)),
    )
    at_once = min(cfg.threads, len(folds))
    scores = judge_folds(
        partial(_judge_fold, rows.schema.task, estimator, cfg.threads // at_once),
        folds,
        threads=at_once,
        on_fold=on_fold,
    )
    first, *others = (
        _measure(name, rows, estimator, folds, scores)
        for name in settings["evaluation"]["objectives"]
    )
    return Objective(first, scores, tuple(others))


def _read_lean(cfg: DictConfig) -> Rows:
    # Arrow's own pool keeps 25 MB for good after reading a table of one; each worker
    # would. The system's gives them back.
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())
    return read_rows(cfg)


def _unfitted_estimator(settings: Settings, rows: Rows) -> Any:
    """Build the last step of `unfitted_model` alone: the one that differs by trial."""
    # From resolved values, which is twice as fast as resolving them once more.
    node = {"model": {"estimator": settings["model"]["estimator"]}}
    estimator = build(OmegaConf.create(node), "model.estimator")
    last = wrap_estimator(
        estimator,
        rows.schema,
        clip_predictions=settings["model"]["clip_predictions"],
        class_weight=settings["task"]["class_weight"],
    )
    if rows.schema.task.has_classes:
        last.threshold = fixed_threshold(settings["task"])
    return last


def _unfitted_features(cfg: DictConfig, rows: Rows) -> Pipeline:
    return unfitted_model(cfg, rows)[:-1]


def _judge_fold(task: Task, estimator: Any, threads: int, lazy: LazyFold) -> Scores:
    fold = lazy.prepared
    model = fit_fresh(estimator, threads, fold.train, fold.train_target)
    return score_all(task, fold.test_target, ask(model, fold.test))


def _measure(
    name: str,
    rows: Rows,
    estimator: Any,
    folds: list[LazyFold],
    scores: tuple[Scores, ...],
) -> float:
    if name != LATENCY:
        return float(np.mean([fold[name] for fold in scores]))
    first = folds[0].prepared
    model = fit_fresh(estimator, 1, first.train, first.train_target)
    return measure_latency_ms(make_pipeline(first.features, model), rows.train)
