"""Fit a configuration that a sweep chose on all training rows, and judge it once."""

from dataclasses import replace

from omegaconf import DictConfig

from sweepkit.evaluation.judgement import Scores
from sweepkit.training.decision import learn_decision, learns_decision
from sweepkit.training.examining import examine
from sweepkit.training.judging import judge
from sweepkit.training.notes import describe_rows
from sweepkit.training.rows import Rows
from sweepkit.training.settings import Settings
from sweepkit.training.trial import Trial, fit_fresh, unfitted_model, validate


def refit(
    cfg: DictConfig, settings: Settings, rows: Rows, folds: tuple[Scores, ...]
) -> Trial:
    """Fit on all training rows and score the holdout, which no trial has seen.

    Args:
        cfg: The composed configuration of the chosen trial.
        settings: The same, resolved to plain values.
        rows: Its table's rows.
        folds: What the sweep found on each fold; they are fitted again only where the
            decision between classes is learned from them.

    Raises:
        SweepkitError: One of its subclasses, each for one thing a person can do.
    """
    pipeline = unfitted_model(cfg, rows)
    model = fit_fresh(pipeline, cfg.threads, rows.train, rows.train_target)
    if learns_decision(settings["task"]):
        # Trials keep scores of folds, not what was said of each row.
        validated = validate(cfg, rows, pipeline)
        learn_decision(model, settings["task"], rows, validated)
    judgement = judge(cfg, rows, model, folds)
    told = replace(
        judgement, facts=describe_rows(settings, rows), warnings=examine(settings, rows)
    )
    return Trial(model, told)
