"""Decide whether a candidate may replace the champion. Nothing here does I/O."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from sweepkit.evaluation.gains import relative_gain as share_gained
from sweepkit.registry.limits import (
    Findings,
    Limits,
    refuse_break,
    refuse_floor,
    refuse_slice,
    refuse_weight,
)
from sweepkit.registry.numbers import collect_numbers, describe_chance
from sweepkit.registry.rules import HOW_TO_OVERRIDE, Decision, Gate, Scorecard

if TYPE_CHECKING:  # it imports scikit-learn
    from sweepkit.evaluation.resampling import Comparison

__all__ = [
    "HOW_TO_OVERRIDE",
    "Decision",
    "Gate",
    "Scorecard",
    "judge",
    "relative_gain",
]

_NOTHING_FOUND = Findings()


def judge(
    candidate: Scorecard,
    champion: Scorecard | None,
    gate: Gate,
    findings: Findings = _NOTHING_FOUND,
    comparison: Comparison | None = None,
) -> Decision:
    """Apply the gate's rules in order; the first that settles it gives the reason.

    Args:
        candidate: What it achieved.
        champion: What the champion did; None before the first one.
        gate: The rules.
        findings: What else was measured of the candidate.
        comparison: Both on the same rows; its scores then count instead of those on
            the cards. Without it a better score is taken at its word.
    """
    if comparison is not None:
        champion = replace(candidate, value=comparison.champion)
        candidate = replace(candidate, value=comparison.candidate)
    promote, reason = _settle(candidate, champion, gate, findings, comparison)
    return Decision(
        promote,
        reason,
        collect_numbers(
            score=asdict(candidate),
            champion=None if champion is None else champion.value,
            rules=asdict(gate),
            findings=findings,
            comparison=comparison,
        ),
    )


def relative_gain(candidate: Scorecard, champion: Scorecard) -> float:
    """Return the improvement as a share of the champion's value; 0.01 means 1 %."""
    return share_gained(candidate.value, champion.value, candidate.direction)


def _settle(
    candidate: Scorecard,
    champion: Scorecard | None,
    gate: Gate,
    findings: Findings,
    comparison: Comparison | None,
) -> tuple[bool, str]:
    if gate.mode == "off":
        return True, "the gate is off"
    obstacle = _refuse_alone(candidate, findings, gate.limits)
    if champion is not None:
        obstacle = (
            obstacle
            or _find_difference(candidate, champion)
            or refuse_break(findings, gate.limits)
        )
    if obstacle:
        return False, f"{obstacle}; {HOW_TO_OVERRIDE}"
    if champion is None:
        return True, "there is no champion yet"
    shortfall, sentence = _compare(candidate, champion, gate, comparison)
    if shortfall:
        return False, shortfall
    worse_off = refuse_slice(findings, gate.limits)
    if worse_off:
        return False, f"{sentence}, but {worse_off}; {HOW_TO_OVERRIDE}"
    return True, sentence


def _refuse_alone(candidate: Scorecard, findings: Findings, limits: Limits) -> str:
    """Return why it may not serve whatever the champion is, or nothing."""
    metric, value = candidate.metric, candidate.value
    if not math.isfinite(value):
        return f"its {metric} is {value}"
    floor = refuse_floor(metric, value, candidate.direction, findings)
    return floor or refuse_weight(findings, limits)


def _find_difference(candidate: Scorecard, champion: Scorecard) -> str:
    """Return why the two cannot be compared, or nothing."""
    if (candidate.metric, candidate.direction) != (champion.metric, champion.direction):
        return (
            f"it is judged by {candidate.metric} ({candidate.direction}), the champion "
            f"by {champion.metric} ({champion.direction})"
        )
    if candidate.holdout != champion.holdout:
        return "the champion was judged on other holdout rows"
    return ""


def _compare(
    candidate: Scorecard,
    champion: Scorecard,
    gate: Gate,
    comparison: Comparison | None,
) -> tuple[str, str]:
    """Return in what the candidate falls short, or nothing, and how it did."""
    gain = relative_gain(candidate, champion)
    values = f"({candidate.value:.6g} against {champion.value:.6g})"
    if gain <= 0:
        verb = "equals" if gain == 0 else "is worse than"
        return f"{candidate.metric} {verb} the champion's {values}", ""
    sentence = f"{candidate.metric} improved by {gain:.2%} {values}"
    if gain < gate.min_gain:
        least = f"less than the required {gate.min_gain:.2%} (registry.min_gain)"
        return f"{sentence}, {least}", ""
    if comparison is None:
        return "", sentence
    if not comparison.low > 0:
        chance = (
            f"which may be chance: {describe_chance(comparison)}; its interval must "
            f"lie above zero (registry.confidence)"
        )
        return f"{sentence}, {chance}", ""
    return "", f"{sentence}: {describe_chance(comparison)}"
