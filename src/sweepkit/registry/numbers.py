"""What a decision rests on: for JSON, and as part of its sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sweepkit.registry.limits import Findings

if TYPE_CHECKING:  # it imports scikit-learn
    from sweepkit.evaluation.resampling import Comparison

Numbers = dict[str, Any]


def collect_numbers(
    *,
    score: Mapping[str, Any],
    champion: float | None,
    rules: Mapping[str, Any],
    findings: Findings,
    comparison: Comparison | None,
) -> Numbers:
    """Return all of them as strict JSON takes them: what is not finite as None.

    Args:
        score: The candidate's scorecard.
        champion: The champion's value of the same metric; None before the first one.
        rules: The gate's, with its limits.
        findings: What else was measured.
        comparison: Both on the same rows, if rows were there.
    """
    numbers: Numbers = {
        "metric": score["metric"],
        "direction": score["direction"],
        "holdout": score["holdout"],
        "candidate": score["value"],
        "champion": champion,
    }
    if comparison is not None:
        numbers["comparison"] = comparison.to_dict()
    found = findings.to_dict()
    if found:
        numbers["limits"] = found
    numbers["rules"] = dict(rules)
    plain: Numbers = _make_finite(numbers)
    return plain


def describe_chance(comparison: Comparison) -> str:
    """Say how sure a gain is, with its interval as shares of the champion's score."""
    share = comparison.probability
    shown = "all" if share == 1 else f"{share:.1%}"
    scale = abs(comparison.champion)
    low, high = comparison.low, comparison.high
    ends = f"{low:.4g} to {high:.4g}"
    if scale > 0 and math.isfinite(scale):
        ends = f"{low / scale:+.2%} to {high / scale:+.2%}"
    return (
        f"better in {shown} of {comparison.n_resamples:,} resamples, "
        f"{comparison.confidence:.0%} interval {ends}"
    )


def _make_finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _make_finite(entry) for key, entry in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
