"""Runs a store has already: found by their tags, read back, opened or ended again."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from mlflow.entities import Run

from sweepkit.tracking.metrics import Point
from sweepkit.tracking.store import OpenStore

_PER_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRun:
    """A run as the store shows it.

    Attributes:
        run_id: Its id.
        status: `RUNNING`, `FINISHED`, `FAILED` or `KILLED`.
        tags: Its tags.
        params: Its parameters, as text.
        metrics: The last point of each metric.
        started_at: Seconds since 1970.
        seconds: How long it took; 0 while it is open.
    """

    run_id: str
    status: str
    tags: Mapping[str, str]
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    started_at: float
    seconds: float


def find_runs(store: OpenStore, tags: Mapping[str, str]) -> list[RecordedRun]:
    """Return the experiment's runs that have all these tags, oldest first.

    Raises:
        StoreError: If the store cannot be read.
    """
    words = " and ".join(filter(None, (_condition(key, tags[key]) for key in tags)))
    found = _search(store, words)
    return [run for run in found if tags.items() <= run.tags.items()]


def find_open_runs(store: OpenStore) -> list[RecordedRun]:
    """Return the experiment's runs that are shown as RUNNING, oldest first.

    Raises:
        StoreError: If the store cannot be read.
    """
    return _search(store, "attributes.status = 'RUNNING'")


def _search(store: OpenStore, words: str) -> list[RecordedRun]:
    found: list[RecordedRun] = []
    token: str | None = None
    with store.guard():
        while True:
            page = store.client.search_runs(
                [store.experiment_id],
                filter_string=words,
                max_results=_PER_PAGE,
                order_by=["attributes.start_time ASC"],
                page_token=token,
            )
            found += map(_read, page)
            token = page.token
            if not token:
                return found


def read_curve(store: OpenStore, run_id: str, metric: str) -> list[Point]:
    """Return every point of a run's metric, in the order of their steps."""
    with store.guard():
        history = store.client.get_metric_history(run_id, metric)
    points = [Point(metric, entry.value, entry.step) for entry in history]
    return sorted(points, key=lambda point: point.step)


def reopen_run(store: OpenStore, run_id: str) -> None:
    """Show a run as RUNNING again; where it began stays."""
    with store.guard():
        store.client.update_run(run_id, status="RUNNING")


def kill_run(store: OpenStore, run_id: str) -> None:
    """End a run that nobody will end any more."""
    with store.guard():
        store.client.set_terminated(run_id, "KILLED", int(1000 * time.time()))


def delete_run(store: OpenStore, run_id: str) -> None:
    """Move a run that says what another one says to MLflow's deleted runs."""
    with store.guard():
        store.client.delete_run(run_id)


def _condition(key: str, value: str) -> str:
    # MLflow's filters know no escape, only two kinds of quotes.
    if "'" in value and '"' in value:
        return ""
    return f"tags.`{key}` = " + (f'"{value}"' if "'" in value else f"'{value}'")


def _read(run: Run) -> RecordedRun:
    info, data = run.info, run.data
    ended = info.end_time or info.start_time
    return RecordedRun(
        run_id=info.run_id,
        status=info.status,
        tags=data.tags,
        params=data.params,
        metrics=data.metrics,
        started_at=info.start_time / 1000,
        seconds=(ended - info.start_time) / 1000,
    )
