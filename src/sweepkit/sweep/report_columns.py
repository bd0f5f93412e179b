"""The searched parameters as columns of numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.sweep.outcome import Outcome
from sweepkit.sweep.wording import shorten_names, write_setting

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One searched parameter over all trials.

    Attributes:
        name: Its name in the study.
        label: The least part of the name that tells it from the others.
        values: Shape (n_trials,); NaN where a trial does not have it. Of a choice,
            the place in `choices`.
        choices: The words to choose from; empty for a number.
        is_log: Whether it is searched on a logarithmic scale.
    """

    name: str
    label: str
    values: Floats
    choices: tuple[str, ...] = ()
    is_log: bool = False

    @property
    def varies(self) -> bool:
        """Whether trials differ in it at all."""
        known = self.values[np.isfinite(self.values)]
        has_gaps = 0 < known.size < self.values.size
        return has_gaps or (known.size > 0 and bool(np.ptp(known) > 0))


def list_settings(
    outcomes: tuple[Outcome, ...], trials: Mapping[int, "FrozenTrial"]
) -> tuple[Setting, ...]:
    """Return a column for each parameter that any trial has, in order of sight."""
    # The study's names tell one model's parameter from another's of the same key.
    known = [trials.get(o.number) for o in outcomes]
    rows = [
        t.params if t and t.params else o.params
        for t, o in zip(known, outcomes, strict=True)
    ]
    kinds: dict[str, BaseDistribution] = {}
    for trial in known:
        kinds |= trial.distributions if trial else {}
    names = list(dict.fromkeys(name for row in rows for name in row))
    labels = shorten_names(names)
    return tuple(
        _make_setting(name, labels[name], rows, kinds.get(name)) for name in names
    )


def _make_setting(
    name: str,
    label: str,
    rows: Sequence[Mapping[str, Any]],
    kind: "BaseDistribution | None",
) -> Setting:
    present = [row[name] for row in rows if name in row]
    choices = getattr(kind, "choices", None)
    if choices is None and all(map(_is_number, present)):
        values = [float(row[name]) if name in row else np.nan for row in rows]
        is_log = bool(getattr(kind, "log", False)) and min(present) > 0
        return Setting(name=name, label=label, values=np.array(values), is_log=is_log)
    words = dict.fromkeys(map(write_setting, (*(choices or ()), *present)))
    places = {word: float(place) for place, word in enumerate(words)}
    values = [
        places[write_setting(row[name])] if name in row else np.nan for row in rows
    ]
    return Setting(
        name=name, label=label, values=np.array(values), choices=tuple(words)
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
