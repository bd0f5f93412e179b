"""Settings that compose and still cannot work, refused before anything is read."""

from hydra._internal.execution_policy import (
    _get_active_execution_whitelist as active_whitelist,
)

from sweepkit.errors import ConfigError
from sweepkit.evaluation.metrics import check_metric
from sweepkit.evaluation.own_metrics import add_metrics
from sweepkit.registry.gate import Gate
from sweepkit.registry.limits import Limits
from sweepkit.registry.names import check_name
from sweepkit.tasks import Task
from sweepkit.training.decision import check_decision
from sweepkit.training.passwords import refuse_passwords
from sweepkit.training.settings import Settings


def check_settings(settings: Settings) -> None:
    """Refuse what would fail later, after minutes of work or with a run on record.

    Raises:
        ConfigError: If a value is missing, unknown, impossible or a password.
    """
    refuse_passwords(settings)
    check_decision(settings["task"])
    # There is no public way to ask what `TRUSTED` of the running command allows.
    allowed = active_whitelist()
    trusted = allowed if isinstance(allowed, tuple) else ()
    add_metrics(settings["evaluation"]["metrics"], trusted)
    check_metric(settings["evaluation"]["metric"], Task(settings["task"]["name"]))
    _check_required(settings["evaluation"])
    _check_kind(settings)
    if settings["threads"] < 1:
        raise ConfigError(f"threads is {settings['threads']}; use 1 or more.")
    if settings["registry"]["publish"]:
        build_gate(settings)
        check_name(settings["registry"]["model_name"])


def build_gate(settings: Settings) -> Gate:
    """Return the rules of promotion that `registry` describes."""
    registry = settings["registry"]
    return Gate(
        mode=registry["gate"],
        min_gain=registry["min_gain"],
        confidence=registry["confidence"],
        limits=Limits(
            max_slice_loss=registry["max_slice_loss"],
            max_latency_ms=registry["max_latency_ms"],
            max_size_mb=registry["max_size_mb"],
            signature=registry["signature"],
        ),
    )


def _check_required(evaluation: Settings) -> None:
    for name in evaluation["requires"]:
        if evaluation.get(name) is None:
            raise ConfigError(
                f"evaluation.{name} must be given: add `evaluation.{name}=<column>`."
            )


def _check_kind(settings: Settings) -> None:
    model, task = settings["model"], settings["task"]
    if model["estimator"].get("_target_", "") is None:
        raise ConfigError(
            f"model={model['name']} has no {task['kind']}, which task={task['name']} "
            f"needs. Choose another model, or name the class: "
            f"`model.{task['kind']}=...`."
        )
