"""Settings that have proved good elsewhere, tried before a sampler proposes any."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sweepkit.errors import ConfigError
from sweepkit.sweep.entries import COMMAND_LINE
from sweepkit.sweep.parsing import key_of, parse
from sweepkit.sweep.space import MODEL, SearchSpace

Params = Mapping[str, Any]
DefaultsOf = Callable[[str], Params]

# User attribute of a trial: which point of the portfolio it is.
POINT = "sweepkit:point"
_KEYS = {"model", "cost", "with"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One setting to try.

    Attributes:
        name: Its name in `hydra.sweeper.portfolio`.
        model: The model it is of.
        params: Override key to value, whatever is searched included.
        cost: How long it takes, in any unit that all points share.
        is_default: Whether these are what the command would run without a search.
    """

    name: str
    model: str
    params: Params = field(default_factory=dict)
    cost: float = 1.0
    is_default: bool = False


def read_portfolio(
    node: Mapping[str, Any] | None,
    space: SearchSpace,
    model: str,
    defaults_of: DefaultsOf,
) -> list[Point]:
    """Return the points that this sweep can try, in their order.

    Points of models that are not searched are left out. What was typed wins: a value
    stands, and a range holds the point within it.

    Args:
        node: `hydra.sweeper.portfolio`: name to `model`, `cost` and `with`.
        space: What is searched.
        model: The one the command is configured with; its own settings are what the
            sweep is compared with. In a search that is not across models, the only one.
        defaults_of: Returns a model's own values of what is searched.

    Raises:
        ConfigError: If a point is not described as it should be.
    """
    points: list[Point] = []
    for name, told in (node or {}).items():
        if told is None:
            continue
        _check(name, told)
        chosen = str(told["model"])
        if chosen not in (space.models or (model,)):
            continue
        point = _complete(name, told, space, defaults_of(chosen))
        if not told.get("with") and chosen == model:
            point = replace(point, is_default=True)
        if all(point.params != other.params for other in points):
            points.append(point)
    return points


def _complete(
    name: str, told: Mapping[str, Any], space: SearchSpace, defaults: Params
) -> Point:
    """Fill in the model's own values for what is searched and not told."""
    model, own = str(told["model"]), told.get("with") or {}
    fixed = {*map(_key, space.fixed), *map(_key, space.fixed_for.get(model, ()))}
    typed = {
        key: entry
        for key, entry in {**space.entries, **space.models.get(model, {})}.items()
        if entry.source == COMMAND_LINE
    }
    params = dict(defaults) | {k: v for k, v in own.items() if k not in fixed}
    for key in params.keys() & typed.keys():
        near = typed[key].nearest(params[key])
        if near and key in own:
            params[key] = typed[key].containers.get(near[0], near[0])
    if space.models:
        params[MODEL] = model
    cost = float(told.get("cost") or 1.0)
    return Point(name=str(name), model=model, params=params, cost=cost)


def _check(name: object, told: Any) -> None:
    where = f"hydra.sweeper.portfolio.{name}"
    if not isinstance(told, Mapping) or "model" not in told or set(told) - _KEYS:
        raise ConfigError(
            f"{where} is {told!r}; it needs `model`, and may have `cost` and `with`, a "
            f"mapping from override keys to values."
        )
    cost = told.get("cost")
    is_number = isinstance(cost, int | float) and not isinstance(cost, bool)
    if cost is not None and not (is_number and math.isfinite(cost) and cost > 0):
        raise ConfigError(f"{where}.cost is {cost!r}; give a number above 0.")
    if not isinstance(told.get("with") or {}, Mapping):
        raise ConfigError(f"{where}.with is {told['with']!r}; give a mapping.")


def _key(words: str) -> str:
    return key_of(parse(words))
