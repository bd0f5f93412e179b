"""Where the study and MLflow disagree, and how that is repaired."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sweepkit.hooks.parent import Children
from sweepkit.hooks.trial_run import STATE
from sweepkit.sweep.outcome import Outcome
from sweepkit.tracking.existing import RecordedRun, delete_run, kill_run
from sweepkit.tracking.store import OpenStore


@dataclass(slots=True)
class Difference:
    """What a comparison of trials with runs found.

    Attributes:
        settled: Trials whose run says the same, each with its run id.
        missing: Trials to be written, in the order they ended, each with the id of a
            half-written run or nothing.
        doubles: Further runs of a trial that has one.
        strays: Runs that a killed session left open, of trials nobody knows.
    """

    settled: list[tuple[Outcome, str]] = field(default_factory=list)
    missing: list[tuple[Outcome, str]] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)


def compare_trials(outcomes: Iterable[Outcome], children: Children) -> Difference:
    """Compare what the study knows with what MLflow shows. Nothing here does I/O."""
    found = Difference()
    rest = dict(children)
    for outcome in sorted(outcomes, key=lambda o: o.started_at + o.seconds):
        same = rest.pop(outcome.number, [])
        settled = [run.run_id for run in same if _says(run, outcome)]
        run_id = (settled or [run.run_id for run in same] or [""])[0]
        (found.settled if settled else found.missing).append((outcome, run_id))
        found.doubles += [run.run_id for run in same if run.run_id != run_id]
    for runs in rest.values():
        found.strays += [run.run_id for run in runs if run.status == "RUNNING"]
    return found


def repair(store: OpenStore, found: Difference) -> None:
    """Delete doubles and end strays.

    Raises:
        StoreError: If the store fails.
    """
    for run_id in found.doubles:
        delete_run(store, run_id)
    for run_id in found.strays:
        kill_run(store, run_id)


def _says(run: RecordedRun, outcome: Outcome) -> bool:
    return run.status != "RUNNING" and run.tags.get(STATE) == outcome.state
