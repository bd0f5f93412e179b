"""One searched key: its range, its values in the config's and in Optuna's form."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sweepkit.errors import ConfigError
from sweepkit.sweep.spelling import spell, spell_choice, spell_range

if TYPE_CHECKING:
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )
    from optuna.trial import Trial

    Distribution = CategoricalDistribution | FloatDistribution | IntDistribution

COMMAND_LINE = "the command line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One searched key.

    Attributes:
        key: Override key, such as `model.estimator.num_leaves`, or a config group.
        distribution: Its range in Optuna's terms.
        source: Where it was written, for the person who has to change it.
        is_added: Whether it was written `+key`, for a key the config does not have.
        containers: Text that stands for a list or dict in Optuna, which knows neither.
    """

    key: str
    distribution: "Distribution"
    source: str = COMMAND_LINE
    is_added: bool = False
    containers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The range in words; equal ranges have equal words."""
        from optuna.distributions import CategoricalDistribution

        if isinstance(self.distribution, CategoricalDistribution):
            return spell_choice(self.edges)
        return spell_range(self.distribution)

    @property
    def edges(self) -> list[Any]:
        """The values that must be legal for all others to be: choices, or both ends."""
        from optuna.distributions import CategoricalDistribution

        if isinstance(self.distribution, CategoricalDistribution):
            return [self._decode(choice) for choice in self.distribution.choices]
        return [self.distribution.low, self.distribution.high]

    @property
    def grid(self) -> list[Any]:
        """All values as Optuna stores them.

        Raises:
            ConfigError: If there is no end of them.
        """
        from optuna.distributions import CategoricalDistribution

        distribution = self.distribution
        if isinstance(distribution, CategoricalDistribution):
            return list(distribution.choices)
        low, high, step = distribution.low, distribution.high, distribution.step
        if step is None or distribution.log:
            raise ConfigError(
                f"{self.key}={self.words} ({self.source}) has no end of values, and a "
                f"grid tries them all. Name some: {self.key}={low!r},{high!r} or "
                f"'{self.key}=range(first,end,step)'."
            )
        count = round((high - low) / step) + 1
        return [_nth_value(distribution, n) for n in range(count)]

    def nearest(self, value: Any) -> list[Any]:
        """Return the legal value nearest to `value` as Optuna stores it, or nothing.

        Optuna takes a number outside of its range with a warning and goes on learning
        from an impossible point; another choice, or 0 on a log scale, it refuses.
        """
        from optuna.distributions import CategoricalDistribution

        if isinstance(self.distribution, CategoricalDistribution):
            stored = spell(value) if isinstance(value, list | dict) else value
            return [c for c in self.distribution.choices if _is_same(c, stored)][:1]
        if isinstance(value, bool) or not isinstance(value, int | float):
            return []
        return [] if math.isnan(value) else [_clip(self.distribution, value)]

    def to_override(self, value: Any) -> str:
        """Return the words that give the key this value."""
        return f"{'++' if self.is_added else ''}{self.key}={spell(value)}"

    def suggest(self, trial: "Trial", name: str) -> Any:
        """Ask a trial for a value under Optuna's `name` for the key."""
        from optuna.distributions import FloatDistribution, IntDistribution

        match self.distribution:
            case IntDistribution(low=low, high=high, step=step, log=log):
                return trial.suggest_int(name, low, high, step=step, log=log)
            case FloatDistribution(low=low, high=high, step=fine, log=log):
                return trial.suggest_float(name, low, high, step=fine, log=log)
            case choice:
                return self._decode(trial.suggest_categorical(name, choice.choices))

    def _decode(self, stored: Any) -> Any:
        return self.containers.get(stored, stored)


def _is_same(choice: Any, value: Any) -> bool:
    # To Python, 1 equals True.
    return bool(choice == value) and isinstance(choice, bool) == isinstance(value, bool)


def _clip(
    distribution: "FloatDistribution | IntDistribution", value: float
) -> float | int:
    low, high, step = distribution.low, distribution.high, distribution.step
    value = min(max(value, low), high)
    if step is None:
        return float(value)
    return _nth_value(distribution, round((value - low) / step))


def _nth_value(
    distribution: "FloatDistribution | IntDistribution", n: int
) -> float | int:
    # As decimals: 0.1 + 2 * 0.1 would be 0.30000000000000004.
    low, step = Decimal(repr(distribution.low)), Decimal(repr(distribution.step))
    return type(distribution.low)(low + n * step)
