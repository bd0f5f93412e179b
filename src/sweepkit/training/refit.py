"""Fit a configuration that a sweep chose on all training rows, and judge it once."""

from dataclasses import replace
from pathlib import Path

from omegaconf import DictConfig

from sweepkit.evaluation.figures import draw_figures
from sweepkit.evaluation.judgement import Judgement, Scores
from sweepkit.evaluation.report import write_evaluation_json, write_report
from sweepkit.training.notes import describe_rows
from sweepkit.training.rows import Rows
from sweepkit.training.settings import Settings
from sweepkit.training.trial import Trial, fit_fresh, judge, unfitted_model


def refit(
    cfg: DictConfig, settings: Settings, rows: Rows, folds: tuple[Scores, ...]
) -> Trial:
    """Fit on all training rows and score the holdout, which no trial has seen.

    Args:
        cfg: The composed configuration of the chosen trial.
        settings: The same, resolved to plain values.
        rows: Its table's rows.
        folds: What the sweep found on each fold; they are not fitted again.

    Raises:
        SweepkitError: One of its subclasses, each for one thing a person can do.
    """
    pipeline = unfitted_model(cfg, rows)
    model = fit_fresh(pipeline, cfg.threads, rows.train, rows.train_target)
    judgement = judge(cfg, rows, model, folds)
    return Trial(model, replace(judgement, facts=describe_rows(settings, rows)))


def write_reports(judgement: Judgement, folder: Path, links: dict[str, str]) -> Path:
    """Draw figures and write the reports of a judgement.

    Args:
        judgement: What is shown.
        folder: Where to write; it is made.
        links: Title to address, for the reader.

    Returns:
        The report a person opens.

    Raises:
        DiskError: If a file cannot be written.
    """
    report = folder / "report.html"
    write_report(judgement, draw_figures(judgement, folder / "figures"), report, links)
    write_evaluation_json(judgement, folder / "evaluation_report.json")
    return report
