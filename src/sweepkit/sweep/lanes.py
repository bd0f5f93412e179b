"""Which worker did what when, laid out in lanes for a timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from sweepkit.sweep.outcome import Outcome

# No trial for so long, and for longer than one takes: the sweep was stopped and taken
# up again.
PAUSE_S = 60.0
_GAP_SHARE = 0.03  # width that a pause takes in the drawing


@dataclass(frozen=True, slots=True)
class Bar:
    """One trial as it is drawn: its lane and its seconds, pauses left out."""

    outcome: Outcome
    lane: int
    begin: float


@dataclass(frozen=True, slots=True)
class Lanes:
    """The whole timeline.

    Attributes:
        bars: The trials.
        pauses: Where a pause is drawn, to how long it was; both in seconds.
        span: Seconds of all sessions together, with drawn pauses.
        worked: Seconds of all sessions together, without pauses.
    """

    bars: tuple[Bar, ...]
    pauses: tuple[tuple[float, float], ...]
    span: float
    worked: float

    @property
    def count(self) -> int:
        """Number of lanes."""
        return 1 + max(bar.lane for bar in self.bars)

    @property
    def busy_share(self) -> float:
        """Share of the time that the workers spent on trials."""
        busy = sum(bar.outcome.seconds for bar in self.bars)
        return min(1.0, busy / (self.count * self.worked)) if self.worked else 1.0


def lay_out(outcomes: Sequence[Outcome]) -> Lanes | None:
    """Give every trial a lane, one a worker; a replaced worker's lane goes on.

    Returns:
        None if it is not known when any trial ran.
    """
    known = sorted((o for o in outcomes if o.started_at > 0), key=_order)
    if not known:
        return None
    sessions = _split(known)
    worked = [max(map(_end, s)) - s[0].started_at for s in sessions]
    gap = _GAP_SHARE * sum(worked)
    bars: list[Bar] = []
    pauses: list[tuple[float, float]] = []
    shift = 0.0
    for place, session in enumerate(sessions):
        first = session[0].started_at
        if place:
            pause = first - max(map(_end, sessions[place - 1]))
            pauses.append((shift + gap / 2, pause))
            shift += gap
        lanes = _assign(session)
        bars += (Bar(o, lanes[o.worker], o.started_at - first + shift) for o in session)
        shift += worked[place]
    return Lanes(tuple(bars), tuple(pauses), shift, sum(worked))


def _split(known: list[Outcome]) -> list[list[Outcome]]:
    sessions: list[list[Outcome]] = []
    pause = max(PAUSE_S, median(outcome.seconds for outcome in known))
    last = 0.0
    for outcome in known:
        if not sessions or outcome.started_at - last > pause:
            sessions.append([])
        sessions[-1].append(outcome)
        last = max(last, _end(outcome))
    return sessions


def _assign(session: list[Outcome]) -> dict[int, int]:
    """Map each process to the lowest lane whose process has ended before."""
    spans: dict[int, tuple[float, float]] = {}
    for outcome in session:
        begin, end = spans.get(outcome.worker, (outcome.started_at, 0.0))
        spans[outcome.worker] = begin, max(end, _end(outcome))
    free_from: list[float] = []
    lanes: dict[int, int] = {}
    for worker, (begin, end) in spans.items():
        free = (i for i, until in enumerate(free_from) if until <= begin)
        lane = next(free, len(free_from))
        free_from[lane : lane + 1] = [end]
        lanes[worker] = lane
    return lanes


def _order(outcome: Outcome) -> tuple[float, int]:
    return outcome.started_at, outcome.number


def _end(outcome: Outcome) -> float:
    return outcome.started_at + outcome.seconds
