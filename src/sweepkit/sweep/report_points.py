"""The trials of a sweep as arrays, ready to be drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.sweep.outcome import Outcome, State, SweepResult
from sweepkit.sweep.wording import shorten_names, write_setting

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.study import Study
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """All trials of a sweep, in the order of their numbers.

    Attributes:
        result: What they come from.
        values: Objectives, shape (n_trials, n_objectives); NaN unless complete.
        paths: Step to reported mean of each trial, as its pruner saw it.
        settings: The searched parameters.
        importances: Parameter to its share in the objective, largest first.
    """

    result: SweepResult
    values: Floats
    paths: tuple[Mapping[int, float], ...]
    settings: tuple[Setting, ...]
    importances: Mapping[str, float]

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The trials."""
        return self.result.outcomes

    @property
    def numbers(self) -> NDArray[np.int64]:
        """Numbers of the trials, shape (n_trials,)."""
        return np.array([outcome.number for outcome in self.outcomes], np.int64)

    def are(self, state: State) -> NDArray[np.bool_]:
        """Tell which trials ended in this state, shape (n_trials,)."""
        return np.array([outcome.state is state for outcome in self.outcomes], bool)

    @property
    def best(self) -> int | None:
        """Row of the best trial."""
        best = self.result.best
        rows = [
            i for i, o in enumerate(self.outcomes) if best and o.number == best.number
        ]
        return rows[0] if rows else None

    def varying(self, most: int) -> list[Setting]:
        """Return the parameters worth drawing, most important first."""
        order = list(self.importances)
        places = {name: place for place, name in enumerate(order)}
        shown = (setting for setting in self.settings if setting.varies)
        return sorted(shown, key=lambda s: places.get(s.name, len(order)))[:most]


def collect_points(
    study: "Study", result: SweepResult, importances: Mapping[str, float]
) -> Points:
    """Join what the study knows of the trials with what came of them."""
    trials = {trial.number: trial for trial in study.get_trials(deepcopy=False)}
    n_objectives = len(result.plan.directions)
    missing = (np.nan,) * n_objectives
    values = [o.values or missing for o in result.outcomes]
    metric = result.plan.objectives[0].removeprefix("cv_")
    return Points(
        result=result,
        values=np.array(values, np.float64).reshape(-1, n_objectives),
        paths=tuple(_path(o, trials.get(o.number), metric) for o in result.outcomes),
        settings=_list_settings(result.outcomes, trials),
        importances=importances,
    )


def _path(
    outcome: Outcome, trial: "FrozenTrial | None", metric: str
) -> Mapping[int, float]:
    if trial is not None and trial.intermediate_values:
        return dict(sorted(trial.intermediate_values.items()))
    scores = [fold[metric] for fold in outcome.folds if metric in fold]
    return {i: float(np.mean(scores[: i + 1])) for i in range(len(scores))}


def _list_settings(
    outcomes: tuple[Outcome, ...], trials: Mapping[int, "FrozenTrial"]
) -> tuple[Setting, ...]:
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
