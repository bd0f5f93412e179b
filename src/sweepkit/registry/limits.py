"""Limits that no gain buys back: floor, latency, size, callers, the worst slice."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sweepkit.errors import ConfigError
from sweepkit.evaluation.gains import Direction, relative_gain

if TYPE_CHECKING:  # it imports pandas and scikit-learn
    from sweepkit.evaluation.slices import SliceLoss

MEDIAN = "predicting the median"
SHARES = "answering with the shares of the classes"
_SLOW = "one row takes it {:.3g} ms, more than the {:g} ms of registry.max_latency_ms"
_LARGE = "it weighs {:.4g} MB, more than the {:g} MB of registry.max_size_mb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a candidate must keep to, however good it is.

    Attributes:
        max_slice_loss: Most by which a category may be worse off than under the
            champion; 0.1 means 10 %. None lets any category pay.
        max_latency_ms: Longest median time of one row; None sets no limit.
        max_size_mb: Heaviest saved model, in millions of bytes; None likewise.
        signature: `compatible` refuses a model that callers of the champion cannot
            call unchanged; `any` takes it.
    """

    max_slice_loss: float | None = 0.10
    max_latency_ms: float | None = None
    max_size_mb: float | None = None
    signature: Literal["compatible", "any"] = "compatible"

    def __post_init__(self) -> None:
        if self.signature not in ("compatible", "any"):
            raise ConfigError(
                f"registry.signature is {self.signature!r}; use `compatible` or `any`."
            )
        for key in ("max_slice_loss", "max_latency_ms", "max_size_mb"):
            value = getattr(self, key)
            if value is not None and not 0 <= value < math.inf:
                raise ConfigError(
                    f"registry.{key} is {value}; use 0 or more, or null for no limit."
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was measured of a candidate beside its score; None where nobody did.

    Attributes:
        floor: Score of a constant guess on the same rows.
        floor_guess: What that guess is, in words.
        latency_ms: Median time of one row.
        size_mb: What the saved model weighs, in millions of bytes.
        break_with_callers: What callers of the champion would have to change.
        slices: The categories, worst first.
    """

    floor: float | None = None
    floor_guess: str = MEDIAN
    latency_ms: float | None = None
    size_mb: float | None = None
    break_with_callers: str = ""
    slices: tuple[SliceLoss, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return what is known as plain values, of the slices the worst."""
        known = {
            "floor": self.floor,
            "latency_ms": self.latency_ms,
            "size_mb": self.size_mb,
            "break_with_callers": self.break_with_callers or None,
            "n_slices": len(self.slices) or None,
            "worst_slice": self.slices[0].to_dict() if self.slices else None,
        }
        return {key: value for key, value in known.items() if value is not None}


def refuse_floor(
    metric: str, value: float, direction: Direction, findings: Findings
) -> str:
    """Return that a candidate does not beat the floor, or nothing."""
    floor = findings.floor
    if floor is None or relative_gain(value, floor, direction) > 0:
        return ""
    return (
        f"its {metric} is {value:.6g}, no better than the {floor:.6g} of always "
        f"{findings.floor_guess}"
    )


def refuse_weight(findings: Findings, limits: Limits) -> str:
    """Return that a candidate is too slow or too large to serve, or nothing."""
    for found, limit, words in (
        (findings.latency_ms, limits.max_latency_ms, _SLOW),
        (findings.size_mb, limits.max_size_mb, _LARGE),
    ):
        if found is not None and limit is not None and found > limit:
            return words.format(found, limit)
    return ""


def refuse_break(findings: Findings, limits: Limits) -> str:
    """Return what callers of the champion would have to change, or nothing."""
    if limits.signature == "any" or not findings.break_with_callers:
        return ""
    return (
        f"callers of the champion could not call it unchanged: "
        f"{findings.break_with_callers} (`registry.signature=any` takes it)"
    )


def refuse_slice(findings: Findings, limits: Limits) -> str:
    """Return which category would be worse off than is allowed, or nothing."""
    if limits.max_slice_loss is None or not findings.slices:
        return ""
    worst = findings.slices[0]
    if not worst.beyond_chance or worst.loss <= limits.max_slice_loss:
        return ""
    return (
        f"it is {worst.loss:.1%} worse where {worst.where} "
        f"({worst.candidate:.6g} against {worst.champion:.6g} on {worst.n_rows:,} "
        f"rows), more than the {limits.max_slice_loss:.0%} of registry.max_slice_loss"
    )
