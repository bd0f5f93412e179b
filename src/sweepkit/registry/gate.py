"""Decide whether a candidate may replace the champion. Nothing here does I/O."""

import math
from dataclasses import dataclass
from typing import Literal

from sweepkit.errors import ConfigError

Direction = Literal["minimize", "maximize"]
HOW_TO_OVERRIDE = "set `registry.gate=off` to promote without comparing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """What the gate knows about one model version.

    Attributes:
        metric: Name of the metric, such as `holdout_rmse`.
        value: Its value, in the metric's own unit.
        direction: Which way the metric is better.
        holdout: Fingerprint of the rows it was measured on.
    """

    metric: str
    value: float
    direction: Direction
    holdout: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Rules for promotion.

    Attributes:
        mode: `better` compares with the champion; `off` lets every candidate pass.
        min_gain: Smallest relative improvement that counts; 0.01 means 1 %.
    """

    mode: Literal["better", "off"] = "better"
    min_gain: float = 0.0

    def __post_init__(self) -> None:
        if self.mode not in ("better", "off"):
            raise ConfigError(
                f"registry.gate is {self.mode!r}; use `better`, or `off` in quotes "
                f"where it stands in a YAML file."
            )
        if not 0 <= self.min_gain < math.inf:
            raise ConfigError(
                f"registry.min_gain is {self.min_gain}; use 0 or more: 0.01 is 1 %."
            )


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and the sentence that explains it to a person."""

    promote: bool
    reason: str


def judge(candidate: Scorecard, champion: Scorecard | None, gate: Gate) -> Decision:
    """Apply the gate's rules in order; the first that settles it gives the reason."""
    if gate.mode == "off":
        return Decision(True, "the gate is off")
    if not math.isfinite(candidate.value):
        return Decision(
            False, f"its {candidate.metric} is {candidate.value}; {HOW_TO_OVERRIDE}"
        )
    if champion is None:
        return Decision(True, "there is no champion yet")
    obstacle = _find_obstacle(candidate, champion)
    if obstacle:
        return Decision(False, f"{obstacle}; {HOW_TO_OVERRIDE}")
    return _compare(candidate, champion, gate)


def relative_gain(candidate: Scorecard, champion: Scorecard) -> float:
    """Return the improvement as a share of the champion's value; 0.01 means 1 %."""
    change = candidate.value - champion.value
    gain = -change if candidate.direction == "minimize" else change
    if not math.isfinite(champion.value):
        return math.inf
    if champion.value == 0:
        return math.copysign(math.inf, gain) if gain else 0.0
    return gain / abs(champion.value)


def _find_obstacle(candidate: Scorecard, champion: Scorecard) -> str:
    """Return why the two cannot be compared, or nothing."""
    if (candidate.metric, candidate.direction) != (champion.metric, champion.direction):
        return (
            f"it is judged by {candidate.metric} ({candidate.direction}), the champion "
            f"by {champion.metric} ({champion.direction})"
        )
    if candidate.holdout != champion.holdout:
        return "the champion was judged on other holdout rows"
    return ""


def _compare(candidate: Scorecard, champion: Scorecard, gate: Gate) -> Decision:
    gain = relative_gain(candidate, champion)
    values = f"{candidate.value:.6g} against {champion.value:.6g}"
    if gain <= 0:
        verb = "equals" if gain == 0 else "is worse than"
        return Decision(False, f"{candidate.metric} {verb} the champion's ({values})")
    if gain < gate.min_gain:
        return Decision(
            False,
            f"{candidate.metric} improved by {gain:.2%} ({values}), less than the "
            f"required {gate.min_gain:.2%} (registry.min_gain)",
        )
    return Decision(True, f"{candidate.metric} improved by {gain:.2%} ({values})")
