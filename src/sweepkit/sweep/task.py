"""A task on its way to a worker, and its runs there."""

import logging
import pickle
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, chdir, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cloudpickle
from hydra._internal.callbacks import Callbacks
from hydra.core.singleton import Singleton
from hydra.core.utils import (
    JobReturn,
    JobRuntime,
    JobStatus,
    _serialize_exception_chain,
    _serialize_exception_group,
    _serialize_traceback,
    env_override,
)
from hydra.types import HydraContext, TaskFunction
from hydra.utils import execution_whitelist, get_method
from omegaconf import DictConfig, OmegaConf, read_write

from sweepkit.sweep import calls
from sweepkit.sweep.job_files import writing_files
from sweepkit.sweep.jobs import Compositions, JobConfig, JobConfigs, show_to_hydra
from sweepkit.sweep.messages import Call, Returned

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WarmUp:
    """What a worker prepares before its first job has arrived.

    Attributes:
        function: Dotted name of what is called with the task's configuration.
        words: Overrides that all jobs have.
    """

    function: str | None = None
    words: tuple[str, ...] = ()


def pack_task(
    context: HydraContext,
    config: DictConfig,
    function: TaskFunction,
    warm_up: WarmUp | None = None,
) -> bytes:
    """Pickle what workers need, functions of `__main__` by value.

    Callbacks stay behind: they are called in the parent, and some hold on to files.
    """
    context = replace(context, callbacks=Callbacks())
    warm_up = warm_up or WarmUp()
    known = _compose_ahead(context, config, warm_up.words)
    packed: bytes = cloudpickle.dumps(
        (context, config, function, warm_up, known, Singleton.get_state()),
        pickle.HIGHEST_PROTOCOL,
    )
    return packed


def _compose_ahead(
    context: HydraContext, config: DictConfig, words: Sequence[str]
) -> Compositions:
    """Compose what workers begin with here, where Hydra is warm and twice as fast."""
    try:
        return JobConfigs(context.config_loader, config).compose(words)
    except Exception as error:  # noqa: BLE001 - the sweep's own checks tell it better
        log.debug("Nothing was composed for the workers: %r", error)
        return {}


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker runs again and again, each time configured anew."""

    context: HydraContext
    config: DictConfig
    function: TaskFunction
    configs: JobConfigs
    warm_up: WarmUp = WarmUp()

    @classmethod
    def unpack(cls, packed: bytes) -> "Task":
        """Restore the task in a worker; imports the modules that it needs."""
        context, config, function, warm_up, known, state = pickle.loads(packed)
        Singleton.set_state(state)
        configs = JobConfigs(context.config_loader, config, known)
        return cls(context, config, function, configs, warm_up)

    def get_ready(self) -> None:
        """Prepare what the first job would otherwise wait for.

        What fails here fails in that job too, which says so.
        """
        if self.warm_up.function is None:
            return
        try:
            config = self.configs.make(0, self.warm_up.words)
            show_to_hydra(config)
            with execution_whitelist(self.context.execution_whitelist, reset=True):
                get_method(self.warm_up.function)(config.task)
        except Exception as error:  # noqa: BLE001 - whatever a table or a class raises
            log.debug("Nothing was prepared for the first job: %r", error)
        self.configs.get_ready()

    def answer(self, call: Call) -> Returned:
        """Call a function that is no job."""
        with execution_whitelist(self.context.execution_whitelist, reset=True):
            return Returned(call.number, calls.run(call.packed))

    def run(self, config: JobConfig, returned: JobReturn) -> None:
        """Run the task once.

        Args:
            config: The job's, from `configs.make`.
            returned: Filled in as Hydra's own launchers do.
        """
        hydra = config.whole.hydra
        words: Any = OmegaConf.to_container(hydra.overrides.task, resolve=False)
        returned.overrides = words
        returned.task_name = JobRuntime.instance().get("name")
        config.folder.mkdir(parents=True, exist_ok=True)
        variables = _resolve_variables(hydra)
        moving = chdir(config.folder) if hydra.job.chdir else nullcontext()
        with ExitStack() as stack:
            stack.enter_context(
                execution_whitelist(self.context.execution_whitelist, reset=True)
            )
            stack.enter_context(moving)
            returned.working_dir = str(Path.cwd())
            stack.enter_context(env_override(dict(variables)))
            stack.enter_context(writing_files(config, self.configs.get_ready))
            returned.return_value = self.function(config.task)
            returned.status = JobStatus.COMPLETED


def _resolve_variables(hydra: DictConfig) -> Mapping[str, str]:
    variables: Any = hydra.job.env_set
    with read_write(variables):
        OmegaConf.resolve(variables)
    resolved: dict[str, str] = variables
    return resolved


def note_failure(returned: JobReturn, error: BaseException) -> None:
    """Record an error with its traceback, so that the parent can raise it anew."""
    if not isinstance(error, Exception):
        # `sys.exit()` in a task must not end the sweep when its result is looked at.
        error = RuntimeError(f"{type(error).__name__}: {error}").with_traceback(
            error.__traceback__
        )
    returned.return_value = error
    returned.status = JobStatus.FAILED
    returned._remote_traceback = _serialize_traceback(error.__traceback__)
    returned._remote_exception_chain = _serialize_exception_chain(error)
    returned._remote_exception_group = _serialize_exception_group(error)
