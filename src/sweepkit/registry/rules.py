"""The gate's rules, what they are applied to, and what comes of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sweepkit.errors import ConfigError
from sweepkit.evaluation.gains import Direction
from sweepkit.registry.limits import Limits

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
        confidence: Of the interval of the gain, which must lie above zero.
        limits: What no gain buys back.
    """

    mode: Literal["better", "off"] = "better"
    min_gain: float = 0.0
    confidence: float = 0.95
    limits: Limits = field(default_factory=Limits)

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
        if not 0.5 <= self.confidence < 1:
            raise ConfigError(
                f"registry.confidence is {self.confidence}; use 0.5 or more and less "
                f"than 1, such as 0.95."
            )


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, the sentence that explains it to a person, and its numbers.

    Attributes:
        promote: Whether the candidate becomes the champion.
        reason: Why, in one sentence.
        numbers: What the verdict rests on, as JSON takes it.
    """

    promote: bool
    reason: str
    numbers: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {
            "promote": self.promote,
            "reason": self.reason,
            "numbers": dict(self.numbers),
        }
