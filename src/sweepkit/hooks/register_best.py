"""After a sweep: refit its best trial, judge it on the holdout, register it once."""

import logging
from collections.abc import Mapping
from pathlib import Path

from omegaconf import DictConfig

from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.metrics import list_metrics_of
from sweepkit.hooks.composing import composed
from sweepkit.hooks.trial_run import read_folds
from sweepkit.registry.gate import Decision
from sweepkit.registry.publish import DECISION, PROMOTED, Published
from sweepkit.registry.versions import find_version
from sweepkit.sweep.outcome import Outcome
from sweepkit.tracking.recording import MlflowRun
from sweepkit.tracking.store import OpenStore
from sweepkit.training.notes import Notes, note_links, note_version
from sweepkit.training.record import record_end, record_inputs, register
from sweepkit.training.refit import refit
from sweepkit.training.reports import write_reports
from sweepkit.training.rows import read_rows
from sweepkit.training.settings import Settings, resolve
from sweepkit.training.summary import print_summary

log = logging.getLogger(__name__)


def register_best(
    store: OpenStore, config: DictConfig, best: Outcome, folder: Path, facts: Notes
) -> Notes:
    """Make the best trial a registered version; once, however often it is asked for.

    The model, its scores on the holdout and its figures are added to the trial's own
    run, which ended long ago and stays as long as it was.

    Args:
        store: The opened store, which holds the trial's run.
        config: The configuration of the whole sweep.
        best: The trial, with its run.
        folder: Where figures and reports are written.
        facts: What else is to be printed.

    Returns:
        What was registered and what the gate decided, in words.

    Raises:
        SweepkitError: One of its subclasses, each for one thing a person can do.
    """
    if not config.registry.publish:
        return {"registered": "no: registry.publish=false"}
    with composed(config, best.overrides, best.number, folder) as cfg:
        settings = resolve(cfg)
        name = settings["registry"]["model_name"]
        published = _find_published(store, name, best.run_id)
        if published is not None:
            return note_version(published, store.uri) | {
                "registered": f"{name} version {published.version}, as before"
            }
        log.info("Refitting trial %d on all training rows.", best.number)
        judgement, notes = _register(store, cfg, settings, best, folder)
    print_summary(judgement, notes=notes | facts)
    return notes


def _register(
    store: OpenStore, cfg: DictConfig, settings: Settings, best: Outcome, folder: Path
) -> tuple[Judgement, Notes]:
    rows = read_rows(cfg)
    names = [metric.name for metric in list_metrics_of(rows.schema.task)]
    folds = best.folds or read_folds(store, best.run_id, names)
    trial = refit(cfg, settings, rows, tuple(dict(fold) for fold in folds))
    # The run has ended; what is added to it does not change when.
    run = MlflowRun(store, best.run_id)
    report = write_reports(trial.judgement, folder, {"Run in MLflow": run.url})
    record_inputs(run, settings, rows)
    model = record_end(run, settings, rows, trial, folder)
    assert model is not None
    published = register(run, settings, rows, trial, model)
    notes = {"trial": f"{best.number} ({_words(best.params)})"}
    notes |= note_links(report, run) | note_version(published, store.uri)
    return trial.judgement, notes


def _find_published(store: OpenStore, name: str, run_id: str) -> Published | None:
    """Return what an earlier session published of this run, if it came to its end."""
    with store.guard():
        version = find_version(store.client, name, run_id)
    if version is None or PROMOTED not in version.tags:
        return None
    promoted = version.tags[PROMOTED] == "True"
    decision = Decision(promoted, version.tags.get(DECISION, ""))
    return Published(name, str(version.version), decision)


def _words(params: Mapping[str, object]) -> str:
    text = ", ".join(f"{key.rpartition('.')[2]}={params[key]}" for key in params)
    return text or "the defaults"
