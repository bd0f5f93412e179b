"""How a sweep is put into words, alike on the terminal and in the report."""

import math
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sweepkit.evaluation.wording import LABELS, MISSING, format_number
from sweepkit.sweep.outcome import Outcome, State

COMMAND = "python train.py"
_DIGITS = 5  # enough to tell two good trials apart


def plain(text: str) -> str:
    """Return text on one line and without control characters.

    A cause of failure may come from anywhere, and a terminal obeys what it prints.
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def write_value(value: float) -> str:
    """Write an objective's value; no digit before the point is rounded away."""
    if not math.isfinite(value):
        return MISSING
    before_point = len(str(int(abs(value)))) if abs(value) < 1e15 else 0
    return format_number(value, max(_DIGITS, before_point))


def write_setting(value: Any) -> str:
    """Write a parameter's value as YAML would spell it, with four digits."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return f"{value:.4g}"
    return plain(str(value))


def write_seconds(seconds: float) -> str:
    """Write a duration, coarser the longer: `2.1 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    large, small, words = (3600, 60, "h min") if whole >= 3600 else (60, 1, "min s")
    whole = small * round(whole / small)
    first, second = words.split()
    rest = whole % large // small
    return f"{whole // large} {first}" + (f" {rest} {second}" if rest else "")


def write_difference(value: float, best: float) -> str:
    """Write how far a value is from the best: `+0.28 %`; a number if the best is 0."""
    gap = value - best
    if gap == 0 or not math.isfinite(gap):
        return ""
    sign = "+" if gap > 0 else "\N{MINUS SIGN}"
    size = f"{_percent(gap / best)} %" if best else format_number(abs(gap))
    return sign + size


def compare(value: float, other: float, direction: str) -> str:
    """Say how `value` stands against `other`: `3.1 % better`, or `the same`."""
    gap = other - value if direction == "minimize" else value - other
    if gap == 0 or not math.isfinite(gap):
        return "the same"
    word = "better" if gap > 0 else "worse"
    if not other:
        return f"{format_number(abs(gap), 2)} {word}"
    return f"{_percent(gap / other)} % {word}"


def write_states(states: Mapping[State, int]) -> str:
    """Write the counts by state, leaving out what did not happen."""
    shown = [f"{states[state]:,} {state}" for state in State if states.get(state)]
    return ", ".join(shown) or "no trial ended"


def count_states(outcomes: Iterable[Outcome]) -> Counter[State]:
    """Count trials by how they ended."""
    return Counter(outcome.state for outcome in outcomes)


def write_command(outcome: Outcome) -> str:
    """Return the command that runs the trial's configuration alone."""
    return f"{COMMAND} {shlex.join(outcome.overrides)}".rstrip()


def label_objective(name: str) -> str:
    """Return the objective as a reader knows it, such as `RMSE` for `cv_rmse`."""
    metric = name.removeprefix("cv_")
    return LABELS.get(metric, name)


def shorten_names(names: Iterable[str]) -> dict[str, str]:
    """Map each parameter to the least of its last parts that tells it from the others.

    A parameter of one model in a search over models (`random_forest:model.x`) keeps
    the model's name where another has the same.

    Example:
        >>> shorten_names(["model.estimator.alpha", "model.name", "features.name"])
        {'model.estimator.alpha': 'alpha', 'model.name': 'model.name', \
'features.name': 'features.name'}
    """
    forms = {name: _forms(name) for name in names}
    longest = max(map(len, forms.values()), default=0)
    labels: dict[str, str] = {}
    for depth in range(longest):
        open_names = [name for name in forms if name not in labels]
        tried = {name: forms[name][min(depth, len(forms[name]) - 1)] for name in forms}
        often = Counter(tried.values())
        labels |= {name: tried[name] for name in open_names if often[tried[name]] == 1}
    return {name: plain(labels.get(name, name)) for name in forms}


def write_settings(params: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """Write parameters as `num_leaves=48 learning_rate=0.041`."""
    return " ".join(
        f"{labels.get(name, name.rpartition('.')[2])}={write_setting(value)}"
        for name, value in params.items()
    )


def _forms(name: str) -> list[str]:
    """Return a name's spellings, shortest first."""
    owner, _, path = name.rpartition(":")
    parts = path.split(".")
    if owner:
        return [parts[-1], f"{owner}:{parts[-1]}", name]
    return [".".join(parts[-n:]) for n in range(1, len(parts) + 1)]


def _percent(share: float) -> str:
    return format_number(100 * abs(share), 2)
