"""After a sweep: refit its best, judge it on the holdout, register it once."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from sweepkit.evaluation.findings import list_trust
from sweepkit.evaluation.judgement import Judgement, Scores
from sweepkit.evaluation.metrics import list_metrics_of
from sweepkit.hooks.composing import composed
from sweepkit.hooks.ensemble import configure_ensemble
from sweepkit.hooks.joining import Joined, is_wanted, join_trials
from sweepkit.hooks.record import SweepRecord
from sweepkit.hooks.run_file import write_run_file
from sweepkit.hooks.trial_run import PARENT, ROLE, read_folds
from sweepkit.registry.gate import Decision
from sweepkit.registry.publish import DECISION, PROMOTED, Published
from sweepkit.registry.versions import find_twin, find_version
from sweepkit.sweep.clock import Clock
from sweepkit.sweep.outcome import Outcome, SweepResult
from sweepkit.tracking.recording import MlflowRun
from sweepkit.tracking.run import start_run
from sweepkit.tracking.store import OpenStore
from sweepkit.training.features import settle_features
from sweepkit.training.notes import Notes, note_links, note_version
from sweepkit.training.record import (
    hash_config,
    record_end,
    record_inputs,
    register,
)
from sweepkit.training.refit import refit
from sweepkit.training.reports import write_reports
from sweepkit.training.rows import Rows, read_rows
from sweepkit.training.settings import Settings, resolve
from sweepkit.training.summary import print_summary
from sweepkit.training.trial import JUDGING, Found, OnPhase, Trial

log = logging.getLogger(__name__)

ENSEMBLE = "ensemble"
# Reports, recording, registering and the end of the process, on two cores; and how many
# rows judging asks an ensemble of four for in a second.
_AFTER_JUDGING_S, _ROWS_PER_S = 4.5, 150
_LEAST_S, _MOST_S = 0.4, 3.0


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of a sweep's best.

    Attributes:
        notes: In words.
        refitted_s: Seconds that fitting on all training rows took.
        judgement: The verdict; None if the version was there already.
    """

    notes: Notes
    refitted_s: float = 0.0
    judgement: Judgement | None = None


def register_best(
    record: SweepRecord, config: DictConfig, result: SweepResult, facts: Notes
) -> Registered:
    """Make the best trial, or several joined, one registered version; once.

    However often it is asked for. A trial's model, its scores on the holdout and its
    figures are added to the trial's own run, which ended long ago and stays as long as
    it was; an ensemble has a run of its own beside its trials.

    Args:
        record: The sweep's record, with the trials' runs.
        config: The configuration of the whole sweep.
        result: What came of it, with runs.
        facts: What else is to be printed.

    Raises:
        SweepkitError: One of its subclasses, each for one thing a person can do.
    """
    if not config.registry.publish:
        return Registered({"registered": "no: registry.publish=false"})
    best, folder = result.best, record.plan.folder / "best"
    assert best is not None
    with composed(config, best.overrides, best.number, folder) as cfg:
        rows = read_rows(cfg)
        cfg, _ = settle_features(cfg, rows)
        settings = resolve(cfg)
        joined = join_trials(settings, rows, result) if is_wanted(config) else ""
        if isinstance(joined, str):
            hurry = partial(_hurry, cfg, result.clock)
            done = _register_trial(record, cfg, settings, rows, best, folder, hurry)
            done.notes.update({"ensemble": f"no: {joined}"} if joined else {})
        else:
            cfg = configure_ensemble(config, cfg, joined, folder)
            hurry = partial(_hurry, cfg, result.clock)
            settings = resolve(cfg)
            done = _register_joined(record, cfg, settings, rows, joined, folder, hurry)
    if done.judgement is not None:
        print_summary(done.judgement, notes=done.notes | facts)
    return done


