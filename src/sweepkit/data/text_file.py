"""Turn the bytes of a file into text, block by block: files may be large."""

import codecs
import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TextIO

from sweepkit.data.compressed import open_plain
from sweepkit.data.text_facts import TextFacts, TextWalk
from sweepkit.errors import DataError

_BLOCK = 1 << 20  # bytes


@contextlib.contextmanager
def open_text(path: Path, encoding: str) -> Iterator[TextIO]:
    """Lend a checked file as text, its line breaks as they are."""
    with (
        open_plain(path) as raw,
        io.TextIOWrapper(raw, _spell(encoding), newline="") as text,
    ):
        yield text


def check_text(path: Path, encoding: str) -> TextFacts:
    """Decode a whole file once, in little memory, to know that it can be read.

    Raises:
        DataError: If the file is empty, no text, or not in this encoding.
    """
    decoder = _find_decoder(encoding)
    walk, n_lines = TextWalk(), 1
    with open_plain(path) as file:
        for raw in _read_raw(path, file, encoding):
            text = _decode(path, encoding, decoder, raw, n_lines)
            if "\x00" in text:
                raise _not_text(path, encoding, n_lines + _count_lines(text, "\x00"))
            n_lines += text.count("\n")
            walk.note(text)
    if not walk.is_filled:
        raise DataError(
            f"{path} is empty; it needs a header and rows. Change `data.path`."
        )
    return walk.end()


def _read_raw(path: Path, file: BinaryIO, encoding: str) -> Iterator[bytes]:
    raw = file.read(_BLOCK)
    if raw.startswith(b"PAR1"):
        raise DataError(
            f"{path} is a Parquet file; choose `data=parquet`, or change `data.path`."
        )
    if raw.startswith(codecs.BOM_UTF8) and _spell(encoding) != "utf-8-sig":
        raise DataError(
            f"{path} starts with the mark of UTF-8, not {encoding}. Set "
            f"`data.encoding=utf-8`."
        )
    while raw:
        yield raw
        raw = file.read(_BLOCK)
    yield b""  # the decoder's last word: is a character cut off?


def _find_decoder(encoding: str) -> codecs.IncrementalDecoder:
    try:
        # Unlike a decoder, this refuses what is no encoding of text, such as base64.
        "a".encode(encoding)
        return codecs.getincrementaldecoder(_spell(encoding))()
    except LookupError:
        raise DataError(
            f"{encoding!r} is no text encoding. Set one that Python knows, such "
            f"as `data.encoding=utf-8` or `data.encoding=cp1252`."
        ) from None


def _spell(encoding: str) -> str:
    """Return the encoding, that of UTF-8 so that a byte order mark is dropped."""
    is_utf8 = codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")
    return "utf-8-sig" if is_utf8 else encoding


def _decode(
    path: Path,
    encoding: str,
    decoder: codecs.IncrementalDecoder,
    raw: bytes,
    n_lines: int,
) -> str:
    try:
        return decoder.decode(raw, final=not raw)
    except UnicodeDecodeError as error:
        line = n_lines + error.object[: error.start].count(b"\n")
        raise DataError(
            f"{path}, line {line}: byte 0x{error.object[error.start]:02x} is not "
            f"{encoding}. Set `data.encoding=cp1252` or `data.encoding=utf-16`, which "
            f"Excel often writes, or save the file as UTF-8."
        ) from None


def _count_lines(text: str, mark: str) -> int:
    return text[: text.index(mark)].count("\n")


def _not_text(path: Path, encoding: str, line: int) -> DataError:
    return DataError(
        f"{path}, line {line}: a NUL character, so this is not {encoding} text. "
        f"Set another one, such as `data.encoding=utf-16`, or change `data.path`."
    )
