"""What the champion says of the candidate's holdout rows: kept, or asked again."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sweepkit.data.schema import TableSchema
from sweepkit.errors import RegistryError
from sweepkit.evaluation.predicted import Predicted
from sweepkit.registry.asking import ask_version, list_labels
from sweepkit.registry.evidence import (
    LEARNED,
    PREDICTIONS,
    Evidence,
    Predictions,
    hash_rows,
    load_learned,
)
from sweepkit.registry.facts import VersionFacts
from sweepkit.registry.files import fetch_file
from sweepkit.registry.labels import check_same_task, relabel, translate
from sweepkit.registry.loading import fetch_version
from sweepkit.registry.scores import read_scorecard
from sweepkit.tracking.model_files import load_folder
from sweepkit.tracking.store import OpenStore

SCHEMA = "schema.json"
TABLE = "data.fingerprint"
# With fewer rows that the champion has never seen, no difference would show.
MIN_UNSEEN = 50


@dataclass(frozen=True, slots=True)
class Rival:
    """The champion on the candidate's rows.

    Attributes:
        predicted: Its predictions for them, in terms of the candidate's classes.
        compared: Which of them count, shape (n_holdout,).
        how: How the predictions came about, in words; empty if nothing is to be said.
    """

    predicted: Predicted
    compared: NDArray[np.bool_]
    how: str = ""


def recall(
    store: OpenStore, version: VersionFacts, evidence: Evidence, holdout: str
) -> Rival:
    """Return what a version says of a candidate's rows; call it within the guard.

    If table and holdout are those it was judged on, its predictions are kept with its
    run. Else, or if they are lost, it is loaded and asked; rows it has learned from
    are then left out, as it knows their answers.

    Args:
        store: An opened store.
        version: The champion.
        evidence: The candidate's rows.
        holdout: Their fingerprint.

    Raises:
        SweepkitError: One of its subclasses, if it cannot be asked.
    """
    with tempfile.TemporaryDirectory(prefix="sweepkit-") as name:
        folder = Path(name)
        card = read_scorecard(version.tags)
        unchanged = card is not None and card.holdout == holdout
        if unchanged and version.tags.get(TABLE) == evidence.table:
            kept = _read_kept(store, version, evidence, folder)
            if kept is not None:
                return Rival(kept, np.ones(len(kept), dtype=bool))
        return _ask_again(store, version, evidence, folder)


def _read_kept(
    store: OpenStore, version: VersionFacts, evidence: Evidence, folder: Path
) -> Predicted | None:
    file = _download(store, version, PREDICTIONS, folder)
    if file is None:
        return None
    try:
        kept = Predictions.load(file)
    except (ValueError, KeyError):  # a damaged file is as good as none
        return None
    return kept.align(evidence.rows, evidence.actual, evidence.classes)


def _ask_again(
    store: OpenStore, version: VersionFacts, evidence: Evidence, folder: Path
) -> Rival:
    trusted = evidence.trusted_types
    pipeline = load_folder(fetch_version(store, version, folder, trusted), trusted)
    inputs = evidence.inputs
    file = _download(store, version, SCHEMA, folder)
    if file is not None:
        with _explain_damage(SCHEMA):
            schema = TableSchema.from_dict(json.loads(file.read_text(encoding="utf-8")))
        inputs = schema.conform(evidence.raw)
    classes = list_labels(pipeline)
    check_same_task(classes, evidence.classes)
    said = ask_version(pipeline, inputs, version)
    predicted = relabel(said, classes, evidence.classes)
    file = _download(store, version, LEARNED, folder)
    if file is None:
        how = "nobody knows which of them it has learned from"
        return Rival(predicted, np.ones(len(predicted), dtype=bool), _tell(how))
    with _explain_damage(LEARNED):
        learned = load_learned(file)
    actual = translate(evidence.actual, evidence.classes, classes)
    return _leave_out(predicted, np.isin(hash_rows(inputs, actual), learned))


def _leave_out(predicted: Predicted, seen: NDArray[np.bool_]) -> Rival:
    n_seen, n_rows = int(seen.sum()), seen.size
    everything = np.ones(seen.shape, dtype=bool)
    if not n_seen:
        return Rival(predicted, everything, _tell())
    if n_rows - n_seen < MIN_UNSEEN:
        how = f"it has learned from {n_seen:,} of {n_rows:,}, too many to leave out"
        return Rival(predicted, everything, _tell(how))
    how = f"{n_seen:,} of {n_rows:,} are left out, as it has learned from them"
    return Rival(predicted, ~seen, _tell(how))


def _tell(how: str = "") -> str:
    return "the champion was scored again on these rows" + (f"; {how}" if how else "")


@contextmanager
def _explain_damage(name: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError) as error:
        raise RegistryError(f"Its run's {name} cannot be read ({error}).") from error


def _download(
    store: OpenStore, version: VersionFacts, name: str, folder: Path
) -> Path | None:
    """Return a file of the version's run, or None if the run has none of this name."""
    if not version.run_id:
        return None
    location = store.client.get_run(version.run_id).info.artifact_uri
    return fetch_file(store, location, name, folder)
