"""The walk of one trial through the rooms, from configuration to objective."""

from dataclasses import dataclass, replace
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig
from sklearn.pipeline import Pipeline

from sweepkit.evaluation.findings import list_trust
from sweepkit.evaluation.folds import OnFold
from sweepkit.evaluation.judgement import Judgement, Scores
from sweepkit.tracking import OpenStore, Run, Store, open_store, start_run
from sweepkit.training.check import check_settings
from sweepkit.training.choosing import Choice
from sweepkit.training.examining import examine, print_warnings
from sweepkit.training.features import settle_features
from sweepkit.training.notes import (
    Notes,
    describe_rows,
    note_features,
    note_links,
    note_task,
    note_version,
)
from sweepkit.training.progress import Display, show_progress
from sweepkit.training.reports import write_reports
from sweepkit.training.rows import Rows, read_rows
from sweepkit.training.run_file import RunFile
from sweepkit.training.settings import Settings, resolve
from sweepkit.training.summary import print_summary
from sweepkit.training.sweep_trial import run_sweep_trial
from sweepkit.training.trial import Trial, run_trial, unfitted_model


@dataclass(frozen=True, slots=True)
class Task:
    """One trial, checked and ready to run.

    Attributes:
        cfg: The composed configuration.
        settings: The same, resolved to plain values.
        rows: Its table, typed, split and folded.
        pipeline: Its unfitted model.
        warnings: What is suspicious about its table.
        choice: How its features were chosen, if they were.
    """

    cfg: DictConfig
    settings: Settings
    rows: Rows
    pipeline: Pipeline
    warnings: tuple[str, ...]
    choice: Choice | None


def train(cfg: DictConfig, *, on_fold: OnFold | None = None) -> float:
    """Train, judge, record and register one model; in a sweep, cross-validate it.

    Args:
        cfg: The composed configuration, `conf/train.yaml`.
        on_fold: Called with fold index and scores after each fold; what it raises
            ends the trial.

    Returns:
        The objective: the mean of `evaluation.metric` over the folds.

    Raises:
        SweepkitError: One of its subclasses, each for one thing a person can do.
    """
    if HydraConfig.get().mode == RunMode.MULTIRUN:
        # The sweep keeps the record and judges its best trial in the end.
        return run_sweep_trial(cfg, on_fold)
    settings = resolve(cfg)
    check_settings(settings)
    store = _open(Store(**settings["tracking"]))
    rows = read_rows(cfg)
    warnings = examine(settings, rows)
    print_warnings(warnings)
    cfg, choice = settle_features(cfg, rows)
    settings = resolve(cfg)
    pipeline = unfitted_model(cfg, rows)
    task = Task(cfg, settings, rows, pipeline, warnings, choice)
    metric = cfg.evaluation.metric
    with (
        start_run(store, cfg.model.name) as run,
        show_progress(metric, cfg.data.target_unit, len(rows.folds)) as display,
    ):
        judgement, notes = _walk(task, run, display, on_fold)
    print_summary(judgement, notes=notes)
    return judgement.cv_mean(metric)


def _open(store: Store) -> Store | OpenStore:
    # Before the table is read: that a server is down should be known within seconds.
    return store if store.uri is None else open_store(store)


def _walk(
    task: Task, run: Run, display: Display, on_fold: OnFold | None
) -> tuple[Judgement, Notes]:
    if run.store is not None:
        from sweepkit.training.record import record_start

        record_start(run, task.settings, task.rows)

    def report_fold(step: int, scores: Scores) -> None:
        display.on_fold(step, scores)
        run.log_metrics({f"cv_{name}": value for name, value in scores.items()}, step)
        if on_fold is not None:
            on_fold(step, scores)

    trial = run_trial(
        task.cfg,
        task.rows,
        task.pipeline,
        on_fold=report_fold,
        on_phase=display.on_phase,
    )
    facts = describe_rows(task.settings, task.rows)
    judgement = replace(trial.judgement, facts=facts, warnings=task.warnings)
    trial = replace(trial, judgement=judgement)
    display.on_phase("drawing and writing reports")
    folder = Path(HydraConfig.get().runtime.output_dir)
    links = {"Run in MLflow": run.url} if run.url else {}
    report = write_reports(trial.judgement, folder, links)
    display.on_phase("recording")
    notes = note_task(task.settings, task.rows) | note_links(report, run)
    notes |= note_features(task.choice, task.cfg.evaluation.metric)
    notes |= list_trust(trial.judgement)
    notes |= _hand_over(task, run, trial, folder)
    return trial.judgement, notes


def _hand_over(task: Task, run: Run, trial: Trial, folder: Path) -> Notes:
    """Record and register what was made; without a record there is neither."""
    if run.store is None:
        return {"registered": "no: tracking=off keeps no record to register from"}
    from sweepkit.training.record import record_end, register

    settings, rows = task.settings, task.rows
    model = record_end(run, settings, rows, trial, folder)
    if model is not None:
        RunFile(run_id=run.run_id, model_id=model.model_id, url=run.url).save(folder)
    if model is None or not settings["registry"]["publish"]:
        return {"registered": "no: registry.publish=false"}
    published = register(run, settings, rows, trial, model)
    return note_version(published, run.store.uri)
