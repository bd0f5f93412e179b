"""Turn the bytes of a CSV file into text, and find what separates its cells."""

import codecs
import contextlib
import csv
import io
from itertools import islice
from pathlib import Path

from sweepkit.data.lookup import quote_setting
from sweepkit.errors import DataError

_DELIMITERS = {",": "','", ";": "';'", "\t": "tab", "|": "'|'"}
_OTHER_FORMATS = {
    b"PAR1": "a Parquet file; choose `data=parquet`",
    b"PK\x03\x04": "a workbook or zip archive; save the table as CSV first",
    b"\x1f\x8b": "compressed by gzip; unpack it first",
}
_SNIFFED_RECORDS = 50


class StrictCsv(csv.excel):
    """The dialect of every reader here: `"` quotes, and a stray quote is an error."""

    strict = True
    skipinitialspace = True


def read_text(path: Path, encoding: str) -> str:
    """Decode a whole file; a UTF-8 byte order mark is dropped.

    Raises:
        DataError: If the file is empty, no text, or not in this encoding.
    """
    raw = path.read_bytes()
    for mark, found in _OTHER_FORMATS.items():
        if raw.startswith(mark):
            raise DataError(f"{path} is {found}, or change `data.path`.")
    text = _decode(path, raw, encoding)
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise DataError(
            f"{path}, line {line}: a NUL character, so this is not {encoding} text. "
            f"Set another one, such as `data.encoding=utf-16`, or change `data.path`."
        )
    if not text.strip():
        raise DataError(
            f"{path} is empty; it needs a header and rows. Change `data.path`."
        )
    return text


def _decode(path: Path, raw: bytes, encoding: str) -> str:
    try:
        utf8 = codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")
        if raw.startswith(codecs.BOM_UTF8) and not utf8:
            raise DataError(
                f"{path} starts with the mark of UTF-8, not {encoding}. Set "
                f"`data.encoding=utf-8`."
            )
        return raw.decode("utf-8-sig" if utf8 else encoding)
    except LookupError:
        raise DataError(
            f"{encoding!r} is no text encoding. Set one that Python knows, such "
            f"as `data.encoding=utf-8` or `data.encoding=cp1252`."
        ) from None
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DataError(
            f"{path}, line {line}: byte 0x{raw[error.start]:02x} is not {encoding}. "
            f"Set `data.encoding=cp1252` or `data.encoding=utf-16`, which Excel often "
            f"writes, or save the file as UTF-8."
        ) from None


def choose_delimiter(path: Path, text: str, delimiter: str | None) -> str:
    """Check the delimiter that was given, or find it if none was.

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
