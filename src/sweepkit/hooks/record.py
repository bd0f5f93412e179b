"""MLflow's record of a sweep: one parent run, and one child for each trial."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sweepkit.errors import DiskError, StoreError
from sweepkit.hooks.history import History
from sweepkit.hooks.parent import Children, find_children
from sweepkit.hooks.reconcile import Difference, compare_trials, repair
from sweepkit.hooks.trial_run import PARENT, describe_trial, read_trial
from sweepkit.sweep.outcome import Outcome, SweepPlan
from sweepkit.tracking.recording import MlflowRun
from sweepkit.tracking.store import OpenStore
from sweepkit.tracking.trials import write_finished, write_points

log = logging.getLogger(__name__)

# Workers must not wait at every trial for a server that is down.
_PAUSE_S = 60.0


@dataclass(slots=True)
class SweepRecord:
    """Writes trials as they end; what cannot be written now is written later.

    Attributes:
        store: The opened store.
        plan: What the sweep sets out to do.
        run: The parent run.
        origin: Tags that say who and what started the sweep.
        run_ids: Run of each trial on record, by its number.
    """

    store: OpenStore
    plan: SweepPlan
    run: MlflowRun
    origin: Mapping[str, str]
    run_ids: dict[int, str] = field(default_factory=dict)
    _history: History = field(init=False)
    _unwritten: list[Outcome] = field(default_factory=list)
    _doubtful: bool = False
    _retry_at: float = 0.0

    def __post_init__(self) -> None:
        self._history = History(self.plan)

    def add(self, outcome: Outcome) -> None:
        """Record a trial, now or, if the store fails, with a later one."""
        if outcome.number in self.run_ids:
            return
        self._unwritten.append(outcome)
        if time.monotonic() < self._retry_at:
            return
        try:
            self._catch_up()
        except (StoreError, DiskError) as error:
            if not self._retry_at:
                log.warning(
                    "Trials are not recorded for now, but later, at the latest when "
                    "the sweep ends. %s",
                    error,
                )
            self._retry_at = time.monotonic() + _PAUSE_S

    def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Make sure that every one of these trials is on record.

        Raises:
            StoreError: If the store does not take them.
        """
        owed = [o for o in outcomes if o.number not in self.run_ids]
        try:
            if owed:
                self.reconcile(owed)
        except StoreError as error:
            raise StoreError(
                f"{len(owed)} trials are not recorded in MLflow. They are safe in the "
                f"study: the same command records them when the store is back. {error}"
            ) from error
        self._unwritten.clear()

    def recall(self, children: Children) -> None:
        """Learn what other processes have recorded."""
        for number in sorted(children):
            run = children[number][0]
            if run.status != "RUNNING":
                self._remember(read_trial(run, self.plan.objectives), run.run_id)

    def reconcile(self, outcomes: Sequence[Outcome]) -> None:
        """Compare trials with their runs, and write, complete or end what differs.

        Raises:
            StoreError: If the store fails.
        """
        children = find_children(self.store, self.run.run_id)
        found: Difference = compare_trials(outcomes, children)
        repair(self.store, found)
        for outcome, run_id in found.settled:
            self._remember(outcome, run_id)
        for outcome, run_id in found.missing:
            self.write(outcome, run_id)

    def write(self, outcome: Outcome, run_id: str = "") -> None:
        """Record a trial, its point in the sweep's history first.

        Killed in between, the next session finds no finished run and writes both; a
        point written twice is one point.

        Args:
            outcome: What came of the trial.
            run_id: Its run, if that was left half-written.

        Raises:
            StoreError: If the store does not take it.
        """
        points = self._history.draw(outcome)
        if points:
            ended_at = outcome.started_at + outcome.seconds
            write_points(self.store, self.run.run_id, points, ended_at)
        tags = {**self.origin, PARENT: self.run.run_id}
        trial = describe_trial(outcome, self.plan, tags)
        self._remember(outcome, write_finished(self.store, trial, run_id))

    def _catch_up(self) -> None:
        if self._doubtful:
            # The request that failed may have arrived and left half a run.
            self.reconcile(self._unwritten)
        else:
            self._doubtful = True
            for outcome in self._unwritten:
                self.write(outcome)
        self._unwritten.clear()
        self._doubtful = False

    def _remember(self, outcome: Outcome, run_id: str) -> None:
        if outcome.number not in self.run_ids:
            self._history.add(outcome)
        self.run_ids[outcome.number] = run_id
