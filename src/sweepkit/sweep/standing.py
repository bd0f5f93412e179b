"""How a sweep stands: its best trials, its front, what pruning saved."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sweepkit.sweep.outcome import Outcome, State


def is_better(value: float, than: float, direction: str) -> bool:
    """Tell whether `value` improves on `than`; a tie does not."""
    return value < than if direction == "minimize" else value > than


def rank(outcomes: Iterable[Outcome], directions: tuple[str, ...]) -> list[Outcome]:
    """Return the complete trials, best first objective first, then lowest number."""
    sign = 1.0 if directions[0] == "minimize" else -1.0
    complete = (o for o in outcomes if o.state is State.COMPLETE)
    return sorted(complete, key=lambda o: (sign * o.values[0], o.number))


def find_default(
    outcomes: Iterable[Outcome], directions: tuple[str, ...]
) -> Outcome | None:
    """Return the complete trial of the model's own defaults; None if there is none.

    A search over several models has defaults for each; the best of them counts.
    """
    defaults = rank((o for o in outcomes if o.is_default), directions)
    return defaults[0] if defaults else None


def dominates(one: Outcome, other: Outcome, directions: tuple[str, ...]) -> bool:
    """Tell whether `one` is at least as good in all objectives, better in some."""
    pairs = list(zip(one.values, other.values, directions, strict=True))
    worse = any(is_better(theirs, own, way) for own, theirs, way in pairs)
    return not worse and any(is_better(own, theirs, way) for own, theirs, way in pairs)


@dataclass(slots=True)
class Standing:
    """What is known so far; adding a trial costs the same at the first and the last.

    Attributes:
        directions: `minimize` or `maximize`, one for each objective.
        states: Trials that ended, by state.
        best: Best complete trial by the first objective.
        default: Best complete trial of the model's defaults.
        front: Complete trials that no other is better than in every objective.
        saved_seconds: Estimate of the time that pruning saved.
    """

    directions: tuple[str, ...]
    states: Counter[State] = field(default_factory=Counter)
    best: Outcome | None = None
    default: Outcome | None = None
    front: list[Outcome] = field(default_factory=list)
    saved_seconds: float = 0.0
    n_folds: int = 0
    complete_seconds: float = 0.0

    @property
    def n_ended(self) -> int:
        """Trials that ended in any way."""
        return self.states.total()

    def add(self, outcome: Outcome) -> None:
        """Count a trial that has ended."""
        self.states[outcome.state] += 1
        if outcome.state is State.COMPLETE:
            self._add_complete(outcome)
        elif outcome.state is State.PRUNED:
            self.saved_seconds += self._saved_by(outcome)

    def _add_complete(self, outcome: Outcome) -> None:
        ways = self.directions
        self.n_folds = max(self.n_folds, len(outcome.folds))
        self.complete_seconds += outcome.seconds
        self.best = _better(self.best, outcome, ways[0])
        if outcome.is_default:
            self.default = _better(self.default, outcome, ways[0])
        if not any(dominates(other, outcome, ways) for other in self.front):
            kept = [o for o in self.front if not dominates(outcome, o, ways)]
            self.front = [*kept, outcome]

    def _saved_by(self, pruned: Outcome) -> float:
        reached = len(pruned.folds)
        if 0 < reached < self.n_folds:
            return pruned.seconds * (self.n_folds - reached) / reached
        n_complete = self.states[State.COMPLETE]
        usual = self.complete_seconds / n_complete if n_complete else 0.0
        return max(0.0, usual - pruned.seconds)


def _better(one: Outcome | None, other: Outcome, direction: str) -> Outcome:
    if one is None or is_better(other.values[0], one.values[0], direction):
        return other
    return one
