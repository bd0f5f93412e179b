"""Hydra's own sweeps, `-m model=a,b`, in the words of ours: a plan and outcomes."""

import math
from collections.abc import Mapping
from pathlib import Path

from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.core.utils import JobReturn
from omegaconf import DictConfig, OmegaConf

from sweepkit.sweep.judging import judge_job
from sweepkit.sweep.outcome import Outcome, SweepPlan
from sweepkit.sweep.settings import read_objectives

# Jobs that differ in these answer different questions; their scores do not compare.
_QUESTION = ("data", "evaluation", "seed")


def plan_plain(config: DictConfig, job: DictConfig) -> SweepPlan:
    """Return the plan of a plain sweep.

    Args:
        config: The configuration of the whole sweep.
        job: That of one of its jobs, which names the objectives.

    Raises:
        ConfigError: If no metric has such a name.
    """
    swept = [o for o in _overrides(config) if o.is_sweep_override()]
    objectives = read_objectives({"objectives": job.evaluation.objectives}, job)
    return SweepPlan(
        name="",
        storage="",
        space={_key(o): o.get_value_string() for o in swept},
        directions=objectives.directions,
        objectives=objectives.names,
        n_trials=math.prod(len(_values(o)) for o in swept),
        n_workers=1,
        folder=Path(config.hydra.sweep.dir).absolute(),
    )


def judge_plain(
    config: DictConfig,
    job_return: JobReturn,
    plan: SweepPlan,
    *,
    started_at: float,
    seconds: float,
) -> Outcome:
    """Return the outcome of a plain sweep's job.

    Args:
        config: The job's configuration.
        job_return: What Hydra says of it.
        plan: The sweep it belongs to.
        started_at: Seconds since 1970.
        seconds: How long it took.
    """
    words = tuple(str(word) for word in config.hydra.overrides.task)
    settings = (word.partition("=") for word in words)
    values = {key.lstrip("+~"): value for key, _, value in settings}
    return judge_job(
        job_return,
        number=int(config.hydra.job.num),
        n_objectives=len(plan.objectives),
        metric=str(config.evaluation.metric),
        reports={},
        params={key: values[key] for key in plan.space if key in values},
        overrides=words,
        started_at=started_at,
        seconds=seconds,
    )


def find_incomparable(space: Mapping[str, str]) -> str:
    """Return the swept key that makes scores incomparable, or nothing."""
    return next((key for key in space if key.split(".")[0] in _QUESTION), "")


def compose_first(config: DictConfig) -> DictConfig:
    """Return the configuration of a plain sweep's first job.

    What is swept may be missing from that of the whole sweep.
    """
    words = [
        f"{override.get_key_element()}={_values(override)[0]}"
        for override in _overrides(config)
    ]
    loader = GlobalHydra.instance().config_loader()
    return loader.load_sweep_config(config, words)


def _overrides(config: DictConfig) -> list[Override]:
    params = OmegaConf.select(config, "hydra.sweeper.params") or {}
    words = [f"{key}={value}" for key, value in params.items()]
    words += [str(word) for word in config.hydra.overrides.task]
    loader = GlobalHydra.instance().config_loader()
    return OverridesParser.create(config_loader=loader).parse_overrides(words)


def _key(override: Override) -> str:
    return override.get_key_element().lstrip("+~")


def _values(override: Override) -> list[str]:
    if override.is_sweep_override():
        return list(override.sweep_string_iterator())
    return [override.get_value_element_as_str()]
