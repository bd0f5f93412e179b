"""Runs written down after the fact, as the trials of a sweep are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from mlflow.entities import Metric, Param, RunTag

from sweepkit.tracking.metrics import Point, name_points, split_finite
from sweepkit.tracking.params import clean_tags, prepare_params, split_batches
from sweepkit.tracking.run import Status
from sweepkit.tracking.store import OpenStore

# A request takes 1,000 entries of all kinds together.
_POINTS_PER_BATCH = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedRun:
    """Everything about a run that is over.

    Attributes:
        name: Name of the run; 16 characters show in MLflow's table.
        tags: Facts about it.
        params: Plain values by key.
        points: Values of its metrics; those that are not finite end as a tag.
        status: How it ended.
        started_at: Seconds since 1970.
        ended_at: Seconds since 1970; the time of all its points.
    """

    name: str
    tags: Mapping[str, object]
    params: Mapping[str, object]
    points: Sequence[Point]
    status: Status
    started_at: float
    ended_at: float


def write_finished(store: OpenStore, run: FinishedRun, run_id: str = "") -> str:
    """Write a run in as few requests as MLflow allows, and return its id.

    Written a second time into the same run, nothing is doubled: points with the same
    time, step and value are one point.

    Args:
        store: An opened store.
        run: What to write.
        run_id: A run that was left half-written; a new one unless given.

    Raises:
        StoreError: If the store does not take it.
    """
    finite, others = split_finite(run.points)
    tags = clean_tags(run.tags)
    if others:
        tags["metrics.not_finite"] = name_points(others)
    with store.guard():
        if run_id:
            entries = [RunTag(key, value) for key, value in tags.items()]
            store.client.log_batch(run_id, tags=entries)
        else:
            run_id = _create(store, run, tags)
        for metrics, params in _batches(finite, run):
            store.client.log_batch(run_id, metrics=metrics, params=params)
        store.client.set_terminated(run_id, run.status, _milliseconds(run.ended_at))
    return run_id


def write_points(
    store: OpenStore, run_id: str, points: Sequence[Point], at: float
) -> None:
    """Add points to a run in one request, all with the same time.

    Args:
        store: An opened store.
        run_id: The run, open or not; its status and times stay.
        points: At most 1,000 values; those that are not finite are left out.
        at: Seconds since 1970.
    """
    finite, _ = split_finite(points)
    with store.guard():
        store.client.log_batch(run_id, metrics=_entries(finite, at))


def _create(store: OpenStore, run: FinishedRun, tags: dict[str, str]) -> str:
    created = store.client.create_run(
        store.experiment_id,
        start_time=_milliseconds(run.started_at),
        run_name=run.name,
        tags=tags,
    )
    return str(created.info.run_id)


def _batches(
    points: Sequence[Point], run: FinishedRun
) -> Iterator[tuple[list[Metric], list[Param]]]:
    starts = range(0, len(points), _POINTS_PER_BATCH)
    metrics = [points[start : start + _POINTS_PER_BATCH] for start in starts]
    for some, params in zip_longest(metrics, split_batches(prepare_params(run.params))):
        entries = [Param(key, value) for key, value in (params or {}).items()]
        yield _entries(some or (), run.ended_at), entries


def _entries(points: Sequence[Point], at: float) -> list[Metric]:
    return [Metric(p.name, p.value, _milliseconds(at), p.step) for p in points]


def _milliseconds(seconds: float) -> int:
    return int(1000 * seconds)
