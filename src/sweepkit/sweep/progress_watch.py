"""What the display of a running sweep knows."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sweepkit.sweep.outcome import Outcome, SweepPlan
from sweepkit.sweep.standing import Standing
from sweepkit.sweep.wording import shorten_names

_N_LAST = 6
_N_DURATIONS = 40  # trials whose mean duration tells how long the next will take


@dataclass(slots=True)
class Watch:
    """What the display knows. Another thread draws it, so fields are only replaced.

    Attributes:
        plan: What the sweep set out to do.
        clock: Seconds of a clock that never goes back.
        standing: Counts, best trial, front.
        last: The latest trials, newest first.
        running: Number of each running trial to when it was first seen.
    """

    plan: SweepPlan
    clock: Callable[[], float]
    standing: Standing = field(init=False)
    last: tuple[Outcome, ...] = ()
    running: dict[int, float] = field(default_factory=dict)
    durations: deque[float] = field(default_factory=lambda: deque(maxlen=_N_DURATIONS))
    labels: dict[str, str] = field(init=False)
    began: float = field(init=False)

    def __post_init__(self) -> None:
        self.standing = Standing(self.plan.directions)
        self.labels = shorten_names(self.plan.space)
        self.began = self.clock()

    def add(self, outcome: Outcome) -> None:
        """Count a trial that has ended."""
        self.standing.add(outcome)
        self.durations.append(outcome.seconds)
        self.last = (outcome, *self.last[: _N_LAST - 1])
        if outcome.number in self.running:
            self.run(n for n in self.running if n != outcome.number)

    def run(self, numbers: Iterable[int]) -> None:
        """Note which trials are running."""
        now = self.clock()
        self.running = {number: self.running.get(number, now) for number in numbers}

    def seconds_left(self) -> float | None:
        """Estimate the rest of the sweep; None until a trial has ended."""
        if self.plan.n_trials is None:
            return None
        owed = self.plan.n_trials - self.standing.n_ended
        durations = tuple(self.durations)
        if owed <= 0 or not durations:
            return 0.0 if owed <= 0 else None
        usual, now = sum(durations) / len(durations), self.clock()
        spent = sum(min(now - begun, usual) for begun in self.running.values())
        return max(0.0, owed * usual - spent) / max(1, min(self.plan.n_workers, owed))
