"""Who hears of a sweep: the display, and Hydra callbacks that want to."""

from collections.abc import Iterable, Mapping
from typing import Any

from hydra.types import HydraContext

from sweepkit.sweep.outcome import Outcome, SweepListener, SweepPlan, SweepResult
from sweepkit.sweep.progress import SweepDisplay

_EVENTS = ("on_sweep_start", "on_trial_end", "on_sweep_end")


class Listeners:
    """Tells everybody who listens, the display first.

    Args:
        hydra_context: Holds the callbacks; those with all events of `SweepListener`
            are told.
    """

    def __init__(self, hydra_context: HydraContext) -> None:
        callbacks: Iterable[Any] = hydra_context.callbacks.callbacks
        self.display = SweepDisplay()
        self._others: list[SweepListener] = [
            callback
            for callback in callbacks
            if all(hasattr(callback, event) for event in _EVENTS)
        ]

    def on_sweep_start(self, plan: SweepPlan) -> None:
        """Tell of the sweep before its first trial."""
        for listener in self._others:
            listener.on_sweep_start(plan)
        # Last: what the others have to say comes before a live display begins.
        self.display.on_sweep_start(plan)

    def on_running(self, numbers: Iterable[int]) -> None:
        """Tell which trials are running now."""
        self.display.on_running(numbers)

    def on_trial_saved(self, outcome: Outcome) -> None:
        """Show a trial whose result is safe."""
        self.display.on_trial_end(outcome)

    @property
    def are_ready(self) -> bool:
        """Whether all can be told of trials without making anybody wait.

        Raises:
            SweepkitError: If one of them never will be.
        """
        return all(getattr(other, "is_ready", True) for other in self._others)

    def on_trial_end(self, outcome: Outcome) -> None:
        """Let it be recorded."""
        for listener in self._others:
            listener.on_trial_end(outcome)

    def get_ready(self) -> None:
        """Let those who want to prepare for the end, which is seconds away."""
        for listener in self._others:
            getattr(listener, "get_ready", _do_nothing)()

    @property
    def run_ids(self) -> Mapping[int, str]:
        """Trial number to MLflow run, as far as a listener keeps runs."""
        known: dict[int, str] = {}
        for listener in self._others:
            known |= getattr(listener, "run_ids", {})
        return known

    def on_sweep_end(self, result: SweepResult) -> None:
        """Tell of the end."""
        for listener in self._others:
            listener.on_sweep_end(result)


def _do_nothing() -> None:
    """Stand in for what a listener does not have."""
