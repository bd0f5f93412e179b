"""A run that MLflow records."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from mlflow.entities import Dataset, Metric, Param, RunTag

from sweepkit.tracking.artifacts import list_artifacts
from sweepkit.tracking.dataset import Table, describe_input
from sweepkit.tracking.ending import judge_ending, record_failure
from sweepkit.tracking.links import run_url
from sweepkit.tracking.metrics import Value, name_points, read_points, split_finite
from sweepkit.tracking.model import LoggedModel, ModelCard, log_pipeline
from sweepkit.tracking.origin import describe_origin
from sweepkit.tracking.params import clean_tags, prepare_params, split_batches
from sweepkit.tracking.redact import redact
from sweepkit.tracking.run import Status
from sweepkit.tracking.store import OpenStore

log = logging.getLogger(__name__)

_METRICS_PER_BATCH = 1000


def record_run(
    store: OpenStore,
    name: str,
    tags: Mapping[str, object],
    *,
    parent: str,
    checkout: Path,
) -> MlflowRun:
    """Begin a run and say where it comes from.

    Raises:
        StoreError: If the store does not take it.
    """
    origin = describe_origin(checkout, parent)
    with store.guard():
        run = store.client.create_run(
            store.experiment_id,
            start_time=_now_ms(),
            run_name=name,
            tags={**origin, **clean_tags(tags)},
        )
    return MlflowRun(store, run.info.run_id)


class MlflowRun:
    """One run of the store, closed at the end of its `with` block.

    Args:
        store: The opened store it belongs to.
        run_id: Id of a run that is RUNNING.
    """

    def __init__(self, store: OpenStore, run_id: str) -> None:
        self.store: OpenStore | None = store
        self.run_id = run_id
        self.url = run_url(store.uri, store.experiment_id, run_id)
        self._store = store
        self._client = store.client
        self._latest: dict[str, Metric] = {}
        self._dataset: Dataset | None = None
        self._not_finite: list[str] = []
        self._ended = False

    def log_params(self, params: Mapping[str, object]) -> None:
        """Record a nested config as flat parameters, its secrets masked."""
        for batch in split_batches(prepare_params(params)):
            entries = [Param(key, value) for key, value in batch.items()]
            with self._store.guard():
                self._client.log_batch(self.run_id, params=entries)

    def log_metrics(
        self, metrics: Mapping[str, Value], step: int | None = None
    ) -> None:
        """Record numbers at one step; a sequence is a curve that counts from there.

        What is NaN or infinite is named in the tag `metrics.not_finite` instead.
        """
        finite, others = split_finite(read_points(metrics, step))
        now = _now_ms()
        entries = [Metric(p.name, p.value, now, p.step) for p in finite]
        for start in range(0, len(entries), _METRICS_PER_BATCH):
            with self._store.guard():
                self._client.log_batch(
                    self.run_id, metrics=entries[start : start + _METRICS_PER_BATCH]
                )
        self._latest |= {entry.key: entry for entry in entries}
        if others:
            self._not_finite.append(name_points(others))
            log.warning("Not a finite number, so not logged: %s.", name_points(others))
            self.set_tags({"metrics.not_finite": ", ".join(self._not_finite)})

    def log_model(self, pipeline: object, card: ModelCard) -> LoggedModel:
        """Record a fitted pipeline, with the metrics logged so far as its scores.

        They are shown as scores on the table logged last.

        Raises:
            ConfigError: If it holds types that nobody allowed.
        """
        return log_pipeline(
            self._store,
            self.run_id,
            pipeline,
            card,
            list(self._latest.values()),
            self._dataset,
        )

    def log_artifact(self, path: Path, into: str = "") -> None:
        """Record a copy of one file, in the folder `into` of the run's artifacts."""
        with self._store.guard():
            self._client.log_artifact(self.run_id, str(path), into or None)

    def log_artifacts(self, folder: Path, into: str = "") -> None:
        """Record a copy of a whole folder's content, but for files with nothing in."""
        with self._store.guard():
            for path, place in list_artifacts(folder, into):
                self._client.log_artifact(self.run_id, str(path), place or None)

    def log_text(self, text: str, name: str) -> None:
        """Record a text as the file `name`, its secrets masked."""
        with self._store.guard():
            self._client.log_text(self.run_id, redact(text), name)

    def log_dataset(self, table: Table, context: str = "training") -> None:
        """Record which table the run read, not the table itself."""
        described = describe_input(table, context)
        with self._store.guard():
            self._client.log_inputs(self.run_id, [described])
        self._dataset = described.dataset

    def set_tags(self, tags: Mapping[str, object]) -> None:
        """Record facts about the run, their secrets masked."""
        entries = [RunTag(key, value) for key, value in clean_tags(tags).items()]
        with self._store.guard():
            self._client.log_batch(self.run_id, tags=entries)

    def end_run(self, status: Status = "FINISHED") -> None:
        """Close the record; the first status stands."""
        if self._ended:
            return
        with self._store.guard():
            self._client.set_terminated(self.run_id, status, _now_ms())
        self._ended = True

    def __enter__(self) -> MlflowRun:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        status = judge_ending(error)
        if error is None or status == "FINISHED":
            self.end_run()
        elif not self._ended:
            record_failure(self, status, error)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
