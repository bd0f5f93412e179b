"""The members of a skops file: arrays with plain names, and nothing that is code."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from math import prod
from typing import IO

from numpy.lib import format as npy

from sweepkit.errors import IntegrityError

SCHEMA = "schema.json"
MAX_SCHEMA_BYTES = 512 * 2**20
# Members may be this much larger than the file: no archive grows without end.
_MAX_GROWTH = 20
_SPARE_BYTES = 64 * 2**20
_MEMBER = re.compile(r"[A-Za-z0-9-]{1,64}\.(npy|npz)")
_KIND_BITS, _SYMLINK = 0o170000, 0o120000
_HEADERS = {
    (1, 0): npy.read_array_header_1_0,
    (2, 0): npy.read_array_header_2_0,
}


def check_members(file: zipfile.ZipFile, size: int) -> None:
    """Refuse what skops does not write.

    Args:
        file: The archive.
        size: Its length in bytes.

    Raises:
        IntegrityError: If there is a path, a link, an array of objects or a bomb.
        ValueError: If an array has no readable beginning.
        BadZipFile: If a member is damaged.
    """
    names = file.namelist()
    if len(set(names)) < len(names):
        raise IntegrityError("The model file holds a member twice.")
    if _unpacked(file) > _MAX_GROWTH * size + _SPARE_BYTES:
        raise IntegrityError("The model file would grow without measure if unpacked.")
    for member in file.infolist():
        _check_name(member)
        if member.filename != SCHEMA:
            _check_content(file, member)


def _check_name(member: zipfile.ZipInfo) -> None:
    if (member.external_attr >> 16) & _KIND_BITS == _SYMLINK:
        raise IntegrityError(f"The model file holds a link, {member.filename!r}.")
    if member.filename == SCHEMA:
        if member.file_size > MAX_SCHEMA_BYTES:
            raise IntegrityError("The model file's schema.json is larger than 512 MiB.")
    elif not _MEMBER.fullmatch(member.filename):
        raise IntegrityError(
            f"The model file holds {member.filename!r}; only schema.json and arrays "
            f"with plain names belong there."
        )


def _check_content(file: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    with file.open(member) as stream:
        if member.filename.endswith(".npy"):
            _check_array(stream, member)
            return
        # A sparse matrix, which is an archive of arrays.
        with zipfile.ZipFile(BytesIO(stream.read())) as inner:
            if _unpacked(inner) > _MAX_GROWTH * member.file_size + _SPARE_BYTES:
                raise IntegrityError(f"{member.filename} would grow without measure.")
            for part in inner.infolist():
                with inner.open(part) as array:
                    _check_array(array, part)


def _check_array(stream: IO[bytes], member: zipfile.ZipInfo) -> None:
    """Refuse an array of Python objects, which numpy keeps as a pickle."""
    version = npy.read_magic(stream)
    if version not in _HEADERS:
        raise IntegrityError(f"The array {member.filename} has format {version}.")
    shape, _, dtype = _HEADERS[version](stream)
    if dtype.hasobject:
        raise IntegrityError(
            f"The array {member.filename} holds Python objects, which is a pickle."
        )
    if prod(shape) * dtype.itemsize != member.file_size - stream.tell():
        raise IntegrityError(f"The array {member.filename} is not as long as it says.")


def _unpacked(file: zipfile.ZipFile) -> int:
    return sum(member.file_size for member in file.infolist())