def _hurry(cfg: DictConfig, clock: Clock | None, phase: str) -> None:
    """Let importances and reasons rest on as few rows as there is time for.

    They ask the model again and again; nothing else that is left can be done quicker.
    """
    if clock is None or phase != JUDGING:
        return
    importance = cfg.evaluation.importance
    time_s = clock.left_s() - _AFTER_JUDGING_S
    rows = int(_ROWS_PER_S * min(max(time_s, _LEAST_S), _MOST_S))
    importance.max_rows = min(importance.max_rows, rows)


def _register_trial(
    record: SweepRecord,
    cfg: DictConfig,
    settings: Settings,
    rows: Rows,
    best: Outcome,
    folder: Path,
    on_phase: OnPhase,
) -> Registered:
    store, name = record.store, settings["registry"]["model_name"]
    published = _find_published(store, name, best.run_id)
    if published is None:
        log.info("Refitting trial %d on all training rows.", best.number)
        names = [metric.name for metric in list_metrics_of(rows.schema.task)]
        folds = best.folds or read_folds(store, best.run_id, names)
        scores: tuple[Scores, ...] = tuple(dict(fold) for fold in folds)
        known: dict[str, Any] = {"rounds": best.rounds, "kept": best.kept}
        trial = refit(cfg, settings, rows, scores, **known, on_phase=on_phase)
        # The run has ended; what is added to it does not change when.
        run = MlflowRun(store, best.run_id)
        notes = {"trial": f"{best.number} ({_words(best.params)})"}
        done = _register(run, settings, rows, trial, folder, notes)
    else:
        done = _as_before(published, name, store)
    write_run_file(store, best.run_id, folder)
    return done


def _register_joined(
    record: SweepRecord,
    cfg: DictConfig,
    settings: Settings,
    rows: Rows,
    joined: Joined,
    folder: Path,
    on_phase: OnPhase,
) -> Registered:
    store, name = record.store, settings["registry"]["model_name"]
    parent = record.run.run_id
    with store.guard():
        twin = find_twin(store.client, name, parent, hash_config(settings))
    twin_id = "" if twin is None else str(twin.run_id)
    if twin_id and (published := _find_published(store, name, twin_id)):
        write_run_file(store, twin_id, folder)
        return _as_before(published, name, store)
    log.info("Refitting %d trials, joined, on all training rows.", len(joined.members))
    found = Found(joined.folds, None, joined.out_of_fold)
    trial = refit(cfg, settings, rows, joined.folds, found=found, on_phase=on_phase)
    tags = {ROLE: ENSEMBLE, PARENT: parent, "ensemble.members": joined.words}
    with start_run(store, ENSEMBLE, tags=tags, parent=parent) as run:
        assert isinstance(run, MlflowRun)
        notes = {"ensemble": f"{joined.words}; {_describe_gain(joined)}"}
        done = _register(run, settings, rows, trial, folder, notes)
        run_id = run.run_id
    write_run_file(store, run_id, folder)
    return done


def _register(
    run: MlflowRun,
    settings: Settings,
    rows: Rows,
    trial: Trial,
    folder: Path,
    notes: Notes,
) -> Registered:
    assert run.store is not None
    report = write_reports(trial.judgement, folder, {"Run in MLflow": run.url})
    record_inputs(run, settings, rows)
    model = record_end(run, settings, rows, trial, folder)
    assert model is not None
    published = register(run, settings, rows, trial, model)
    notes |= list_trust(trial.judgement) | note_links(report, run)
    notes |= note_version(published, run.store.uri)
    return Registered(notes, trial.fit_seconds, trial.judgement)


def _as_before(published: Published, name: str, store: OpenStore) -> Registered:
    notes = note_version(published, store.uri)
    notes |= {"registered": f"{name} version {published.version}, as before"}
    return Registered(notes)


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


def _describe_gain(joined: Joined) -> str:
    gain = joined.gain
    blend, single = (sum(x) / len(x) for x in (gain.blend, gain.single))
    return (
        f"{gain.metric.name} {blend:.5g} on unseen folds, the best alone {single:.5g}"
    )
