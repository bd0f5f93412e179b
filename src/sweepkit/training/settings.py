"""From the composed configuration to checked values and built objects."""

from typing import Any

from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import MissingMandatoryValue, OmegaConfBaseException

from sweepkit.errors import ConfigError

Settings = dict[str, Any]


def resolve(cfg: DictConfig) -> Settings:
    """Return the configuration as plain values, every interpolation resolved.

    Raises:
        ConfigError: If a mandatory value is not given or a reference leads nowhere.
    """
    try:
        settings = OmegaConf.to_container(cfg, resolve=True, throw_on_missing=True)
    except OmegaConfBaseException as error:
        key = _missing_key(error)
        if key is not None:
            raise ConfigError(f"{key} must be given: add `{key}=...`.") from error
        raise ConfigError(f"The configuration does not resolve: {error}") from error
    assert isinstance(settings, dict)
    return {str(key): value for key, value in settings.items()}


def build(cfg: DictConfig, key: str) -> Any:
    """Build the object that a node with `_target_` describes.

    Args:
        cfg: The whole configuration.
        key: Path of the node, such as `model.estimator`.

    Raises:
        ConfigError: If the node names no class that can be built with its values.
    """
    node = OmegaConf.select(cfg, key)
    try:
        # As plain lists and dicts: skops cannot store those of OmegaConf.
        return instantiate(node, _convert_="all")
    except InstantiationException as error:
        cause = error.__cause__ or error
        raise ConfigError(
            f"{key} cannot be built: {_first_line(cause)}. "
            f"Check `{key}._target_` and the values beside it."
        ) from error


def flatten(settings: Settings, prefix: str = "") -> dict[str, Any]:
    """Return nested settings as one level, with keys joined by dots.

    Example:
        >>> flatten({"model": {"estimator": {"alpha": 1.0}}, "seed": 42})
        {'model.estimator.alpha': 1.0, 'seed': 42}
    """
    flat: dict[str, Any] = {}
    for key, value in settings.items():
        if isinstance(value, dict) and value:
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _missing_key(error: OmegaConfBaseException) -> str | None:
    text = str(error)
    if isinstance(error, MissingMandatoryValue):
        return str(error.full_key)
    if "Missing mandatory value: " in text:
        return text.split("Missing mandatory value: ")[1].split()[0]
    return None


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[-1].rstrip(".")
