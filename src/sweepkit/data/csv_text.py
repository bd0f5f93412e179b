"""How CSV cells are told apart: the dialect, and what separates them."""

import contextlib
import csv
import io
from itertools import islice
from pathlib import Path

from sweepkit.data.lookup import quote_setting
from sweepkit.errors import DataError

_DELIMITERS = {",": "','", ";": "';'", "\t": "tab", "|": "'|'"}
_SNIFFED_RECORDS = 50


class StrictCsv(csv.excel):
    """The dialect of every reader here: `"` quotes, and a stray quote is an error."""

    strict = True
    skipinitialspace = True


def choose_delimiter(path: Path, text: str, delimiter: str | None) -> str:
    """Check the delimiter that was given, or find it if none was.

    Args:
        path: The file, for messages.
        text: Its beginning, whole lines.
        delimiter: What somebody said; null finds it.

    Raises:
        DataError: If it leaves the header in one piece or is no single character.
    """
    given = {"\\t": "\t", "tab": "\t"}.get(delimiter or "", delimiter)
    if given is not None and (len(given) != 1 or given in ' "\r\n'):
        raise DataError(
            f"data.delimiter is {delimiter!r}; one character is needed, such as "
            f"{', '.join(_DELIMITERS.values())}, or null to find it."
        )
    if given is not None and _count_fields(text, given)[0] > 1:
        return given
    fitting = max(_DELIMITERS, key=lambda mark: _fit(_count_fields(text, mark)))
    fits = _fit(_count_fields(text, fitting)) > (0.0, 1)
    if given is None and fits:
        return fitting
    used = f"with {_DELIMITERS.get(given, repr(given))}" if given else "with any"
    setting = quote_setting("data.delimiter", fitting.replace("\t", "tab"))
    cure = f"`{setting}` would fit" if fits else "none of the usual ones fits"
    header = text.lstrip().splitlines()[0][:60]
    raise DataError(
        f"{path}, line 1: only one column, {header!r}, {used} as delimiter; a target "
        f"and at least one feature are needed. Change `data.delimiter`: {cure}."
    )


def _count_fields(text: str, delimiter: str) -> list[int]:
    # Not strict: a stray quote is reported later, with its line.
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    widths: list[int] = []
    with contextlib.suppress(csv.Error):
        for record in islice(filter(None, reader), _SNIFFED_RECORDS):
            widths.append(len(record))  # noqa: PERF401 - keeps what precedes an error
    return widths or [1]


def _fit(widths: list[int]) -> tuple[float, int]:
    """Grade a delimiter: rows as wide as the header first, then how wide that is."""
    if widths[0] == 1:
        return 0.0, 1
    return widths.count(widths[0]) / len(widths), widths[0]
