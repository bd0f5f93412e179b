"""What the gate needs of a trial: its holdout row by row, and what it weighs."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sweepkit.data.profiling import profile_table
from sweepkit.evaluation.latency import measure_latency_ms
from sweepkit.models.outputs import threshold_of
from sweepkit.registry.evidence import (
    Evidence,
    Predictions,
    hash_rows,
    save_learned,
    weigh,
)
from sweepkit.tracking import Run
from sweepkit.tracking.columns import read_columns
from sweepkit.tracking.model import LoggedModel
from sweepkit.training.rows import Rows
from sweepkit.training.settings import Settings
from sweepkit.training.trial import Trial


def record_rows(run: Run, rows: Rows, trial: Trial) -> None:
    """Keep with the run what later candidates are compared with, row by row.

    Beside the predictions for the holdout go keys of the rows it has learned from: on
    another holdout some of those may be among the questions.
    """
    keys = hash_rows(rows.train, rows.train_target)
    with tempfile.TemporaryDirectory(prefix="sweepkit-") as name:
        folder = Path(name)
        run.log_artifact(_predictions(rows, trial).save(folder))
        run.log_artifact(save_learned(keys, folder))


def gather_evidence(
    run: Run, settings: Settings, rows: Rows, trial: Trial, model: LoggedModel
) -> Evidence:
    """Return a trial as the gate wants to see it.

    Args:
        run: The recorded run.
        settings: Its whole configuration.
        rows: Its table's rows.
        trial: The fitted model and the verdict on it.
        model: The same model as the store holds it.
    """
    assert run.store is not None
    judgement = trial.judgement
    known = _predictions(rows, trial)
    timed = settings["registry"]["max_latency_ms"] is not None
    return Evidence(
        rows=known.rows,
        actual=known.actual,
        predicted=known.predicted,
        task=judgement.task,
        classes=judgement.classes,
        probabilities=judgement.probabilities,
        slices=settings["evaluation"]["slices"],
        inputs=rows.holdout,
        raw=rows.table.loc[rows.holdout.index],
        target=rows.schema.target,
        columns=read_columns(rows.train),
        table=rows.table_fingerprint,
        floor=judgement.floor.get(judgement.metric),
        # Up to a second, which nobody should wait for without a limit to keep.
        latency_ms=measure_latency_ms(trial.model, rows.holdout) if timed else None,
        size_mb=weigh(run.store, model.model_id),
        trusted_types=settings["model"]["trusted_types"],
        seed=settings["seed"],
    )


def describe_inputs(settings: Settings, rows: Rows, model: Any) -> dict[str, Any]:
    """Return the training rows' profile, as the saved model carries it."""
    profile = profile_table(
        rows.train,
        read_columns(rows.train),
        target=rows.schema.target,
        target_unit=settings["data"]["target_unit"],
    )
    schema, codes = rows.schema, range(len(rows.schema.classes))
    return replace(
        profile,
        task=str(schema.task),
        classes=schema.classes,
        class_shares=tuple(float(np.mean(rows.train_target == c)) for c in codes),
        threshold=threshold_of(model),
    ).to_dict()


def _predictions(rows: Rows, trial: Trial) -> Predictions:
    judgement = trial.judgement
    return Predictions(
        rows.holdout.index.to_numpy(),
        judgement.actual,
        judgement.predicted,
        judgement.task,
        judgement.classes,
        judgement.probabilities,
    )
