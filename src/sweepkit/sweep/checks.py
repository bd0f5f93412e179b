"""Hold a search space against the configuration, before a trial fails of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hydra.types import HydraContext
from omegaconf import DictConfig
from omegaconf.errors import ConfigKeyError, ConfigTypeError, OmegaConfBaseException

from sweepkit.errors import ConfigError
from sweepkit.sweep.entries import COMMAND_LINE, Entry
from sweepkit.sweep.nearest import nearest_key
from sweepkit.sweep.parsing import parse
from sweepkit.sweep.scenes import Scene, Stage, find_value
from sweepkit.sweep.space import MODEL, Entries, SearchSpace

_UNKNOWN = (ConfigKeyError, ConfigTypeError, AttributeError)


def check_space(
    space: SearchSpace,
    hydra_context: HydraContext,
    config: DictConfig,
    defaults: dict[str, dict[str, Any]] | None = None,
) -> SearchSpace:
    """Refuse what no trial could run, before the first one does.

    The configuration is composed once for each choice of a group, not for each value.

    Args:
        space: What is searched.
        hydra_context: Hydra's, with the loader that composed `config`.
        config: The composed configuration of the whole sweep.
        defaults: Filled with each model's own values of what is searched, if models
            are: composing them once more would take a second.

    Returns:
        The space; where models are searched, what was typed for a key stays only with
        the models that have the key.

    Raises:
        ConfigError: If a key is unknown, a choice does not compose, or a type refuses
            a value.
    """
    stage = Stage(hydra_context.config_loader, config, space)
    own = {model: stage.compose_model(model) for model in space.models}
    if defaults is not None:
        for model, scene in own.items():
            keys = {**space.entries, **space.models[model]}
            defaults[model] = {MODEL: model} | _read_values(keys, scene.config)
    scenes = list(own.values()) or [stage.compose_own()]
    groups = {key for key in space.entries if stage.find_options(key)}
    for key in groups:
        scenes += stage.compose_group(space.entries[key])
    for key in space.entries.keys() - groups:
        for scene in scenes:
            _check_entry(space.entries[key], scene)
    models = {model: _check_own(space.models[model], own[model]) for model in own}
    fixed = {
        model: tuple(words for words in lines if _has_key(own[model], words))
        for model, lines in space.fixed_for.items()
    }
    _refuse_ownerless(space, models, scenes)
    return replace(space, models=models, fixed_for=fixed)


def defaults_of(
    space: SearchSpace,
    hydra_context: HydraContext,
    config: DictConfig,
) -> dict[str, Any]:
    """Return the configuration's own values of what is searched, by override key.

    They may lie outside of the space. A key without a value is left out.

    Args:
        space: What is searched.
        hydra_context: Hydra's, with the loader that composed `config`.
        config: The composed configuration of the whole sweep.
    """
    entries = dict(space.entries)
    defaults: dict[str, Any] = {}
    if space.models:
        present = str(config.hydra.runtime.choices.get(MODEL))
        model = present if present in space.models else next(iter(space.models))
        if model != present:
            stage = Stage(hydra_context.config_loader, config, space)
            config = stage.compose_model(model).config
        defaults[MODEL] = model
        entries |= space.models[model]
    return defaults | _read_values(entries, config)


def _read_values(keys: Iterable[str], config: DictConfig) -> dict[str, Any]:
    choices = config.hydra.runtime.choices
    values: dict[str, Any] = {}
    for key in keys:
        found = [choices[key]] if key in choices else find_value(config, key)
        if found:
            values[key] = found[0]
    return values


def _check_own(entries: Entries, scene: Scene) -> Entries:
    """Check a model's own entries, leaving out what was typed for other models."""
    kept = {
        key: entry
        for key, entry in entries.items()
        if entry.source != COMMAND_LINE
        or _has_key(scene, entry.to_override(entry.edges[0]))
    }
    for entry in kept.values():
        _check_entry(entry, scene)
    return kept


def _check_entry(entry: Entry, scene: Scene) -> None:
    for value in entry.edges:
        words = entry.to_override(value)
        try:
            scene.try_override(parse(words))
        except _UNKNOWN as error:
            raise _unknown_key(entry, [scene]) from error
        except OmegaConfBaseException as error:
            reason = str(error).splitlines()[0].rstrip(".")
            raise ConfigError(
                f"{words} is refused{scene}: {reason}. Change the range "
                f"{entry.words} ({entry.source})."
            ) from error


def _has_key(scene: Scene, words: str) -> bool:
    try:
        scene.try_override(parse(words))
    except _UNKNOWN:
        return False
    except OmegaConfBaseException:
        return True  # a known key; its value is judged elsewhere
    return True


def _refuse_ownerless(
    space: SearchSpace, checked: Mapping[str, Entries], scenes: Sequence[Scene]
) -> None:
    """Refuse what was typed for a key that none of the models has."""
    left = {key for entries in checked.values() for key in entries}
    for entries in space.models.values():
        for key in entries.keys() - left:
            raise _unknown_key(entries[key], scenes)


def _unknown_key(entry: Entry, scenes: Sequence[Scene]) -> ConfigError:
    known = set().union(*(scene.keys for scene in scenes))
    near = nearest_key(entry.key, known)
    meant = f" Did you mean {near}?" if near else ""
    where = str(scenes[0]) if len(scenes) == 1 else ""
    return ConfigError(
        f"{entry.key} ({entry.source}) is no key of the configuration{where}.{meant}"
    )
