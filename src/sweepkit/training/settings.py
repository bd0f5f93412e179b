"""From the composed configuration to checked values and built objects."""

import re
from typing import Any

from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import (
    InterpolationResolutionError,
    MissingMandatoryValue,
    OmegaConfBaseException,
)

from sweepkit.errors import ConfigError, Departure
from sweepkit.tracking import find_secret
from sweepkit.training.known_settings import KnownSettings

Settings = dict[str, Any]

# Addresses of databases: user and host are nobody's business either.
_PRIVATE = (".data.url", ".data.source.url")

_known = KnownSettings()


def resolve(cfg: DictConfig) -> Settings:
    """Return the configuration as plain values, every interpolation resolved.

    Raises:
        ConfigError: If a mandatory value is not given or a reference leads nowhere.
        DataError: If the task is to be inferred from a table that cannot be read.
    """
    known = _known.find(cfg)
    if known is not None:
        return known
    try:
        settings = OmegaConf.to_container(cfg, resolve=True, throw_on_missing=True)
    except Departure as departure:
        raise departure.error from None
    except OmegaConfBaseException as error:
        key = _missing_key(error)
        if key is not None:
            raise ConfigError(f"{key} must be given: add `{key}=...`.") from error
        raise ConfigError(_explain_reference(error)) from error
    assert isinstance(settings, dict)
    raw = OmegaConf.to_container(cfg, resolve=False)
    spelled = _spell_secrets(settings, raw, "")
    _known.keep(cfg, settings, spelled)
    return {str(key): value for key, value in spelled.items()}


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
        raise ConfigError(_explain_target(error, key)) from error
    except (TypeError, ValueError) as error:
        # What the class itself raises, such as for a setting it does not have.
        raise ConfigError(_cannot_build(key, str(error))) from error


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


def _spell_secrets(value: Any, raw: Any, key: str) -> Any:
    """Return values with what is secret, and came by reference, as that reference.

    So that `data.url=${oc.env:DB_URL}` is recorded, compared and reproduced in these
    words, and its password neither recorded nor refused.
    """
    if isinstance(value, dict) and isinstance(raw, dict):
        return {
            k: _spell_secrets(v, raw.get(k), f"{key}.{k}") for k, v in value.items()
        }
    by_reference = isinstance(raw, str) and "${" in raw
    if by_reference and isinstance(value, str):
        is_private = key in _PRIVATE or find_secret(value) is not None
        return raw if is_private and key != ".tracking.uri" else value
    return value


def _missing_key(error: OmegaConfBaseException) -> str | None:
    text = str(error)
    if isinstance(error, MissingMandatoryValue):
        return str(error.full_key)
    if "Missing mandatory value: " in text:
        return text.split("Missing mandatory value: ")[1].split()[0]
    return None


def _explain_reference(error: OmegaConfBaseException) -> str:
    key, text = error.full_key, _first_line(error)
    if not isinstance(error, InterpolationResolutionError) or not key:
        return f"The configuration does not resolve: {_sentence(text)}"
    variable = re.search(r"Environment variable '(.+?)' not found", text)
    if variable:
        return (
            f"{key} is read from the environment variable {variable[1]}, which is not "
            f"set. Set it (`{variable[1]}=... python train.py ...`), or change `{key}`."
        )
    return f"{key} cannot be resolved: {_sentence(text)} Change `{key}`."


def _explain_target(error: InstantiationException, key: str) -> str:
    text = str(error)
    place = re.search(r"^\s*full_key: (\S+)$", text, re.MULTILINE)
    key = place[1] if place else key
    stranger = re.search(r"Target '(.*)' is not in the Hydra execution whitelist", text)
    if stranger:
        package = stranger[1].partition(".")[0]
        return (
            f"{key}._target_ is {stranger[1]!r}, which `TRUSTED` in train.py does not "
            f"allow. Correct the name; or, if you trust that package's code, add "
            f"'{package}.*' to `TRUSTED`; a `sweepkit` command is told by "
            f"`--trust '{package}.*'`."
        )
    found = _first_line(error)
    if error.__cause__ is not None:
        found = f"{found}: {str(error.__cause__).strip().splitlines()[-1]}"
    return _cannot_build(key, found)


def _cannot_build(key: str, found: str) -> str:
    return (
        f"{key} cannot be built: {_sentence(found)} "
        f"Check `{key}._target_` and the values beside it."
    )


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "?", "!")) else f"{text}."
