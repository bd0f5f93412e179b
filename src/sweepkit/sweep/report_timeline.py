"""When each worker did what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sweepkit.evaluation import style
from sweepkit.sweep import report_look as look
from sweepkit.sweep.outcome import Outcome, State
from sweepkit.sweep.report_points import Points
from sweepkit.sweep.wording import write_seconds

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAUSE_S = 60.0  # no trial for so long: the sweep was stopped and taken up again
_GAP_SHARE = 0.03  # width that a pause takes in the drawing
_UNITS = (
    (2 * 86_400, 86_400, "days"),
    (2 * 3_600, 3_600, "hours"),
    (180, 60, "minutes"),
)


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


def state_timeline(lanes: Lanes) -> str:
    """Say how busy the workers were."""
    who = "The worker was" if lanes.count == 1 else f"The {lanes.count} workers were"
    return f"{who} busy {100 * lanes.busy_share:.0f} % of the time"


def draw_timeline(points: Points, lanes: Lanes) -> "Figure":
    """Draw a bar a trial in the lane of its worker."""
    figure, axes = style.new_axes(11.2, 2.1 + 0.55 * min(lanes.count, 16))
    unit, word = _choose_unit(lanes.span)
    edge = 0.8 if len(lanes.bars) < 250 else 0.15
    for state in State:
        bars = [bar for bar in lanes.bars if bar.outcome.state is state]
        if bars:
            axes.barh(
                [bar.lane for bar in bars],
                [bar.outcome.seconds / unit for bar in bars],
                left=[bar.begin / unit for bar in bars],
                height=0.74,
                color=look.COLORS[state],
                edgecolor="white",
                linewidth=edge,
                label=str(state),
            )
    _number_bars(axes, points, lanes, unit)
    for place, pause in lanes.pauses:
        axes.axvline(place / unit, color=style.MUTED, ls=":", lw=1.6)
        words = f"stopped for {write_seconds(pause)}"
        axes.annotate(
            words,
            (place / unit, 1),
            xycoords=("data", "axes fraction"),
            ha="center",
            va="bottom",
            size=9.5,
            color=style.MUTED,
        )
    axes.set_yticks(range(lanes.count), [f"worker {i + 1}" for i in range(lanes.count)])
    axes.set_ylim(lanes.count - 0.45, -0.55)
    axes.set_xlim(0, (lanes.span or 1.0) / unit)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(f"{word.capitalize()} since the start")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    style.set_title(figure, state_timeline(lanes), details=_describe(lanes))
    return figure


def _number_bars(axes: "Axes", points: Points, lanes: Lanes, unit: float) -> None:
    """Write numbers where there is room, and mark the best trial."""
    best = points.result.best
    for bar in lanes.bars:
        is_best = best is not None and bar.outcome.number == best.number
        middle = (bar.begin + bar.outcome.seconds / 2) / unit
        if is_best:
            axes.scatter(middle, bar.lane, **look.star(1))
        elif bar.outcome.seconds > 0.022 * lanes.span:
            options: dict[str, Any] = {"ha": "center", "va": "center", "size": 8.5}
            color = "black" if bar.outcome.state is State.PRUNED else "white"
            axes.text(middle, bar.lane, str(bar.outcome.number), color=color, **options)


def _describe(lanes: Lanes) -> str:
    words = f"{len(lanes.bars):,} trials in {write_seconds(lanes.worked)}"
    if lanes.pauses:
        words += f" of {len(lanes.pauses) + 1} sessions"
    return f"{words}; white gaps are waiting, the star is the best trial"


def _split(known: list[Outcome]) -> list[list[Outcome]]:
    sessions: list[list[Outcome]] = []
    last = 0.0
    for outcome in known:
        if not sessions or outcome.started_at - last > PAUSE_S:
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


def _choose_unit(span: float) -> tuple[float, str]:
    for least, unit, word in _UNITS:
        if span >= least:
            return unit, word
    return 1.0, "seconds"


def _order(outcome: Outcome) -> tuple[float, int]:
    return outcome.started_at, outcome.number


def _end(outcome: Outcome) -> float:
    return outcome.started_at + outcome.seconds
