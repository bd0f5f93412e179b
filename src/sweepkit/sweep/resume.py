"""Begin a study, or go on with it exactly where an earlier session ended."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import optuna
from filelock import FileLock, Timeout
from optuna.storages import BaseStorage
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial

from sweepkit.errors import ConfigError, StudyLocked
from sweepkit.sweep.memory import (
    OUTCOME,
    OWED,
    StudyMemory,
    close_stale,
    decode_outcome,
)
from sweepkit.sweep.outcome import Outcome

CONTRACT = "sweepkit:contract"
RETRY_OF = "sweepkit:retry_of"
DEFAULT = "sweepkit:default"
MakeSampler = Callable[[int], optuna.samplers.BaseSampler]
_SHOWN = 6


def open_memory(
    storage: BaseStorage,
    name: str,
    *,
    directions: Sequence[str],
    contract: Mapping[str, Any],
    make_sampler: MakeSampler,
    pruner: optuna.pruners.BasePruner,
) -> StudyMemory:
    """Open a study in both memories; what died in an earlier session is owed.

    Args:
        storage: The durable storage.
        name: Name of the study.
        directions: `minimize` or `maximize`, one for each objective.
        contract: What the trials of a study have in common, as plain values.
        make_sampler: Makes what proposes parameters, knowing how many trials the
            study has already.
        pruner: Ends hopeless trials.

    Raises:
        ConfigError: If the study was begun under another contract.
    """
    wanted = [StudyDirection[direction.upper()] for direction in directions]
    try:
        study_id = storage.get_study_id_from_name(name)
    except KeyError:
        study_id = storage.create_new_study(wanted, name)
        storage.set_study_user_attr(study_id, CONTRACT, _plain(contract))
    _compare(storage, study_id, name, {**contract, "directions": list(directions)})
    # The lock is held, so whoever ran these trials is gone.
    close_stale(storage, study_id)
    trials = storage.get_all_trials(study_id)
    live = optuna.create_study(
        study_name=name,
        directions=wanted,
        sampler=make_sampler(len(trials)),
        pruner=pruner,
    )
    live.add_trials(trials)
    return StudyMemory(live, storage, study_id)


def earlier_outcomes(memory: StudyMemory) -> tuple[Outcome, ...]:
    """Return the outcomes of the trials that ended, those that died left out."""
    trials = memory.study.get_trials(deepcopy=False)
    return tuple(
        decode_outcome(trial.user_attrs[OUTCOME])
        for trial in trials
        if OUTCOME in trial.user_attrs
    )


def owed_trials(memory: StudyMemory) -> list[FrozenTrial]:
    """Return the trials that died with an earlier session and were not repeated."""
    trials = memory.study.get_trials(deepcopy=False)
    repeated = {trial.user_attrs.get(RETRY_OF) for trial in trials}
    return [
        trial
        for trial in trials
        if trial.user_attrs.get(OWED) and trial.number not in repeated
    ]


@contextmanager
def lock_study(folder: Path, name: str) -> Iterator[None]:
    """Keep other processes of this machine away from a study.

    Raises:
        StudyLocked: If one works on it already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{_file_name(name)}.lock"
    lock, holder = FileLock(file), file.with_suffix(".pid")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        pid = holder.read_text() if holder.exists() else "unknown"
        raise StudyLocked(
            f"Process {pid} works on study {name!r}. Wait until it is done, or name "
            f"another study: hydra.sweeper.study_name=..."
        ) from None
    try:
        holder.write_text(str(os.getpid()))
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def difference(before: Any, now: Any, path: str = "") -> list[str]:
    """Return in words where two nested values differ."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        lines = []
        for key in dict.fromkeys([*before, *now]):
            step = f"{path}.{key}" if path else str(key)
            lines += difference(before.get(key), now.get(key), step)
        return lines
    return [] if before == now else [f"{path} was {before!r} and is {now!r}"]


def _compare(
    storage: BaseStorage, study_id: int, name: str, now: Mapping[str, Any]
) -> None:
    before = storage.get_study_user_attrs(study_id).get(CONTRACT, {})
    directions = [d.name.lower() for d in storage.get_study_directions(study_id)]
    lines = difference({**before, "directions": directions}, _plain(now))
    if lines:
        more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
        raise ConfigError(
            f"Study {name!r} was begun under other conditions, so its results do not "
            f"compare: {'; '.join(lines[:_SHOWN])}{more}. Go back to them, or name a "
            f"new study: hydra.sweeper.study_name=..."
        )


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


def _file_name(name: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in name)
