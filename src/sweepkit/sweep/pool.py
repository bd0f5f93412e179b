"""The pool of workers as a launcher of Hydra: `hydra/launcher=pool`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.core.utils import JobReturn, filter_overrides
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from sweepkit.sweep.messages import Finished, Report
from sweepkit.sweep.pool_config import PoolSettings

# Hydra imports this module whenever any of its programs starts: nothing heavy above.
if TYPE_CHECKING:
    from sweepkit.sweep.crew import Crew
    from sweepkit.sweep.jobs import JobConfig, JobConfigs

__all__ = ["Finished", "PoolLauncher", "Report"]

log = logging.getLogger(__name__)


class PoolLauncher(Launcher):
    """Runs jobs in processes that stay alive, several at the same time.

    A plain Hydra sweep calls `launch`; a sweeper that wants more calls `start`,
    then `submit` while there is an `idle` worker, `poll` and `answer`, and `close`.
    """

    def __init__(
        self,
        n_workers: int,
        timeout_s: float | None = None,
        start_method: str = "forkserver",
        preload: Sequence[str] = (),
        warm_up: str | None = None,
    ) -> None:
        self.settings = PoolSettings(
            n_workers, timeout_s, start_method, tuple(preload), warm_up
        )
        self._words: tuple[str, ...] = ()
        self._crew: Crew | None = None

    def setup(
        self,
        *,
        hydra_context: HydraContext,
        task_function: TaskFunction,
        config: DictConfig,
    ) -> None:
        """Learn from Hydra what there is to run."""
        self.hydra_context = hydra_context
        self.task_function = task_function
        self.config = config

    def start(self, words: Sequence[str] = ()) -> None:
        """Start the workers unless they are there; returns before they are ready.

        Args:
            words: Overrides that all jobs have, which workers may prepare for.

        Raises:
            ConfigError: If a setting under `hydra.launcher` makes no sense.
        """
        if self._crew is None:
            self._words = tuple(words)
        _ = self._started

    @property
    def _started(self) -> Crew:
        if self._crew is None:
            from sweepkit.sweep.crew import Crew
            from sweepkit.sweep.task import WarmUp, pack_task

            # `${now:}` in it, once read, is the same time in all workers.
            _ = self.config.hydra.sweep.dir
            task = pack_task(
                self.hydra_context,
                self.config,
                self.task_function,
                WarmUp(self.settings.warm_up, self._words),
            )
            self._crew = Crew(task, self.settings)
        return self._crew

    @property
    def n_workers(self) -> int:
        """Number of jobs at the same time."""
        return self.settings.n_workers

    @property
    def idle(self) -> int:
        """Number of jobs that can be submitted now; workers being started count."""
        return self._started.idle

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers that have been started."""
        return () if self._crew is None else self._crew.pids

    def submit(self, number: int, overrides: Sequence[str]) -> None:
        """Give a job to an idle worker; there must be one."""
        self._started.submit(number, overrides)

    def poll(self, timeout_s: float | None = None) -> list[Report | Finished]:
        """Wait until something happens; return at once if no job is running.

        Args:
            timeout_s: Wait no longer than this; None waits until something happens.

        Raises:
            WorkersCannotStart: If workers keep ending before they begin a job.
        """
        return self._started.poll(timeout_s)

    def ask(self, name: str, *arguments: Any) -> Callable[[], Any]:
        """Let an idle worker call a function while this process does something else.

        Args:
            name: The function, as `package.module:function`.
            arguments: What it is called with.

        Returns:
            What waits for the result and returns it, or raises what was raised.
        """
        from sweepkit.sweep import calls

        number = self._started.ask(calls.pack(name, *arguments))

        return lambda: calls.unpack(self._started.await_return(number))

    def answer(self, number: int, *, prune: bool) -> None:
        """Let the trial that has reported go on, or tell it to end."""
        self._started.answer(number, prune=prune)

    def dismiss_idle(self) -> None:
        """End the workers without a job; there are fewer from here on."""
        if self._crew is not None:
            self._crew.dismiss_idle()

    def close(self, *, kill: bool) -> None:
        """End the workers within about a second.

        Args:
            kill: Whether idle workers too are killed. Otherwise they leave in peace;
                running jobs are killed either way, for nobody takes their results.
        """
        crew, self._crew = self._crew, None
        if crew is not None:
            crew.close(kill=kill)

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Run the jobs of a plain Hydra sweep and return their results in order.

        The workers stay for the next batch, if there is one, or end with the process.
        """
        from sweepkit.sweep.jobs import JobConfigs

        self.start()
        Path(str(self.config.hydra.sweep.dir)).mkdir(parents=True, exist_ok=True)
        configs = JobConfigs(self.hydra_context.config_loader, self.config)
        try:
            return self._run_all(configs, job_overrides, initial_job_idx)
        except BaseException:
            self.close(kill=True)
            raise

    def _run_all(
        self, configs: JobConfigs, jobs: Sequence[Sequence[str]], first: int
    ) -> list[JobReturn]:
        waiting = list(enumerate(jobs, first))[::-1]
        running: dict[int, JobConfig] = {}
        returns: dict[int, JobReturn] = {}
        while waiting or running:
            while waiting and self.idle:
                number, overrides = waiting.pop()
                running[number] = self._begin(configs, number, overrides)
            for event in self.poll():
                if isinstance(event, Report):
                    # Nobody judges the trials of a plain sweep.
                    self.answer(event.number, prune=False)
                else:
                    config = running.pop(event.number)
                    returns[event.number] = self._end(config, event.job_return)
        return [returns[number] for number in sorted(returns)]

    def _begin(
        self, configs: JobConfigs, number: int, overrides: Sequence[str]
    ) -> JobConfig:
        config = configs.make(number, overrides)
        log.info("#%d : %s", number, " ".join(filter_overrides(overrides)))
        self.hydra_context.callbacks.on_job_start(
            config=config.whole, task_function=self.task_function
        )
        self.submit(number, overrides)
        return config

    def _end(self, config: JobConfig, job_return: JobReturn) -> JobReturn:
        job_return.cfg, job_return.hydra_cfg = config.task, config.hydra
        self.hydra_context.callbacks.on_job_end(
            config=config.whole, job_return=job_return
        )
        return job_return
