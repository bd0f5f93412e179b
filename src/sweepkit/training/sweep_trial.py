"""One trial of a sweep: cross-validation only, on what earlier trials prepared."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig
from sklearn.pipeline import Pipeline, make_pipeline

from sweepkit.evaluation.folds import OnFold, Validated
from sweepkit.evaluation.judgement import Scores
from sweepkit.evaluation.latency import LATENCY, measure_latency_ms
from sweepkit.evaluation.objective import Objective
from sweepkit.models.pipeline import wrap_estimator
from sweepkit.models.rounds import check_stoppable
from sweepkit.training.building import build_estimator
from sweepkit.training.check import check_settings
from sweepkit.training.decision import fixed_threshold
from sweepkit.training.features import settle_features
from sweepkit.training.folding import fit_fresh, validate_folds
from sweepkit.training.out_of_fold import gather, keep
from sweepkit.training.prepared import (
    LazyFold,
    Shelf,
    features_key,
    prepare_folds,
)
from sweepkit.training.rows import Rows, read_rows
from sweepkit.training.settings import Settings, resolve
from sweepkit.training.trial import unfitted_model

# Of a table of 5 million rows each trial would leave 40 MB on the disk.
_MOST_KEPT_BYTES = 16_000_000

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
    rows = _fetch_rows(cfg, settings)
    settled, _ = settle_features(cfg, rows)
    if settled is not cfg:
        cfg, settings = settled, resolve(settled)
    estimator = _unfitted_estimator(settings, rows)
    folds = _fetch_folds(cfg, settings, rows)
    validated = validate_folds(
        rows.schema.task,
        estimator,
        folds,
        patience=settings["model"]["early_stopping"],
        threads=settings["threads"],
        on_fold=on_fold,
    )
    first, *others = (
        _measure(name, rows, estimator, folds, validated.scores)
        for name in settings["evaluation"]["objectives"]
    )
    return Objective(
        first,
        validated.scores,
        tuple(others),
        rounds=validated.rounds,
        kept=_keep(validated, rows),
    )


def _fetch_rows(cfg: DictConfig, settings: Settings) -> Rows:
    key = [settings["data"], settings["task"], settings["evaluation"]]
    return _rows.fetch(key, partial(_read_lean, cfg))


def _fetch_folds(cfg: DictConfig, settings: Settings, rows: Rows) -> list[LazyFold]:
    return _folds.fetch(
        features_key(settings),
        lambda: prepare_folds(rows, _unfitted_features(cfg, rows)),
    )


def _keep(validated: Validated, rows: Rows) -> str:
    """Keep what folds said of each row for intervals and ensembles, if it is not much.

    Returns:
        The file, or an empty text.
    """
    array = gather(validated.predicted, rows.folds, len(rows.train))
    folder = Path(HydraConfig.get().runtime.output_dir)
    return keep(array, folder) if array.nbytes <= _MOST_KEPT_BYTES else ""


def _read_lean(cfg: DictConfig) -> Rows:
    # Arrow's own pool keeps 25 MB for good after reading a table of one; each worker
    # would. The system's gives them back.
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())
    return read_rows(cfg)


def _unfitted_estimator(settings: Settings, rows: Rows) -> Any:
    """Build the last step of `unfitted_model` alone: the one that differs by trial."""
    last = wrap_estimator(
        build_estimator(settings),
        rows.schema,
        clip_predictions=settings["model"]["clip_predictions"],
        class_weight=settings["task"]["class_weight"],
    )
    if rows.schema.task.has_classes:
        last.threshold = fixed_threshold(settings["task"])
    if settings["model"]["early_stopping"] is not None:
        check_stoppable(last)
    return last


def _unfitted_features(cfg: DictConfig, rows: Rows) -> Pipeline:
    return unfitted_model(cfg, rows)[:-1]


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


def warm_up(cfg: DictConfig) -> None:
    """Read the rows and prepare the first fold: what a first trial would wait for.

    Args:
        cfg: The configuration that all trials have in common.

    Raises:
        SweepkitError: As a trial of this configuration would.
    """
    settings = resolve(cfg)
    rows = _fetch_rows(cfg, settings)
    if cfg.features.candidates is None:
        _fetch_folds(cfg, settings, rows)[0].prepared  # noqa: B018 - made when asked for
