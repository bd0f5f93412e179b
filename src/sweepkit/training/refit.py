"""Fit a configuration that a sweep chose on all training rows, and judge it once."""

from dataclasses import replace
from pathlib import Path

from omegaconf import DictConfig

from sweepkit.evaluation.judgement import Scores
from sweepkit.training.examining import examine
from sweepkit.training.notes import describe_rows
from sweepkit.training.out_of_fold import load
from sweepkit.training.rows import Rows
from sweepkit.training.settings import Settings
from sweepkit.training.trial import (
    Found,
    OnPhase,
    Trial,
    find,
    finish,
    unfitted_model,
    validate,
)


def refit(
    cfg: DictConfig,
    settings: Settings,
    rows: Rows,
    folds: tuple[Scores, ...],
    *,
    rounds: int | None = None,
    kept: str = "",
    found: Found | None = None,
    on_phase: OnPhase | None = None,
) -> Trial:
    """Fit on all training rows and score the holdout, which no trial has seen.

    Args:
        cfg: The composed configuration of the chosen trial.
        settings: The same, resolved to plain values.
        rows: Its table's rows.
        folds: What the sweep found on each fold.
        rounds: Boosting rounds its folds have agreed on.
        kept: File of its out-of-fold predictions; without one the folds are fitted
            again.
        found: All of this, if it is at hand.
        on_phase: Called with a few words as each part of the work begins.

    Raises:
        SweepkitError: One of its subclasses, each for one thing a person can do.
    """
    pipeline = unfitted_model(cfg, rows)
    if found is not None:
        pass
    elif kept and Path(kept).is_file():
        found = Found(folds, rounds, load(kept, len(rows.train)))
    else:
        found = replace(find(validate(cfg, rows, pipeline), rows), folds=folds)
    trial = finish(cfg, rows, pipeline, found, on_phase=on_phase or _say_nothing)
    told = replace(
        trial.judgement,
        facts=describe_rows(settings, rows),
        warnings=examine(settings, rows),
    )
    return replace(trial, judgement=told)


def _say_nothing(phase: str) -> None:
    del phase
