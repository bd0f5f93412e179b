"""A study twice: in memory, where samplers are quick, and in a database that lasts.

Optuna's own database storage costs 80 to 108 ms a trial, spent in some thirty small
transactions. One process asks here, so it can keep the study in memory and write each
trial through: once when it begins, once when it ends. Both may wait until no worker
does; what is not written yet is lost with the process, and its trial repeated.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import optuna
from optuna.storages import BaseStorage
from optuna.study import Study
from optuna.trial import FrozenTrial, Trial, TrialState

from sweepkit.errors import StudyLocked
from sweepkit.sweep.outcome import Outcome, State

# Names of what a trial keeps besides its parameters and values.
OUTCOME = "sweepkit:outcome"
OWED = "sweepkit:owed"

_STATES = {
    State.COMPLETE: TrialState.COMPLETE,
    State.PRUNED: TrialState.PRUNED,
    State.FAILED: TrialState.FAIL,
}
Suggest = Callable[[Trial], Mapping[str, Any]]


class StudyMemory:
    """Asks and tells one study.

    Args:
        study: The study in memory, holding the trials of `storage` with equal numbers.
        storage: Where every trial is written through.
        study_id: The study's id there.
    """

    def __init__(self, study: Study, storage: BaseStorage, study_id: int) -> None:
        self.study = study
        self._storage = storage
        self._study_id = study_id
        self._running: dict[int, Trial] = {}
        self._ids: dict[int, int] = {}
        self._unkept: list[int] = []
        self._durable_ids: dict[int, int] = {}

    @property
    def n_running(self) -> int:
        """Trials that were asked and not told."""
        return len(self._running)

    @property
    def running(self) -> list[int]:
        """Numbers of the trials that were asked and not told."""
        return sorted(self._running)

    @property
    def unkept(self) -> list[int]:
        """Numbers of the trials that were asked and not made durable."""
        return sorted(self._unkept)

    def enqueue(self, params: Mapping[str, Any], **attributes: Any) -> None:
        """Let the next free trial have these parameters, by Optuna's names."""
        self.study.enqueue_trial(dict(params), user_attrs=attributes)

    def ask(self, suggest: Suggest) -> tuple[Trial, Mapping[str, Any]]:
        """Begin a trial; it is not durable before `keep`.

        Args:
            suggest: Asks the trial for its parameters and returns them by override
                key.
        """
        trial = self.study.ask()
        params = suggest(trial)
        self._running[trial.number] = trial
        self._ids[trial.number] = trial._trial_id
        self._unkept.append(trial.number)
        return trial, params

    def keep(self, number: int) -> None:
        """Write a trial that was asked, so that its parameters survive this process.

        One that has ended already is written whole.

        Raises:
            StudyLocked: If another process has added trials to the study meanwhile.
        """
        if number not in self._unkept:
            return
        # First: a second line would give all later ones other numbers.
        self._unkept.remove(number)
        durable = self._storage.create_new_trial(
            self._study_id, template_trial=self._frozen(number)
        )
        if self._storage.get_trial(durable).number != number:
            raise StudyLocked(
                f"Study {self.study.study_name!r} got trials from another machine "
                f"while this sweep ran. One process sweeps a study; name another one "
                f"with hydra.sweeper.study_name."
            )
        if number in self._running:
            self._durable_ids[number] = durable

    def report(self, number: int, step: int, value: float) -> bool:
        """Take a fold's report and tell whether the trial should be pruned."""
        trial = self._running[number]
        if not math.isfinite(value) or len(self.study.directions) > 1:
            return False
        if isinstance(self.study.pruner, optuna.pruners.WilcoxonPruner):
            # It compares folds one by one, not means.
            value = self._own_value(number, step, value)
        trial.report(value, step)
        return trial.should_prune()

    def learn(self, outcome: Outcome) -> None:
        """End a trial in memory, where the sampler sees it; not yet in the database."""
        state, values = optuna_ending(outcome)
        trial = self._running.pop(outcome.number)
        trial.set_user_attr(OUTCOME, encode_outcome(outcome))
        # A pruned trial's value is its last report, which Optuna fills in by itself.
        self.study.tell(trial, values, state=state)

    def tell(self, outcome: Outcome) -> None:
        """End a trial in the database: what is told is never lost."""
        number = outcome.number
        if number in self._running:
            self.learn(outcome)
        self.keep(number)
        if number in self._durable_ids:
            kept = {OUTCOME: encode_outcome(outcome)}
            self._write_end(number, *optuna_ending(outcome), kept)
        del self._ids[number]

    def give_back(self) -> None:
        """End what is running as owed: the next session repeats these parameters.

        So it does with what has been learnt and not been told.
        """
        for number in sorted(self._durable_ids):
            self._write_end(number, TrialState.FAIL, None, {OWED: True})
        for number in self.running:
            self.study.tell(self._running.pop(number), state=TrialState.FAIL)
        # A signal may come just between a trial's first line and our note of it, or in
        # the middle of telling how one ended.
        close_stale(self._storage, self._study_id)

    def _write_end(
        self,
        number: int,
        state: TrialState,
        values: Sequence[float] | None,
        attributes: Mapping[str, Any],
    ) -> None:
        durable = self._durable_ids.pop(number)
        for step, value in self._frozen(number).intermediate_values.items():
            self._storage.set_trial_intermediate_value(durable, step, value)
        for key, value in attributes.items():
            self._storage.set_trial_user_attr(durable, key, value)
        self._storage.set_trial_state_values(durable, state, values)

    def _frozen(self, number: int) -> FrozenTrial:
        return self.study._storage.get_trial(self._ids[number])

    def _own_value(self, number: int, step: int, mean: float) -> float:
        return mean * (step + 1) - sum(
            self._frozen(number).intermediate_values.values()
        )


def close_stale(storage: BaseStorage, study_id: int) -> None:
    """End trials that nobody runs any more as owed; hold the study's lock.

    One whose outcome is written already died within `tell`, before its last line. It
    has ended that way: owed and counted it would be two trials.
    """
    for trial in storage.get_all_trials(study_id, states=(TrialState.RUNNING,)):
        if OUTCOME in trial.user_attrs:
            ending = optuna_ending(decode_outcome(trial.user_attrs[OUTCOME]))
        else:
            storage.set_trial_user_attr(trial._trial_id, OWED, True)
            ending = TrialState.FAIL, None
        storage.set_trial_state_values(trial._trial_id, *ending)


def optuna_ending(outcome: Outcome) -> tuple[TrialState, list[float] | None]:
    """Return how a trial ended in Optuna's terms: its state and its values."""
    state = _STATES[outcome.state]
    return state, list(outcome.values) if state is TrialState.COMPLETE else None


def encode_outcome(outcome: Outcome) -> dict[str, Any]:
    """Return a form that survives JSON."""
    return {
        **{field.name: getattr(outcome, field.name) for field in fields(outcome)},
        "state": str(outcome.state),
        "params": dict(outcome.params),
        "folds": [dict(scores) for scores in outcome.folds],
    }


def decode_outcome(kept: Mapping[str, Any]) -> Outcome:
    """Rebuild an outcome from `encode_outcome`, also from JSON's lists."""
    return Outcome(
        **{
            **kept,
            "state": State(kept["state"]),
            "overrides": tuple(kept["overrides"]),
            "values": tuple(kept["values"]),
            "folds": tuple(kept["folds"]),
        }
    )
