"""Values in the words of Hydra's override grammar, which reads them back unchanged."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optuna.distributions import FloatDistribution, IntDistribution

# Read back as the same text without quotes, unless they are a word of the grammar.
_BARE = re.compile(r"[A-Za-z_][\w/-]*(\.[\w/-]+)*")
_NOT_TEXT = {"true", "false", "null", "nan", "inf"}


def spell(value: Any) -> str:
    """Return what to write after `key=` for a plain value.

    Args:
        value: None, bool, int, float, str, or lists and dicts of them.

    Example:
        >>> spell(["a b", 1e-05, None])
        "['a b',1e-05,null]"
    """
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return _spell_text(value)
        case list() | tuple():
            return f"[{','.join(map(spell, value))}]"
        case dict():
            pairs = (f"{spell(key)}:{spell(item)}" for key, item in value.items())
            return f"{{{','.join(pairs)}}}"
        case _:
            return repr(value)


def spell_choice(values: Iterable[Any]) -> str:
    """Return a choice between values, such as `choice(median,mean)`."""
    words = [spell(value) for value in values]
    # `choice()` takes no null, the plain list of a sweep does.
    return ",".join(words) if "null" in words else f"choice({','.join(words)})"


def spell_range(distribution: "FloatDistribution | IntDistribution") -> str:
    """Return a numeric range, one way of writing for equal distributions.

    Example: `tag(log,interval(0.02,0.1))`, `int(interval(1,5))`, `range(2,9,2)`.
    """
    from optuna.distributions import IntDistribution

    low, high, step = distribution.low, distribution.high, distribution.step
    whole = isinstance(distribution, IntDistribution)
    if step is not None and not (whole and step == 1):
        # Hydra leaves the end of a range out, Optuna counts it in.
        end = Decimal(repr(high)) + Decimal(repr(step))
        return f"range({low!r},{end},{step!r})"
    interval = f"interval({low!r},{high!r})"
    interval = f"int({interval})" if whole else interval
    return f"tag(log,{interval})" if distribution.log else interval


def _spell_text(text: str) -> str:
    from hydra.core.override_parser.types import Quote, QuotedString

    if _BARE.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    return QuotedString(text, Quote.single).with_quotes()
