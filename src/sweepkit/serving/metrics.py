"""Counters and gauges for Prometheus, over all worker processes."""

from __future__ import annotations

from collections import Counter as Counts

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    values,
)
from prometheus_client.multiprocess import MultiProcessCollector

from sweepkit.serving.champion import Slot
from sweepkit.serving.drift import ColumnDrift
from sweepkit.serving.labels import Labeller
from sweepkit.serving.tally import Tally

CONTENT_TYPE = CONTENT_TYPE_LATEST.encode()
_BUCKETS = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05),
    *(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)


class Metrics:
    """What `/metrics` tells.

    Several workers keep their numbers in the folder that the environment variable
    PROMETHEUS_MULTIPROC_DIR names at their start: the client library looks there when
    it is imported. What each request adds is counted here first and handed on by
    `flush`.
    """

    def __init__(self) -> None:
        self._is_shared = values.ValueClass is not values.MutexValue
        self._registry = CollectorRegistry()
        self._requests = self._count("requests", "Requests answered.", "path", "status")
        self._errors = self._count("errors", "Requests refused or failed.", "kind")
        self._rows = self._count("rows", "Rows scored.")
        self._seconds = Histogram(
            "sweepkit_request_seconds",
            "Seconds from the head of a request for predictions to its answer's end.",
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._unknown = self._count(
            "unknown_categories", "Cells with a category that training did not have."
        )
        self._extra = self._count(
            "extra_columns", "Columns sent that the model does not take."
        )
        self._reloads = self._count("reloads", "Champions loaded or refused.", "result")
        self._queue = self._gauge("queue", "Requests waiting for the model.", "livesum")
        self._model = self._gauge(
            "model_info", "1 for the version in service.", "livemax", "name", "version"
        )
        self._loads = self._refusals = 0
        self._in_service: tuple[str, str] | None = None
        self._watch_drift()
        self._tally = Tally(_BUCKETS)
        # `path` must be one of a few, not the sender's choice.
        self.note_request = self._tally.note_request
        self.note_seconds = self._tally.note_seconds
        self.note_rows = self._tally.note_rows

    def _watch_drift(self) -> None:
        self._psi = self._gauge(
            "drift_psi", "Population stability index.", "livemax", "column"
        )
        self._predicted = self._count(
            "predicted_classes", "Rows by the class they were given.", "label"
        )
        self._answers_psi = self._gauge(
            "prediction_drift_psi",
            "Population stability index of the classes given.",
            "livemax",
            "target",
        )

    def note_error(self, kind: str) -> None:
        """Count a refusal or failure by its error code."""
        self._errors.labels(kind).inc()

    def note_oddities(self, unknown_categories: int, extra_columns: int) -> None:
        """Count what a request held that the model does not know."""
        self._unknown.inc(unknown_categories)
        self._extra.inc(extra_columns)

    def note_state(self, slot: Slot, queue: int, drift: list[ColumnDrift]) -> None:
        """Show what is so now; called each second and before `/metrics` is answered."""
        self.flush()
        self._reloads.labels("loaded").inc(slot.loads - self._loads)
        self._reloads.labels("refused").inc(slot.refusals - self._refusals)
        self._loads, self._refusals = slot.loads, slot.refusals
        self._queue.set(queue)
        self._show_model(slot)
        for column in drift:
            self._psi.labels(column.name).set(column.psi)

    def note_classes(self, labeller: Labeller) -> None:
        """Show which classes rows were given; takes what the labeller has counted."""
        told = labeller.told
        labeller.told = Counts()
        for code, count in told.items():
            self._predicted.labels(labeller.texts[code]).inc(count)
        drift = labeller.report()
        if drift is not None:
            self._answers_psi.labels(labeller.target).set(drift.psi)

    def flush(self) -> None:
        """Hand on what was counted since the last time."""
        told = self._tally.take()
        for (path, status), count in told.requests.items():
            self._requests.labels(path, str(status)).inc(count)
        if told.rows:
            self._rows.inc(told.rows)
        if told.seconds:
            # Its own `observe` takes one time at a time, and a lock for each.
            self._seconds._sum.inc(told.seconds)
        for bucket, count in zip(self._seconds._buckets, told.times, strict=True):
            if count:
                bucket.inc(count)

    def render(self) -> bytes:
        """Return all of it, up to now, as Prometheus reads it."""
        self.flush()
        if not self._is_shared:
            return generate_latest(self._registry)
        everyone = CollectorRegistry()
        MultiProcessCollector(everyone)  # type: ignore[no-untyped-call]
        return generate_latest(everyone)

    def _show_model(self, slot: Slot) -> None:
        champion = slot.champion
        if champion is None or self._in_service == (champion.name, champion.version):
            return
        if self._in_service is not None:
            # Several processes' files forget no label: 0 says it is gone.
            self._model.labels(*self._in_service).set(0)
        self._in_service = (champion.name, champion.version)
        self._model.labels(*self._in_service).set(1)

    def _count(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"sweepkit_{name}", text, labels, registry=self._registry)

    def _gauge(self, name: str, text: str, mode: str, *labels: str) -> Gauge:
        return Gauge(
            f"sweepkit_{name}",
            text,
            labels,
            registry=self._registry,
            multiprocess_mode=mode,  # type: ignore[arg-type]
        )
