"""How much of a time budget is left, and what of it belongs to the ending."""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sweepkit.sweep.costs import Costs
from sweepkit.sweep.early import IMPORTED_AT
from sweepkit.sweep.outcome import Outcome, State
from sweepkit.sweep.standing import rank

# Members of an ensemble whose fits the search leaves time for, and the share of the
# budget that they may take beyond the fit of the best one.
_MEMBERS = 6
_MEMBERS_SHARE = 0.09
# Fits side by side, or threads of one, are not quite as many times as fast.
_EFFICIENCY = 0.8
# From the last line of a hook to the end of the process, MLflow's threads included.
_EXIT_S = 1.2


def process_start() -> float:
    """Return when this process began, by the monotonic clock.

    Seconds of imports are gone before any of our code runs. Where the system does not
    tell, it is when the first module of this package was imported.
    """
    with suppress(OSError, ValueError, IndexError, AttributeError):
        # The fields after the name, which may hold any sign; see proc(5), starttime.
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        age_s = time.clock_gettime(time.CLOCK_BOOTTIME)
        age_s -= int(fields[19]) / os.sysconf("SC_CLK_TCK")
        if age_s >= 0:
            return min(time.monotonic() - age_s, IMPORTED_AT)
    return IMPORTED_AT


@dataclass(slots=True)
class Clock:
    """The time budget of one session of a sweep.

    All that comes after the search is planned for: `refit_s`, learnt from the trials of
    this sweep, and `rest_s`, learnt from how earlier sweeps ended.

    Attributes:
        budget_s: Seconds from the start of the process to its end.
        costs: What endings have cost before.
        directions: `minimize` or `maximize`, of each objective.
        n_cores: Cores that the refit may use.
        has_ensemble: Whether several trials may be fitted again.
        began_at: Start of the process, by `now`.
        now: Seconds of a clock that never goes back.
        refit_s: Estimate of what fitting on all training rows takes; 0 until a trial
            is complete.
        search_ended_at: When the search ended, by `now`; None before.
        refitted_s: What fitting has taken; 0 until `learn`.
    """

    budget_s: float
    costs: Costs
    directions: tuple[str, ...] = ("minimize",)
    n_cores: int = 1
    has_ensemble: bool = True
    began_at: float = field(default_factory=process_start)
    now: Callable[[], float] = time.monotonic
    refit_s: float = 0.0
    search_ended_at: float | None = None
    refitted_s: float = 0.0

    def __post_init__(self) -> None:
        # A sweep in a process that has lived on for long, such as a notebook's.
        if self.used_s() >= self.budget_s:
            self.began_at = self.now()

    @property
    def rest_s(self) -> float:
        """What the ending takes besides fitting: report, judging, registering."""
        return self.costs.rest_s

    def used_s(self) -> float:
        """Return the seconds since the process began."""
        return self.now() - self.began_at

    def left_s(self) -> float:
        """Return the seconds until the budget is spent; negative after that."""
        return self.budget_s - self.used_s()

    def search_left_s(self) -> float:
        """Return for how long trials may run; negative when they should be over."""
        return self.left_s() - self.refit_s - self.rest_s

    def for_refit_s(self) -> float:
        """Return how long fitting may take if the rest takes what it usually does.

        It does not shrink while the rest is under way, which has its own share.
        """
        ended_at = self.now() if self.search_ended_at is None else self.search_ended_at
        return self.began_at + self.budget_s - ended_at - self.rest_s

    def fit_s(self, outcomes: Sequence[Outcome]) -> float:
        """Estimate the wall time of fitting these trials on all training rows.

        A trial on k folds fits k times on all but 1/k of the rows, on one core.
        """
        work_s = sum(o.seconds / max(1, len(o.folds) - 1) for o in outcomes)
        return work_s / max(1.0, _EFFICIENCY * self.n_cores)

    def expect(self, outcomes: Sequence[Outcome]) -> None:
        """Learn from all trials that have ended so far what fitting will take."""
        ranked = rank(outcomes, self.directions)
        if not ranked:
            return
        alone = self.fit_s(ranked[:1])
        several = [ranked[:_MEMBERS], _best_of_each(ranked)[:_MEMBERS]]
        together = max(map(self.fit_s, several)) if self.has_ensemble else 0.0
        self.refit_s = max(alone, min(together, _MEMBERS_SHARE * self.budget_s))

    def is_over(self, outcomes: Sequence[Outcome]) -> bool:
        """Tell whether running trials should be ended; never before one is complete."""
        has_any = any(o.state is State.COMPLETE for o in outcomes)
        return has_any and self.search_left_s() <= 0

    def end_search(self) -> None:
        """Note that the search is over; the first time counts."""
        if self.search_ended_at is None:
            self.search_ended_at = self.now()

    def learn(self, *, refitted_s: float) -> None:
        """Take down what the ending cost; call it once, when all is registered.

        Args:
            refitted_s: Seconds of it that fitting on all training rows took.
        """
        self.end_search()
        assert self.search_ended_at is not None
        self.refitted_s = refitted_s
        rest_s = self.now() - self.search_ended_at - refitted_s + _EXIT_S
        self.costs.add(max(0.0, rest_s))

    def describe(self) -> str:
        """Say what the budget was used for, as far as is known."""
        ended_at = self.search_ended_at
        searched_s = self.used_s() if ended_at is None else ended_at - self.began_at
        text = f"{self.budget_s:g} s, {searched_s:.1f} s of it until the search ended"
        if self.refitted_s:
            return f"{text}, {self.used_s():.1f} s in all"
        return f"{text}; about {self.refit_s + self.rest_s:.1f} s kept for the ending"


def _best_of_each(ranked: Sequence[Outcome]) -> list[Outcome]:
    """Return each model's best trial: what joins may be slower than the best."""
    first: dict[object, Outcome] = {}
    for one in ranked:
        first.setdefault(one.params.get("model"), one)
    return list(first.values())
