"""One override in Hydra's grammar, and the range that a sweep over it means."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sweepkit.errors import ConfigError
from sweepkit.sweep.entries import COMMAND_LINE, Entry
from sweepkit.sweep.spelling import spell

if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override
    from optuna.distributions import CategoricalDistribution

SYNTAX = "interval(0.1,1), int(interval(1,9)), range(1,9) or choice(a,b)"


def parse(words: str, source: str = COMMAND_LINE) -> "Override":
    """Parse one override.

    Raises:
        ConfigError: If it is not in Hydra's grammar.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        return OverridesParser.create().parse_override(words)
    except HydraException as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(
            f"{words} ({source}) cannot be read: {reason}. Write {SYNTAX}."
        ) from error


def read_entry(override: "Override", source: str = COMMAND_LINE) -> Entry:
    """Turn a sweep over a key into an entry.

    Raises:
        ConfigError: If Optuna has no such range: low above high, log of zero, a glob.
    """
    from hydra.core.override_parser.types import ChoiceSweep, RangeSweep
    from hydra_plugins.hydra_optuna_sweeper._impl import (
        create_optuna_distribution_from_override as read_range,
    )

    sweep = override.value()
    containers: dict[str, Any] = {}
    try:
        if isinstance(sweep, ChoiceSweep):
            distribution, containers = _read_choice(override, sweep)
        else:
            if isinstance(sweep, RangeSweep):
                sweep.shuffle = False  # a resumed sweep must find the same space
            distribution = read_range(override)
    except (ValueError, AssertionError, NotImplementedError) as error:
        raise ConfigError(
            f"{override.input_line} ({source}) is no range to search: "
            f"{error or 'unknown words'}. Write {SYNTAX}."
        ) from error
    return Entry(
        key=key_of(override),
        distribution=distribution,
        source=source,
        is_added=override.is_add() or override.is_force_add(),
        containers=containers,
    )


def find_fixed(arguments: Sequence[str]) -> tuple[str, ...]:
    """Return the words that all jobs of a sweep have: those that are no range.

    Raises:
        ConfigError: If one is not in Hydra's grammar.
    """
    parsed = [parse(words) for words in arguments]
    fixed = (o for o in parsed if not o.is_sweep_override())
    return tuple(str(o.input_line) for o in fixed if not o.is_hydra_override())


def key_of(override: "Override") -> str:
    """Return the key without the signs for adding and deleting."""
    return override.get_key_element().lstrip("+~")


def _read_choice(
    override: "Override", sweep: Any
) -> "tuple[CategoricalDistribution, dict[str, Any]]":
    # The official sweeper keeps quotes as a part of the text and loses escapes.
    from optuna.distributions import CategoricalDistribution

    values = [override._convert_value(element) for element in sweep.list]
    containers = {spell(v): v for v in values if isinstance(v, list | dict)}
    stored = [spell(v) if isinstance(v, list | dict) else v for v in values]
    return CategoricalDistribution(stored), containers
