"""Reading the words of jobs: by Hydra's parser, numbers without it."""

import re
from collections.abc import Sequence
from functools import lru_cache

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, OverrideType, ValueType
from hydra.errors import HydraException

# A dotted path and a number as the grammar has them, without what is rare in either:
# a sampler's proposals are such. The parser takes 0.2 ms for each.
_KEY = r"(?P<key>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)"
_WHOLE = r"-?(?:0|[1-9][0-9]*)"
_NUMBER = re.compile(
    rf"{_KEY}=(?:(?P<whole>{_WHOLE})|"
    rf"(?P<real>{_WHOLE}(?:\.[0-9]+(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)))",
    re.ASCII,
)


class WordReader:
    """Parses the overrides of one job after another."""

    def __init__(self) -> None:
        self._parser = OverridesParser.create()
        # The same words come again: groups, and what an earlier job was given as well.
        self._parse = lru_cache(maxsize=256)(self._parser.parse_override)

    def read(self, words: Sequence[str]) -> list[Override]:
        """Return what words mean.

        The results are kept for later jobs and must not be changed.

        Raises:
            OverrideParseException: If the parser refuses one.
        """
        try:
            return [read_number(word) or self._parse(word) for word in words]
        except HydraException:
            # Whatever it was, all words together are refused in Hydra's own words.
            return self._parser.parse_overrides(list(words))


def read_number(word: str) -> Override | None:
    """Return what `some.key=<number>` means; None for all other words."""
    match = _NUMBER.fullmatch(word)
    if match is None:
        return None
    whole = match["whole"]
    return Override(
        type=OverrideType.CHANGE,
        key_or_group=match["key"],
        value_type=ValueType.ELEMENT,
        _value=float(match["real"]) if whole is None else int(whole),
        input_line=word,
    )
