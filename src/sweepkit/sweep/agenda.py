"""What a session with a time budget tries next: portfolio, features, then samples."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optuna.trial import TrialState

from sweepkit.sweep.candidates import CHOSEN, choose
from sweepkit.sweep.clock import Clock
from sweepkit.sweep.memory import StudyMemory
from sweepkit.sweep.outcome import Outcome, State
from sweepkit.sweep.portfolio import POINT, Point
from sweepkit.sweep.resume import DEFAULT
from sweepkit.sweep.space import EXACT, MODEL, SearchSpace
from sweepkit.sweep.standing import rank

# A trial may take so much longer than the one that foretells it.
_MARGIN = 1.15
# Of what is left, trying out one more set of features may take so much: little if the
# richest has won already.
_WON_SHARE, _LOST_SHARE = 0.05, 0.3
# Until so much of the budget is gone the richest features are taken to be the best.
_TRUST_SHARE = 0.4
# One trial in so many goes to another model than the best, if it costs little.
_OTHERS_EVERY = 4
_OTHERS_SHARE = 0.25


@dataclass(slots=True)
class Agenda:
    """Decides before each trial; nothing begins that cannot end.

    Its only memory is the study, so a session that goes on decides as this one would.

    Attributes:
        clock: The time budget.
        memory: The study; what it has queued by itself goes first.
        space: What is searched.
        metric: Name of the folds' score that features are chosen by.
        directions: `minimize` or `maximize`, of each objective.
        points: The portfolio; the first one tries out the features.
        candidates: Feature sets to choose from, cheap ones first; none or one leaves
            nothing to choose.
        is_late: Whether the search's time was over before any trial was complete.
    """

    clock: Clock
    memory: StudyMemory
    space: SearchSpace
    metric: str
    directions: tuple[str, ...]
    points: Sequence[Point] = ()
    candidates: Sequence[str] = ()
    is_late: bool = False
    _n_sampled: int = 0

    def queue_next(self, outcomes: Sequence[Outcome], n_running: int) -> str:
        """Let the study's next trial be the right one, or say why there should be none.

        Args:
            outcomes: All trials that have ended.
            n_running: Trials that have not.

        Returns:
            The reason, or an empty text.
        """
        if not any(o.state is State.COMPLETE for o in outcomes):
            if self.clock.search_left_s() <= 0 and (n_running or outcomes):
                return self.describe_end()
        elif not self._fits(self._shortest(outcomes)):
            return self.describe_end()
        if self._is_queued():
            return ""
        for name, point, chosen in self._open_points():
            if self._is_worth(point, chosen, outcomes):
                self._queue(name, point, chosen)
                return ""
        return self._queue_sample(outcomes)

    def note_end(self, earlier: Sequence[Outcome], outcome: Outcome) -> None:
        """Take in how a trial ended.

        Args:
            earlier: All trials that have ended before.
            outcome: How it ended.
        """
        if not any(o.state is State.COMPLETE for o in earlier):
            self.is_late |= self.clock.search_left_s() <= 0
        self.clock.expect([*earlier, outcome])

    def describe_end(self) -> str:
        """Say why no further trial begins."""
        budget = f"the time budget of {self.clock.budget_s:g} s"
        if self.is_late:
            return f"{budget} was too short, so that the first trial was waited for"
        return f"{budget} is used, and what is left of it belongs to the ending"

    def complete(
        self, params: Mapping[str, Any], outcomes: Sequence[Outcome]
    ) -> dict[str, Any]:
        """Return a trial's parameters with the features it uses, chosen by now."""
        if not self.candidates or CHOSEN in params:
            return dict(params)
        chosen = self.choose(outcomes)
        if self._is_open(outcomes) or chosen is None:
            is_early = self.clock.used_s() < _TRUST_SHARE * self.clock.budget_s
            chosen = self.candidates[-1] if is_early else chosen
        return {**params, CHOSEN: chosen or self.candidates[0]}

    def choose(self, outcomes: Sequence[Outcome]) -> str | None:
        """Return the best features so far; None until a trial tells of some."""
        if len(self.candidates) < 2 or not self.points:
            return self.candidates[0] if self.candidates else None
        found = self._found(outcomes)
        return choose(self.candidates, found, self.metric, self.directions[0])

    def _found(self, outcomes: Sequence[Outcome]) -> dict[str, Outcome]:
        """Return the trial that tells of each set of features, if it has ended."""
        known = {outcome.number: outcome for outcome in outcomes}
        return {
            name.partition("@")[2]: known[number]
            for number, name in self._tried()
            if "@" in name and number in known
        }

    def _is_open(self, outcomes: Sequence[Outcome]) -> bool:
        """Tell whether the richest set of features has not been judged yet."""
        several = len(self.candidates) > 1 and bool(self.points)
        return several and self.candidates[-1] not in self._found(outcomes)

    def _open_points(self) -> Iterator[tuple[str, Point, str | None]]:
        """Yield what is still to be tried: its name, the point, its features.

        The cheapest features and the richest go first, side by side: which of the two
        is better decides most, and how much the others are worth trying.
        """
        done = {name for _, name in self._tried()}
        points = list(self.points)
        if len(self.candidates) > 1 and points:
            first, (cheapest, *between, richest) = points.pop(0), self.candidates
            for chosen in (cheapest, richest, *reversed(between)):
                if (name := f"{first.name}@{chosen}") not in done:
                    yield name, first, chosen
        for point in points:
            if point.name not in done:
                yield point.name, point, None

    def _tried(self) -> Iterator[tuple[int, str]]:
        for trial in self.memory.study.get_trials(deepcopy=False):
            if POINT in trial.user_attrs:
                yield trial.number, trial.user_attrs[POINT]

    def _is_queued(self) -> bool:
        waiting = (TrialState.WAITING,)
        return bool(self.memory.study.get_trials(deepcopy=False, states=waiting))

    def _queue(self, name: str, point: Point, chosen: str | None) -> None:
        exact = dict(point.params) | ({} if chosen is None else {CHOSEN: chosen})
        attributes: dict[str, Any] = {POINT: name, EXACT: exact}
        if point.is_default:
            attributes[DEFAULT] = True
        self.memory.enqueue(self.space.to_study(point.params), **attributes)

    def _queue_sample(self, outcomes: Sequence[Outcome]) -> str:
        """Say which model the sampler proposes settings of; it learns those itself."""
        if not self.space.models:
            return ""
        quickest = self._quickest(outcomes)
        known = dict.fromkeys(
            str(o.params[MODEL]) for o in rank(outcomes, self.directions)
        )
        fitting = [model for model in known if self._fits(quickest[model])]
        if not fitting:
            return self.describe_end() if known else ""
        share = _OTHERS_SHARE * self.clock.search_left_s()
        others = [model for model in fitting[1:] if quickest[model] <= share]
        self._n_sampled += 1
        turn, is_odd = divmod(self._n_sampled, _OTHERS_EVERY)
        model = others[turn % len(others)] if others and not is_odd else fitting[0]
        self.memory.enqueue({MODEL: model})
        return ""

    def _is_worth(
        self, point: Point, chosen: str | None, outcomes: Sequence[Outcome]
    ) -> bool:
        share = 1.0
        if chosen is not None and chosen in self.candidates[1:-1]:
            if self._is_open(outcomes):
                return False  # soon it is known what this one can still tell
            has_won = self.choose(outcomes) == self.candidates[-1]
            share = _WON_SHARE if has_won else _LOST_SHARE
        units = self._units(outcomes)
        seconds = min(units, default=0.0) * point.cost
        left_s = self.clock.search_left_s()
        return not units or seconds * _MARGIN <= share * left_s

    def _units(self, outcomes: Sequence[Outcome]) -> list[float]:
        """Return the seconds a unit of cost took, of each point that is complete."""
        costs = {point.name: point.cost for point in self.points}
        names = dict(self._tried())
        return [
            outcome.seconds / costs[name]
            for outcome in outcomes
            if outcome.state is State.COMPLETE
            and (name := names.get(outcome.number, "").partition("@")[0]) in costs
        ]

    def _quickest(self, outcomes: Sequence[Outcome]) -> dict[str, float]:
        """Return each model's shortest complete trial."""
        quickest: dict[str, float] = {}
        for outcome in outcomes:
            if outcome.state is State.COMPLETE:
                model = str(outcome.params.get(MODEL))
                known = quickest.get(model, outcome.seconds)
                quickest[model] = min(known, outcome.seconds)
        return quickest

    def _shortest(self, outcomes: Sequence[Outcome]) -> float:
        return min(self._quickest(outcomes).values(), default=0.0)

    def _fits(self, seconds: float) -> bool:
        return seconds * _MARGIN <= self.clock.search_left_s()
