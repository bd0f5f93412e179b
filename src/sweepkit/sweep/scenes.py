"""Configurations that trials of a sweep will meet, composed before the first one."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hydra.core.config_loader import ConfigLoader
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import ConfigKeyError, ConfigTypeError

from sweepkit.errors import ConfigError
from sweepkit.sweep.entries import Entry
from sweepkit.sweep.space import MODEL, SearchSpace
from sweepkit.sweep.spelling import spell

if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override

_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Scene:
    """One choice of groups, composed.

    Attributes:
        words: What was chosen, such as `model=linear`; empty for the sweep's own.
        config: The configuration. Trying overrides changes it.
    """

    words: str
    config: DictConfig

    def __str__(self) -> str:
        return f" (with {self.words})" if self.words else ""

    @property
    def keys(self) -> set[str]:
        """All keys a person may set, Hydra's own left out."""
        nested = OmegaConf.to_container(self.config, resolve=False)
        assert isinstance(nested, dict)
        return set(_walk({k: v for k, v in nested.items() if k != "hydra"}))

    def try_override(self, override: "Override") -> None:
        """Set a value as Hydra does in a trial.

        Raises:
            OmegaConfBaseException: If the key is unknown or its type refuses the value.
        """
        key = override.key_or_group
        if override.is_delete() or override.is_list_extend():
            if not find_value(self.config, key):
                raise ConfigKeyError(f"Key {key!r} is not in the configuration")
            return
        force = override.is_add() or override.is_force_add()
        OmegaConf.update(
            self.config, key, override.value(), merge=True, force_add=force
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """Composes scenes as a trial's configuration will be composed.

    Attributes:
        loader: What composed the sweep's own configuration.
        config: That configuration.
        space: What is searched.
    """

    loader: ConfigLoader
    config: DictConfig
    space: SearchSpace

    def find_options(self, key: str) -> list[str]:
        """Return the choices of a config group; none if `key` is no group."""
        return self.loader.get_group_options(key.split("@")[0])

    def compose(self, *choices: str) -> Scene:
        """Compose the scene of some choices.

        Raises:
            ConfigError: If Hydra refuses it.
        """
        words = " ".join(choices)
        try:
            overrides = [*self.space.fixed, *choices]
            config = self.loader.load_sweep_config(self.config, overrides)
        except HydraException as error:
            raise ConfigError(f"{words} does not compose: {_explain(error)}") from error
        return Scene(words, config)

    def compose_model(self, model: str) -> Scene:
        """Compose the scene of a model."""
        return self.compose(f"{MODEL}={spell(model)}")

    def compose_own(self) -> Scene:
        """Return the scene of the sweep's own choices, without composing it again."""
        return Scene("", copy.deepcopy(self.config))

    def compose_group(self, entry: Entry) -> Iterator[Scene]:
        """Compose a scene for each choice of a searched group.

        Raises:
            ConfigError: If the group has no such choice, or it does not compose.
        """
        options = self.find_options(entry.key)
        model = [f"{MODEL}={spell(model)}" for model in list(self.space.models)[:1]]
        for choice in entry.edges:
            for name in choice if isinstance(choice, list) else [choice]:
                if name is not None and name not in options:
                    raise ConfigError(
                        f"{entry.key}={spell(name)} ({entry.source}) does not compose; "
                        f"{entry.key} is one of {', '.join(options)}."
                    )
            if choice != self.config.hydra.runtime.choices.get(entry.key):
                yield self.compose(*model, entry.to_override(choice))


def find_value(config: DictConfig, key: str) -> list[Any]:
    """Return the resolved value of a key in a list; none if there is no value."""
    try:
        value = OmegaConf.select(config, key, default=_NOTHING)
    except (ConfigKeyError, ConfigTypeError):
        return []
    if OmegaConf.is_config(value):
        value = OmegaConf.to_container(value, resolve=True)
    return [] if value is _NOTHING else [value]


def _walk(nested: Mapping[Any, Any], path: str = "") -> Iterator[str]:
    for key, value in nested.items():
        yield f"{path}{key}"
        if isinstance(value, dict):
            yield from _walk(value, f"{path}{key}.")


def _explain(error: HydraException) -> str:
    if "hydra.sweeper" in str(error):
        return (
            "the search space follows the model. To search models too, use "
            "hparams_search=optuna_all."
        )
    reason = error.__cause__ or error
    return f"{error} {reason if reason is not error else ''}".strip().splitlines()[0]
