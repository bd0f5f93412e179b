"""The sweeper's settings and name. Hydra loads this at every start: keep it light."""

from dataclasses import dataclass, field
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from hydra_plugins.hydra_optuna_sweeper.config import OptunaSweeperConf
from omegaconf import DictConfig

from sweepkit.sweep.pool import PoolLauncher


@dataclass
class SweepkitSweeperConf(OptunaSweeperConf):
    """The official Optuna sweeper's settings, and those it does not have.

    Attributes:
        pruner: Ends hopeless trials after a fold; null runs every fold.
        spaces: Model to search space, for a search across models.
        timeout: Seconds after which no trial is begun; null for no end.
        patience: Trials without anything better after which none is begun.
        time_budget: Seconds from the start of the command to its end, refitting and
            registering included; null for no end. `n_trials` then counts if typed.
        portfolio: Settings tried first under a time budget: name to `model`, `cost` and
            `with`.
        warm_start: An earlier `optimization_results.yaml` whose best parameters are
            tried first.
        objectives: Names of what the task returns, for tables and reports.
    """

    _target_: str = "sweepkit.sweep.plugin.SweepkitSweeper"
    n_trials: int = 30
    max_failure_rate: float = 0.5
    pruner: Any = None
    spaces: Any = None
    timeout: float | None = None
    patience: int | None = None
    time_budget: float | None = None
    portfolio: Any = None
    warm_start: str | None = None
    objectives: list[str] = field(default_factory=lambda: ["objective"])


class SweepkitSweeper(Sweeper):
    """Searches hyperparameters without waiting for the slowest trial of a batch."""

    def __init__(self, **settings: Any) -> None:
        self._settings = settings

    def setup(
        self,
        *,
        hydra_context: HydraContext,
        task_function: TaskFunction,
        config: DictConfig,
    ) -> None:
        """Take what Hydra hands to every sweeper and make its launcher."""
        from hydra.core.plugins import Plugins

        self.hydra_context = hydra_context
        self.config = config
        self.launcher = Plugins.instance().instantiate_launcher(
            config=config, hydra_context=hydra_context, task_function=task_function
        )

    def sweep(self, arguments: list[str]) -> Any:
        """Run the sweep to its end, or to where it was interrupted.

        Raises:
            Departure: With the exit code of the deliberate error that ended it.
        """
        from sweepkit.errors import Departure, SweepkitError

        assert self.config is not None and self.hydra_context is not None
        assert self.launcher is not None
        try:
            from sweepkit.sweep.parsing import find_fixed

            if isinstance(self.launcher, PoolLauncher):
                # Workers import and read the table while this process imports.
                self.launcher.start(find_fixed(arguments))
            from sweepkit.sweep.session import run_sweep

            return run_sweep(
                self._settings,
                arguments,
                config=self.config,
                hydra_context=self.hydra_context,
                launcher=self.launcher,
            )
        except SweepkitError as error:
            raise Departure(error) from error


ConfigStore.instance().store(
    group="hydra/sweeper",
    name="sweepkit",
    node=SweepkitSweeperConf,
    provider="sweepkit",
)
