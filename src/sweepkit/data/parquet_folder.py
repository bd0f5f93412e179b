"""Find the Parquet files of a folder, and what the names of its folders say."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa

from sweepkit.errors import DataError

_BLANK = "__HIVE_DEFAULT_PARTITION__"
_SUFFIXES = (".parquet", ".pq")


def list_parquet(folder: Path) -> list[Path]:
    """Return the Parquet files in a folder and below, sorted by their path.

    Names that begin with `_` or `.` are what programs leave for themselves.

    Raises:
        DataError: If there is none.
    """
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in _SUFFIXES
        and path.is_file()
        and not any(part[0] in "_." for part in path.relative_to(folder).parts)
    ]
    if not found:
        raise DataError(
            f"{folder} is a folder without Parquet files (.parquet, .pq). Change "
            f"`data.path`."
        )
    return found


def read_folder_names(
    folder: Path, paths: Sequence[Path]
) -> list[Mapping[str, str | None]]:
    """Return for each file what folders called `key=value` above it say.

    Raises:
        DataError: If the files lie under different keys.
    """
    read = [_read_keys(path.relative_to(folder)) for path in paths]
    for path, keys in zip(paths, read, strict=True):
        if list(keys) != list(read[0]):
            raise DataError(
                f"{path} lies under the keys {list(keys)}, {paths[0]} under "
                f"{list(read[0])}. Move it, or change `data.path`."
            )
    return read


def find_folder_type(values: Sequence[str | None]) -> pa.DataType:
    """Return int64 if all values are plain integers, else text; `01` is a code."""
    texts = [value for value in values if value is not None]
    plain = all(text.isdecimal() and str(int(text)) == text for text in texts)
    return pa.int64() if texts and plain else pa.string()


def _read_keys(path: Path) -> Mapping[str, str | None]:
    pairs = (part.partition("=") for part in path.parts[:-1] if "=" in part)
    return {
        unquote(key): None if value == _BLANK else unquote(value)
        for key, _, value in pairs
    }
