"""The trials of a sweep as arrays, ready to be drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sweepkit.sweep.outcome import Outcome, State, SweepResult
from sweepkit.sweep.report_columns import Floats, Setting, list_settings

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial


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
        settings=list_settings(result.outcomes, trials),
        importances=importances,
    )


def _path(
    outcome: Outcome, trial: "FrozenTrial | None", metric: str
) -> Mapping[int, float]:
    if trial is not None and trial.intermediate_values:
        steps = sorted(trial.intermediate_values.items())
        return {step: value for step, value in steps if np.isfinite(value)}
    scores = [fold[metric] for fold in outcome.folds if metric in fold]
    return {i: float(np.mean(scores[: i + 1])) for i in range(len(scores))}
