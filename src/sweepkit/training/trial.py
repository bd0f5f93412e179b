"""Fit and judge one configuration; nothing here is recorded anywhere."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from omegaconf import DictConfig, OmegaConf
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from sweepkit.evaluation.folds import OnFold, Validated
from sweepkit.evaluation.judgement import Judgement, Scores
from sweepkit.features.preprocess import Inputs
from sweepkit.models.intervals import learn_intervals
from sweepkit.models.pipeline import build_pipeline, fit_transformer
from sweepkit.models.rounds import check_stoppable, set_rounds
from sweepkit.training.decision import fixed_threshold, learn_decision
from sweepkit.training.folding import fit_fresh, validate_folds
from sweepkit.training.judging import judge
from sweepkit.training.out_of_fold import gather, read_array
from sweepkit.training.prepared import prepare_folds
from sweepkit.training.rows import Rows
from sweepkit.training.settings import Settings, build

OnPhase = Callable[[str], None]
JUDGING = "judging on the holdout"


@dataclass(frozen=True, slots=True)
class Found:
    """What cross-validation found of one configuration.

    Attributes:
        folds: Scores of each fold.
        rounds: Boosting rounds the folds have agreed on; None if they were given.
        out_of_fold: Predictions for training rows, as `out_of_fold.gather` makes them.
    """

    folds: tuple[Scores, ...]
    rounds: int | None
    out_of_fold: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trial:
    """A fitted model and the verdict on it.

    Attributes:
        model: Pipeline fitted on all training rows.
        judgement: What is known about it.
        fit_seconds: What fitting it on all training rows took.
    """

    model: Pipeline
    judgement: Judgement
    fit_seconds: float = 0.0


def unfitted_model(cfg: DictConfig, rows: Rows) -> Pipeline:
    """Build the pipeline that `features` and `model` describe for these columns.

    Raises:
        ConfigError: If a class or its settings are refused.
        DataError: If a feature step needs a column that the table lacks.
    """
    classes = read_task(cfg)
    pipeline = build_pipeline(
        build(cfg, "model.estimator"),
        rows.schema,
        steps=build(cfg, "features.steps") or {},
        inputs=Inputs(**cfg.model.inputs),
        clip_predictions=cfg.model.clip_predictions,
        class_weight=classes["class_weight"],
    )
    if rows.schema.task.has_classes:
        pipeline[-1].threshold = fixed_threshold(classes)
    if cfg.model.early_stopping is not None:
        check_stoppable(pipeline)
    return pipeline


def read_task(cfg: DictConfig) -> Settings:
    """Return the node `task` as plain values."""
    node = OmegaConf.to_container(cfg.task, resolve=True)
    assert isinstance(node, dict)
    return {str(key): value for key, value in node.items()}


def run_trial(
    cfg: DictConfig,
    rows: Rows,
    pipeline: Pipeline,
    *,
    on_fold: OnFold,
    on_phase: OnPhase,
) -> Trial:
    """Cross-validate, fit on all training rows and judge on the holdout.

    Args:
        cfg: The whole configuration.
        rows: The task's rows.
        pipeline: What `unfitted_model` built for them.
        on_fold: Called with fold index and scores after each fold.
        on_phase: Called with a few words as each part of the work begins.
    """
    on_phase("cross-validating")
    validated = validate(cfg, rows, pipeline, on_fold=on_fold)
    return finish(cfg, rows, pipeline, find(validated, rows), on_phase=on_phase)


def validate(
    cfg: DictConfig, rows: Rows, pipeline: Pipeline, *, on_fold: OnFold | None = None
) -> Validated:
    """Cross-validate an unfitted model on the training rows."""
    return validate_folds(
        rows.schema.task,
        pipeline[-1],
        # No other trial will want them, and a table may be large.
        prepare_folds(rows, pipeline[:-1], keep=False),
        patience=cfg.model.early_stopping,
        threads=cfg.threads,
        on_fold=on_fold,
    )


def find(validated: Validated, rows: Rows) -> Found:
    """Return what cross-validation found, its predictions gathered by row."""
    array = gather(validated.predicted, rows.folds, len(rows.train))
    return Found(validated.scores, validated.rounds, array)


def finish(
    cfg: DictConfig, rows: Rows, pipeline: Pipeline, found: Found, *, on_phase: OnPhase
) -> Trial:
    """Fit on all training rows, learn from the folds what they show, and judge.

    Args:
        cfg: The whole configuration.
        rows: The task's rows.
        pipeline: What `unfitted_model` built for them.
        found: What cross-validation found with the same settings.
        on_phase: Called with a few words as each part of the work begins.
    """
    on_phase("fitting on all training rows")
    begun = time.perf_counter()
    model, matrix = fit_whole(pipeline, rows, cfg.threads, found.rounds)
    seconds = time.perf_counter() - begun
    learned = read_array(found.out_of_fold)
    learn_decision(model, read_task(cfg), rows.train_target, learned)
    learn_intervals(
        model,
        matrix,
        learned.positions,
        learned.predicted,
        rows.train_target,
        task=rows.schema.task,
        seed=cfg.seed,
        threads=cfg.threads,
    )
    on_phase(JUDGING)
    return Trial(model, judge(cfg, rows, model, found.folds), seconds)


def fit_whole(
    pipeline: Pipeline, rows: Rows, threads: int, rounds: int | None = None
) -> tuple[Pipeline, NDArray[np.float64]]:
    """Fit a copy of a pipeline on all training rows.

    Args:
        pipeline: Unfitted.
        rows: The task's rows.
        threads: Cores the estimator may use.
        rounds: Boosting rounds instead of the estimator's own; None keeps those.

    Returns:
        The fitted pipeline, and the features it has learned from, in which rows that
        stand for themselves among their neighbours are left out.
    """
    features = clone(pipeline[:-1])
    matrix = fit_transformer(features, rows.train, rows.train_target)
    name, last = pipeline.steps[-1]
    if rounds is not None:
        last = set_rounds(clone(last), rounds)
    fitted = fit_fresh(last, threads, matrix, rows.train_target)
    return Pipeline([*features.steps, (name, fitted)]), matrix
