"""What the report says about parts of the holdout, as plain strings."""

import math
from typing import Any

from sweepkit.evaluation.gains import gain
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.labels import write_label
from sweepkit.evaluation.metrics import find_metric
from sweepkit.evaluation.slice_score import SliceScore
from sweepkit.evaluation.wording import (
    format_number,
    format_score,
    label_metric,
    title_metric,
)

MOST_SLICES = 15
# Of intervals of 95 %, so many lie wholly on the worse side by luck.
_BY_LUCK = 0.025
Row = dict[str, str]


def list_slices(judgement: Judgement) -> dict[str, Any] | None:
    """Return the table of slices, worst first, and what it says; None without one."""
    metric = judgement.metric
    if not judgement.slices or metric not in judgement.holdout:
        return None
    ranked = rank_slices(judgement)
    shown = ranked[:MOST_SLICES]
    rest = len(ranked) - len(shown)
    plain = f"{rest} better {'slice stands' if rest == 1 else 'slices stand'}"
    return {
        "lede": _sum_up(judgement, ranked),
        "metric": title_metric(metric),
        "unit": judgement.target_unit if find_metric(metric).unit == "target" else "",
        "overall": format_score(metric, judgement.holdout[metric], ""),
        "line": f"{100 * _place(judgement, shown)(judgement.holdout[metric]):.1f}",
        "rows": [_describe(judgement, entry, shown) for entry in shown],
        "note": f"{plain} in evaluation_report.json." if rest else "",
    }


def rank_slices(judgement: Judgement) -> list[SliceScore]:
    """Return all slices, the one with the worst score first."""
    sign = -1 if find_metric(judgement.metric).direction == "minimize" else 1
    return sorted(judgement.slices, key=lambda entry: sign * entry.score)


def is_clearly_worse(judgement: Judgement, entry: SliceScore) -> bool:
    """Tell whether even the better end of a slice's interval is worse than overall."""
    metric = find_metric(judgement.metric)
    better_end = entry.low if metric.direction == "minimize" else entry.high
    return metric.is_better(judgement.holdout[judgement.metric], better_end)


def _sum_up(judgement: Judgement, ranked: list[SliceScore]) -> str:
    worse = [entry for entry in ranked if is_clearly_worse(judgement, entry)]
    count = f"{len(ranked)} {'slice' if len(ranked) == 1 else 'slices'}"
    score = format_score(
        judgement.metric,
        judgement.holdout[judgement.metric],
        judgement.target_unit,
    )
    overall = f"{label_metric(judgement.metric)} on the whole holdout ({score})"
    if not worse:
        none = "The only slice is not" if len(ranked) == 1 else f"None of {count} is"
        return f"{none} worse than the {overall} by more than luck."
    chance = _BY_LUCK * len(ranked)
    expected = f"about {chance:.0f}" if chance >= 1 else "less than one"
    verb = "is" if len(worse) == 1 else "are"
    return (
        f"{len(worse)} of {count} {verb} clearly worse than the {overall}; luck alone "
        f"would make {expected} look so. The worst of them: "
        f"{_name(worse[0])}."
    )


def _describe(judgement: Judgement, entry: SliceScore, shown: list[SliceScore]) -> Row:
    place = _place(judgement, shown)
    left, right = place(entry.low), place(entry.high)
    return {
        "where": _name(entry),
        "chip": "clearly worse" if is_clearly_worse(judgement, entry) else "",
        "rows": f"{entry.n_rows:,}",
        "score": format_score(judgement.metric, entry.score, ""),
        "difference": _write_difference(judgement, entry.score),
        "left": f"{100 * left:.1f}",
        "width": f"{100 * (right - left):.1f}",
        "dot": f"{100 * place(entry.score):.1f}",
        "interval": f"{format_score(judgement.metric, entry.low, '')} to "
        f"{format_score(judgement.metric, entry.high, '')}",
    }


def _name(entry: SliceScore) -> str:
    name = write_label(entry.where)
    return name.replace("<=", "≤") if entry.is_range else name


def _place(judgement: Judgement, shown: list[SliceScore]) -> Any:
    """Return what maps a score to its place along the bars, 0 to 1."""
    known = [judgement.holdout[judgement.metric]]
    known += [end for entry in shown for end in (entry.low, entry.score, entry.high)]
    known = [value for value in known if math.isfinite(value)]
    low, span = min(known), max(known) - min(known)

    def place(value: float) -> float:
        if not span or math.isnan(value):
            return 0.5
        return min(1.0, max(0.0, (value - low) / span))

    return place


def _write_difference(judgement: Judgement, score: float) -> str:
    """Write how much better or worse, as a size and a word: signs mislead."""
    metric = find_metric(judgement.metric)
    overall = judgement.holdout[metric.name]
    change = gain(score, overall, metric.direction)
    if not change:
        return "the same"
    word = "better" if change > 0 else "worse"
    if metric.unit == "share":
        return f"{100 * abs(change):.1f} points {word}"
    if metric.unit == "none":
        return f"{abs(change):.4f} {word}"
    size = format_number(abs(change))
    share = f" ({100 * abs(change / overall):.0f} %)" if overall else ""
    return f"{size} {word}{share}"
