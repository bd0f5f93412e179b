"""Fit and judge one configuration; nothing here is recorded anywhere."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from omegaconf import DictConfig, OmegaConf
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from sweepkit.evaluation.folds import OnFold, Validated, cross_validate
from sweepkit.evaluation.judgement import Judgement
from sweepkit.features.preprocess import Inputs
from sweepkit.models.outputs import ask
from sweepkit.models.pipeline import build_pipeline, fit, use_threads
from sweepkit.training.decision import fixed_threshold, learn_decision
from sweepkit.training.judging import judge
from sweepkit.training.rows import Rows
from sweepkit.training.settings import Settings, build

OnPhase = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """A fitted model and the verdict on it.

    Attributes:
        model: Pipeline fitted on all training rows.
        judgement: What is known about it.
    """

    model: Pipeline
    judgement: Judgement


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
    on_phase("fitting on all training rows")
    model = fit_fresh(pipeline, cfg.threads, rows.train, rows.train_target)
    learn_decision(model, read_task(cfg), rows, validated)
    on_phase("judging on the holdout")
    return Trial(model, judge(cfg, rows, model, validated.scores))


def validate(
    cfg: DictConfig, rows: Rows, pipeline: Pipeline, *, on_fold: OnFold | None = None
) -> Validated:
    """Cross-validate an unfitted model on the training rows."""
    # Folds side by side use the cores better than threads within one estimator do,
    # which wait for each other at every tree.
    at_once = min(cfg.threads, len(rows.folds))
    return cross_validate(
        partial(fit_fresh, pipeline, cfg.threads // at_once),
        ask,
        rows.train,
        rows.train_target,
        rows.folds,
        task=rows.schema.task,
        threads=at_once,
        on_fold=on_fold,
    )


def fit_fresh(model: Any, threads: int, rows: Any, target: NDArray[np.float64]) -> Any:
    """Fit a copy on so many threads; what is returned predicts on one."""
    # For estimators that ask OpenMP instead of having a parameter.
    with threadpool_limits(threads, user_api="openmp"):
        fitted = fit(use_threads(clone(model), threads), rows, target)
    return use_threads(fitted, 1)
