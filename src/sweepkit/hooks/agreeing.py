"""Whether the studies on record and the runs in MLflow tell the same story."""

from collections.abc import Iterator
from dataclasses import dataclass

from sweepkit.hooks.parent import find_children
from sweepkit.hooks.reconcile import Difference, compare_trials
from sweepkit.hooks.trial_run import ROLE, STUDY
from sweepkit.sweep.standing_studies import read_outcomes
from sweepkit.tracking.existing import RecordedRun, find_runs
from sweepkit.tracking.store import OpenStore


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """A study and the runs of its newest sweep.

    Attributes:
        name: Name of the study.
        parent: The sweep's run.
        found: Where the two differ.
    """

    name: str
    parent: RecordedRun
    found: Difference


def compare_studies(store: OpenStore, storage: str) -> Iterator[StudyRecord]:
    """Yield every study that has a sweep in this experiment, compared with its runs.

    Args:
        store: An opened store.
        storage: URL of the studies' database.

    Raises:
        StoreError: If either cannot be read.
    """
    parents = {run.tags[STUDY]: run for run in _find_sweeps(store)}
    for name, outcomes in read_outcomes(storage).items():
        if name in parents:
            children = find_children(store, parents[name].run_id)
            yield StudyRecord(name, parents[name], compare_trials(outcomes, children))


def _find_sweeps(store: OpenStore) -> list[RecordedRun]:
    # Oldest first, so that the newest of a name stays.
    runs = find_runs(store, {ROLE: "sweep"})
    return [run for run in runs if STUDY in run.tags]
