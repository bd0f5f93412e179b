"""How the best value came down, trial by trial: the curves on a sweep's run."""

from dataclasses import dataclass, field

from sweepkit.sweep.outcome import Outcome, State, SweepPlan
from sweepkit.sweep.standing import is_better
from sweepkit.tracking.metrics import Point


@dataclass(slots=True)
class History:
    """Each objective by trial number, and the best so far by trials recorded.

    Two trials side by side may end in either order; counted as they end, the best
    never gets worse, and the last point is the best of all.
    """

    plan: SweepPlan
    best: dict[str, float] = field(default_factory=dict)
    n_trials: int = 0

    def draw(self, outcome: Outcome) -> list[Point]:
        """Return the points that a trial adds; nothing changes yet."""
        points = []
        for name, value, best in self._improve(outcome):
            points.append(Point(name, value, outcome.number))
            points.append(Point(f"best_{name}", best, self.n_trials))
        return points

    def add(self, outcome: Outcome) -> None:
        """Count a trial that is on record."""
        self.best |= {name: best for name, _, best in self._improve(outcome)}
        self.n_trials += 1

    def _improve(self, outcome: Outcome) -> list[tuple[str, float, float]]:
        if outcome.state is not State.COMPLETE:
            return []
        plan, found = self.plan, []
        for name, value, way in zip(
            plan.objectives, outcome.values, plan.directions, strict=False
        ):
            best = self.best.get(name, value)
            best = value if is_better(value, best, way) else best
            found.append((name, value, best))
        return found
