"""Settings that compose and still cannot work, refused before anything is read."""

from sweepkit.errors import ConfigError
from sweepkit.evaluation.metrics import find_metric
from sweepkit.registry.gate import Gate
from sweepkit.registry.limits import Limits
from sweepkit.registry.names import check_name
from sweepkit.tracking import find_secret
from sweepkit.training.settings import Settings, flatten


def check_settings(settings: Settings) -> None:
    """Refuse what would fail later, after minutes of work or with a run on record.

    Raises:
        ConfigError: If a value is missing, unknown, impossible or a password.
    """
    refuse_passwords(settings)
    find_metric(settings["evaluation"]["metric"])
    _check_required(settings["evaluation"])
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


def refuse_passwords(settings: Settings) -> None:
    """Refuse a password written into a YAML file, except in the tracking address.

    Passwords belong into the environment; `tracking.uri` may name the variable with
    `${oc.env:...}` and is never recorded.

    Raises:
        ConfigError: If a value holds a URL with a password, or a token.
    """
    for key, value in flatten(settings).items():
        if key != "tracking.uri" and isinstance(value, str) and find_secret(value):
            raise ConfigError(
                f"{key} holds a password. Put it into an environment variable and "
                f"write {key}: ${{oc.env:NAME_OF_THE_VARIABLE}}."
            )


def _check_required(evaluation: Settings) -> None:
    for name in evaluation["requires"]:
        if evaluation.get(name) is None:
            raise ConfigError(
                f"evaluation.{name} must be given: add `evaluation.{name}=<column>`."
            )
