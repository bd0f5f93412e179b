"""When a sweep has done enough, or has failed too often. Nothing here does I/O."""

import math
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sweepkit.errors import ConfigError, NoTrialSucceeded, SweepkitError
from sweepkit.sweep.outcome import Outcome, State

# Failures are judged from this many trials on; the first one alone proves little.
_MIN_JUDGED = 5


@dataclass(slots=True, kw_only=True)
class Stopping:
    """The limits of a sweep.

    Attributes:
        n_trials: Trials in all sessions together; None for no end.
        timeout_s: Seconds of this session after which none is begun; None for no end.
        patience: Trials without a better first objective after which none is begun.
        max_failure_rate: Largest share of failed trials, from the fifth trial on.
        direction: `minimize` or `maximize`, of the first objective.
        started_at: When this session began, by the monotonic clock.
    """

    n_trials: int | None
    timeout_s: float | None = None
    patience: int | None = None
    max_failure_rate: float = 0.5
    direction: str = "minimize"
    started_at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        if self.n_trials is not None and self.n_trials < 1:
            raise ConfigError(f"hydra.sweeper.n_trials is {self.n_trials}; use 1 up.")
        if not 0 <= self.max_failure_rate <= 1:
            raise ConfigError(
                f"hydra.sweeper.max_failure_rate is {self.max_failure_rate}; use a "
                f"share from 0 to 1."
            )
        if self.patience is not None and self.patience < 1:
            raise ConfigError(
                f"hydra.sweeper.patience is {self.patience}; use 1 or more, or null."
            )

    def find_reason(self, outcomes: Sequence[Outcome], n_running: int = 0) -> str:
        """Return why no further trial should begin, or an empty text."""
        n_begun = len(outcomes) + n_running
        if self.n_trials is not None and n_begun >= self.n_trials:
            return "the budget of trials is spent"
        elapsed_s = time.monotonic() - self.started_at
        if self.timeout_s is not None and elapsed_s >= self.timeout_s:
            return f"the time-out of {self.timeout_s:g} s is over"
        if self.patience is not None:
            idle = trials_since_best(outcomes, self.direction)
            if idle >= self.patience:
                return f"{idle} trials brought nothing better (hydra.sweeper.patience)"
        return ""

    def check_failures(self, outcomes: Sequence[Outcome]) -> None:
        """End a sweep whose trials fail too often.

        Raises:
            SweepkitError: NoTrialSucceeded if none is complete, else ConfigError.
        """
        failed = [o for o in outcomes if o.state is State.FAILED]
        if len(outcomes) < _MIN_JUDGED or not failed:
            return
        rate = len(failed) / len(outcomes)
        if rate > self.max_failure_rate:
            raise too_many_failures(outcomes, self.max_failure_rate)


def too_many_failures(outcomes: Sequence[Outcome], limit: float) -> SweepkitError:
    """Return the error that says how many trials failed, and mostly of what."""
    failed = [o for o in outcomes if o.state is State.FAILED]
    cause = most_frequent_cause(failed)
    if not any(o.state is State.COMPLETE for o in outcomes):
        return NoTrialSucceeded(
            f"None of {len(outcomes)} trials succeeded; most often: {cause}"
        )
    return ConfigError(
        f"{len(failed)} of {len(outcomes)} trials failed, more than "
        f"hydra.sweeper.max_failure_rate={limit:g} allows; most often: {cause}"
    )


def most_frequent_cause(failed: Iterable[Outcome]) -> str:
    """Return the error that ended most trials."""
    causes = Counter(outcome.error for outcome in failed)
    return causes.most_common(1)[0][0] if causes else "no cause is known"


def trials_since_best(outcomes: Sequence[Outcome], direction: str) -> int:
    """Count the trials after the best one; 0 if none is complete."""
    best, since = math.inf, 0
    sign = 1.0 if direction == "minimize" else -1.0
    for outcome in outcomes:
        since += 1
        if outcome.state is State.COMPLETE and sign * outcome.values[0] < best:
            best, since = sign * outcome.values[0], 0
    return since if math.isfinite(best) else 0
