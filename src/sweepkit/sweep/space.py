"""The search space of a sweep, between Hydra's overrides and Optuna's trials."""

import hashlib
import itertools
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sweepkit.errors import ConfigError
from sweepkit.sweep.entries import Entry
from sweepkit.sweep.spelling import spell, spell_choice

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial

Params = Mapping[str, Any]
Entries = Mapping[str, Entry]

MODEL = "model"
# User attribute of a trial: values it runs with though they are outside of the space.
EXACT = "sweepkit:exact"
_MOST_POINTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSpace:
    """What a sweep searches, and what all of its trials have in common.

    Parameters have two forms: by override key with plain values, as the config and
    people know them, and by Optuna's name with storable values. They differ where the
    model itself is searched (`linear:model.estimator.alpha`) and for lists and dicts.

    Attributes:
        entries: Override key to entry, for every trial.
        models: Model to its own entries, if the model itself is searched.
        fixed: Overrides every trial gets.
        fixed_for: Model to the overrides its trials get besides.
    """

    entries: Entries
    models: Mapping[str, Entries] = field(default_factory=dict)
    fixed: tuple[str, ...] = ()
    fixed_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def named(self) -> dict[str, Entry]:
        """All entries by Optuna's name, without the choice of the model."""
        named = dict(self.entries)
        for model, entries in self.models.items():
            named |= {f"{model}:{key}": entry for key, entry in entries.items()}
        return named

    @property
    def words(self) -> dict[str, str]:
        """Optuna's name to range in words, such as `tag(log,interval(0.02,0.1))`."""
        models = {MODEL: spell_choice(self.models)} if self.models else {}
        return models | {name: entry.words for name, entry in self.named.items()}

    @property
    def distributions(self) -> "dict[str, BaseDistribution]":
        """Optuna's name to range in Optuna's terms."""
        from optuna.distributions import CategoricalDistribution

        models = tuple(self.models)
        chosen: dict[str, BaseDistribution] = (
            {MODEL: CategoricalDistribution(models)} if models else {}
        )
        return chosen | {name: e.distribution for name, e in self.named.items()}

    def suggest(self, trial: "Trial") -> dict[str, Any]:
        """Ask a trial for its parameters and return them by override key.

        A trial that was queued with `EXACT` values runs with these.
        """
        params: dict[str, Any] = {}
        if self.models:
            params[MODEL] = trial.suggest_categorical(MODEL, tuple(self.models))
        for name, entry in self._asked(params.get(MODEL)):
            params[entry.key] = entry.suggest(trial, name)
        exact: Params = trial.user_attrs.get(EXACT, {})
        return {**params, **exact}

    def to_study(self, params: Params) -> dict[str, Any]:
        """Return parameters in Optuna's form, each the nearest legal one.

        What has no legal neighbour (another choice, null in a range of numbers) or is
        not searched is left out; the sampler then fills it in.
        """
        model = params.get(MODEL)
        if self.models and model not in self.models:
            return {}
        stored = {MODEL: model} if self.models else {}
        for name, entry in self._asked(model):
            if entry.key in params and (near := entry.nearest(params[entry.key])):
                stored[name] = near[0]
        return stored

    def to_overrides(self, params: Params) -> tuple[str, ...]:
        """Return the words that give a trial these parameters, by override key."""
        model = params.get(MODEL) if self.models else None
        own = {entry.key: entry for _, entry in self._asked(model)}
        chosen = [f"{MODEL}={spell(model)}"] if self.models else []
        values = [
            own[key].to_override(value) if key in own else f"{key}={spell(value)}"
            for key, value in params.items()
            if not (self.models and key == MODEL)
        ]
        return (*self.fixed, *chosen, *self.fixed_for.get(str(model), ()), *values)

    def grid(self) -> list[dict[str, Any]]:
        """Return every combination in Optuna's form, ready to be queued.

        Raises:
            ConfigError: If a range has no end of values, or the grid too many points.
        """
        grids = [self._grid_of(model) for model in self.models or [None]]
        if sum(size for size, _ in grids) > _MOST_POINTS:
            sizes = ", ".join(f"{n} has {len(e.grid)}" for n, e in self.named.items())
            raise ConfigError(
                f"The grid has more than {_MOST_POINTS} points ({sizes}). Give fewer "
                f"values, or sample them: hparams_search=random."
            )
        return [point for _, points in grids for point in points]

    def describe(self) -> dict[str, str]:
        """Return the space as plain values; equal spaces have equal descriptions."""
        fixed = {f"{m}: fixed": " ".join(v) for m, v in self.fixed_for.items() if v}
        return self.words | fixed

    def fingerprint(self) -> str:
        """Return 12 hexadecimal digits that change with the space."""
        text = json.dumps(self.describe(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def _asked(self, model: str | None) -> Iterator[tuple[str, Entry]]:
        """Yield Optuna's name and the entry of whatever a trial is asked for."""
        yield from self.entries.items()
        for key, entry in self.models.get(str(model), {}).items():
            yield f"{model}:{key}", entry

    def _grid_of(self, model: str | None) -> tuple[int, Iterator[dict[str, Any]]]:
        axes = {name: entry.grid for name, entry in self._asked(model)}
        chosen = {} if model is None else {MODEL: model}
        points = (
            chosen | dict(zip(axes, point, strict=True))
            for point in itertools.product(*axes.values())
        )
        return math.prod(len(axis) for axis in axes.values()), points
