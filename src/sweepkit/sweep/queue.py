"""What a session tries before its sampler proposes anything."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from optuna.trial import TrialState

from sweepkit.errors import ConfigError
from sweepkit.sweep.memory import StudyMemory
from sweepkit.sweep.portfolio import POINT
from sweepkit.sweep.resume import DEFAULT, RETRY_OF, owed_trials
from sweepkit.sweep.space import EXACT, SearchSpace


def queue_defaults(
    memory: StudyMemory, space: SearchSpace, defaults: Mapping[str, Any]
) -> None:
    """Let trial 0 be the model's own defaults, so that tuning can be compared.

    It runs with them even where they lie outside of what is searched; the sampler then
    takes it for the nearest point inside.
    """
    if not memory.study.get_trials(deepcopy=False):
        attributes = {DEFAULT: True, EXACT: dict(defaults)}
        memory.enqueue(space.to_study(defaults), **attributes)


def queue_owed(memory: StudyMemory) -> int:
    """Repeat what died with an earlier session, and return how many that are."""
    owed = owed_trials(memory)
    for trial in owed:
        kept = (DEFAULT, EXACT, POINT)
        attributes = {k: v for k, v in trial.user_attrs.items() if k in kept}
        attributes[RETRY_OF] = trial.number
        memory.enqueue(trial.params, **attributes)
    return len(owed)


def queue_grid(memory: StudyMemory, grid: Iterable[Mapping[str, Any]]) -> None:
    """Let every combination that was not tried yet have its turn."""
    trials = memory.study.get_trials(deepcopy=False)
    ended = (TrialState.COMPLETE, TrialState.PRUNED)
    known = [t.params for t in trials if t.state in ended]
    known += [
        t.system_attrs["fixed_params"] for t in trials if t.state is TrialState.WAITING
    ]
    for params in grid:
        if dict(params) not in known:
            memory.enqueue(params)


def queue_best_of(memory: StudyMemory, space: SearchSpace, path: str | None) -> None:
    """Try the best parameters of an earlier sweep, as far as they are searched.

    Args:
        memory: The study.
        space: What is searched.
        path: An `optimization_results.yaml`, or None for nothing.

    Raises:
        ConfigError: If the file holds no best parameters.
    """
    if path is None or memory.study.get_trials(deepcopy=False)[1:]:
        return
    try:
        best = dict(OmegaConf.load(Path(path)).best_params)
    except (OSError, TypeError, ValueError, OmegaConfBaseException) as error:
        raise ConfigError(
            f"hydra.sweeper.warm_start is {path!r}, which holds no best parameters "
            f"({error!r}); give the optimization_results.yaml of an earlier sweep."
        ) from error
    if legal := space.to_study({str(key): value for key, value in best.items()}):
        memory.enqueue(legal)
