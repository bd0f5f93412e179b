"""What a run carries besides its scores; imports MLflow, so only for recorded runs."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from omegaconf import OmegaConf

from sweepkit.data.origin import describe_source
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.metrics import find_metric
from sweepkit.evaluation.summary import name_scores
from sweepkit.registry.gate import Scorecard
from sweepkit.registry.publish import Published, publish
from sweepkit.tracking import Run, redact
from sweepkit.tracking.columns import read_columns
from sweepkit.tracking.dataset import Table
from sweepkit.tracking.environment import describe_environment
from sweepkit.tracking.model import LoggedModel, ModelCard
from sweepkit.training.check import build_gate
from sweepkit.training.evidence import describe_inputs, gather_evidence, record_rows
from sweepkit.training.passwords import without_passwords
from sweepkit.training.rows import Rows
from sweepkit.training.settings import Settings
from sweepkit.training.summary import write_note
from sweepkit.training.trial import Trial

# What decides the fitted model; where it is recorded and how many threads do not.
_DECISIVE = ("seed", "task", "data", "features", "model", "evaluation")
_NOTE = "mlflow.note.content"


def hash_config(settings: Settings) -> str:
    """Return a SHA-256 that is equal where the same model would be fitted."""
    recorded = without_passwords(settings)
    decisive = {key: recorded[key] for key in _DECISIVE}
    text = json.dumps(decisive, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def record_start(run: Run, settings: Settings, rows: Rows) -> None:
    """Record what goes in, every setting as a parameter too."""
    run.log_params(without_passwords(settings))
    record_inputs(run, settings, rows)


def record_inputs(run: Run, settings: Settings, rows: Rows) -> None:
    """Record config, table, schema, environment."""
    recorded = without_passwords(settings)
    run.log_text(redact(OmegaConf.to_yaml(OmegaConf.create(recorded))), "config.yaml")
    run.log_text(json.dumps(rows.schema.to_dict(), indent=2), "schema.json")
    run.log_text(describe_environment(), "environment.txt")
    run.set_tags(
        {
            "config.hash": hash_config(settings),
            "data.fingerprint": rows.table_fingerprint,
            "holdout.fingerprint": rows.holdout_fingerprint,
        }
    )
    run.log_dataset(
        Table(
            name=settings["data"]["name"],
            source=describe_source(settings["data"]),
            fingerprint=rows.table_fingerprint,
            columns=read_columns(rows.table),
            n_rows=len(rows.table),
        )
    )


def record_end(
    run: Run, settings: Settings, rows: Rows, trial: Trial, folder: Path
) -> LoggedModel | None:
    """Record what comes out: scores, figures, reports, the model."""
    log_scores(run, trial.judgement)
    run.set_tags({_NOTE: write_note(trial.judgement)})
    run.log_artifacts(folder)
    record_rows(run, rows, trial)
    model = settings["model"]
    return run.log_model(
        trial.model,
        ModelCard(
            name=model["name"],
            inputs=rows.train,
            target=rows.schema.target,
            task=rows.schema.task,
            classes=rows.schema.classes,
            requirements=model["requirements"],
            trusted_types=model["trusted_types"],
            metadata={"config_hash": hash_config(settings)},
            profile=describe_inputs(settings, rows, trial.model),
        ),
    )


def log_scores(run: Run, judgement: Judgement) -> None:
    """Record all scores; the curve of a fold's metric ends with the folds' mean.

    Tables of runs show the last point of a curve, and there the mean belongs.
    """
    n_folds = len(judgement.folds)
    scores = name_scores(judgement)
    means = {f"cv_{metric}" for fold in judgement.folds for metric in fold}
    run.log_metrics({k: v for k, v in scores.items() if k in means}, step=n_folds)
    run.log_metrics({k: v for k, v in scores.items() if k not in means})


def register(
    run: Run, settings: Settings, rows: Rows, trial: Trial, model: LoggedModel
) -> Published:
    """Publish the model as a version; the gate decides whether it is the champion."""
    assert run.store is not None
    judgement = trial.judgement
    metric = judgement.metric
    return publish(
        run.store,
        run_id=run.run_id,
        model_id=model.model_id,
        model_name=settings["registry"]["model_name"],
        scorecard=Scorecard(
            metric=f"holdout_{metric}",
            value=judgement.holdout[metric],
            direction=find_metric(metric).direction,
            holdout=rows.holdout_fingerprint,
        ),
        gate=build_gate(settings),
        tags=_version_tags(settings, rows, judgement),
        description=write_note(judgement),
        evidence=gather_evidence(run, settings, rows, trial, model),
        trusted_types=settings["model"]["trusted_types"],
    )


def _version_tags(
    settings: Settings, rows: Rows, judgement: Judgement
) -> Mapping[str, object]:
    scores = {
        name: f"{value:.6g}"
        for name, value in name_scores(judgement).items()
        # Floor and spread stand in the description; as tags they would bury the rest.
        if not name.startswith("floor_") and not name.endswith("_sd")
    }
    return {
        "model": judgement.model,
        "config.hash": hash_config(settings),
        "data.fingerprint": rows.table_fingerprint,
        **scores,
    }
