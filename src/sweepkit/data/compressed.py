"""Open a file as the bytes it was before somebody compressed it."""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from sweepkit.errors import DataError

_WORKBOOK = "[Content_Types].xml"
# What damaged files raise; OSError and EOFError are those of gzip and bz2.
_DAMAGE = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)


@contextmanager
def open_plain(path: Path) -> Iterator[BinaryIO]:
    """Lend the uncompressed bytes of a file that is plain, gz, bz2, xz, zst or zip.

    The first bytes decide, not the name. Damage may show only while reading: read
    within the block.

    Raises:
        DataError: If the compressed file is damaged, a workbook, or holds not one file.
    """
    with path.open("rb") as file:
        head = file.read(8)
    name = find_compression(head)
    try:
        with _OPEN[name](path) as plain:
            yield plain
    except _DAMAGE as error:
        if name == "":
            raise  # a plain file that cannot be read is no damage
        if name == "zip":
            raise DataError(
                f"{path} is a damaged workbook or zip archive ({error}). Save the "
                f"table as CSV, or change `data.path`."
            ) from None
        raise DataError(
            f"{path} is compressed by {name} and damaged ({error}). Copy it again, or "
            f"change `data.path`."
        ) from None


def find_compression(head: bytes) -> str:
    """Return what compressed a file, by its first bytes; empty if nothing did."""
    return next((name for mark, name in _MARKS.items() if head.startswith(mark)), "")


@contextmanager
def _open_zip(path: Path) -> Iterator[BinaryIO]:
    with zipfile.ZipFile(path) as archive:
        members = [one for one in archive.infolist() if not one.is_dir()]
        names = [one.filename for one in members]
        if _WORKBOOK in names:
            raise DataError(
                f"{path} is a workbook; save the table as CSV first, or change "
                f"`data.path`."
            )
        if len(members) != 1:
            listed = ", ".join(names[:5]) or "none"
            raise DataError(
                f"{path} is a zip archive of {len(members)} files ({listed}); one is "
                f"needed. Unpack it and read them by a pattern, such as "
                f"`data.path='folder/*.csv'`."
            )
        if members[0].flag_bits & 1:
            raise DataError(f"{path} asks for a password. Unpack it first.")
        with archive.open(members[0]) as file:
            yield cast(BinaryIO, file)


@contextmanager
def _open_zst(path: Path) -> Iterator[BinaryIO]:
    with pa.OSFile(str(path)) as file, pa.CompressedInputStream(file, "zstd") as plain:
        yield cast(BinaryIO, io.BufferedReader(plain))


def _open_bz2(path: Path) -> BinaryIO:
    return cast(BinaryIO, bz2.open(path))


def _open_gzip(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path))


def _open_xz(path: Path) -> BinaryIO:
    return cast(BinaryIO, lzma.open(path))


def _open_file(path: Path) -> BinaryIO:
    return path.open("rb")


_MARKS = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",  # one without files
}
_OPEN: dict[str, Callable[[Path], AbstractContextManager[BinaryIO]]] = {
    "": _open_file,
    "gzip": _open_gzip,
    "bzip2": _open_bz2,
    "xz": _open_xz,
    "zstd": _open_zst,
    "zip": _open_zip,
}
