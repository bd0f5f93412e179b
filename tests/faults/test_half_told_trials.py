"""A process that dies within the few writes by which it tells how a trial ended."""

import optuna
import pytest

from sweepkit.sweep.outcome import Outcome, State
from sweepkit.sweep.queue import queue_owed
from sweepkit.sweep.resume import earlier_outcomes, open_memory
from sweepkit.sweep.storage import open_storage

# A report, the outcome, the state.
N_WRITES = 3


class Died(BaseException):
    """Nothing may catch it, as nothing survives kill -9."""


class MortalStorage:
    """A storage whose process dies instead of a certain write."""

    def __init__(self, storage: optuna.storages.BaseStorage) -> None:
        self._storage = storage
        self.writes_left: float = float("inf")

    def __getattr__(self, name: str):
        if name.startswith(("set_", "create_")):
            self.writes_left -= 1
            if self.writes_left < 0:
                raise Died
        return getattr(self._storage, name)


def opened(storage):
    return open_memory(
        storage,
        "s",
        directions=["minimize"],
        contract={},
        make_sampler=lambda n: optuna.samplers.RandomSampler(seed=n),
        pruner=optuna.pruners.NopPruner(),
    )


@pytest.mark.parametrize("n_writes", range(N_WRITES + 1))
@pytest.mark.parametrize("state", list(State))
def test_a_half_told_trial_counts_or_is_repeated_but_never_both(
    tmp_path, state, n_writes
):
    """Both would be one trial too few, and MLflow showing what Optuna does not."""
    url = f"sqlite:///{tmp_path / 'studies.db'}"
    storage = MortalStorage(open_storage(url))
    memory = opened(storage)
    _, params = memory.ask(lambda t: {"x": t.suggest_float("x", 0, 1)})
    memory.keep(0)
    memory.report(0, 0, 2.0)
    values = (1.0,) if state is State.COMPLETE else ()
    storage.writes_left = n_writes
    try:
        memory.tell(Outcome(number=0, state=state, params=params, values=values))
    except Died:
        assert n_writes < N_WRITES

    again = opened(open_storage(url))

    told = earlier_outcomes(again)
    assert len(told) + queue_owed(again) == 1
    frozen = optuna.load_study(study_name="s", storage=url).trials[0]
    is_owed = bool(frozen.user_attrs.get("sweepkit:owed"))
    assert is_owed == (n_writes < N_WRITES - 1), "what was written is not thrown away"
    if is_owed:
        assert frozen.state.name == "FAIL"
    else:
        names = {State.COMPLETE: "COMPLETE", State.PRUNED: "PRUNED"}
        assert frozen.state.name == names.get(state, "FAIL")
        assert frozen.values == (list(values) or None)
        assert again.study.trials[0].state == frozen.state
