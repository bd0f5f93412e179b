"""Find a file or a column by its name; if it is missing, say what is near."""

import difflib
import json
import re
import shlex
from collections.abc import Iterable
from pathlib import Path

from sweepkit.errors import DataError

_SHOWN_NAMES = 10
_TABLE_SUFFIXES = {".csv", ".tsv", ".txt", ".tab", ".dat", ".parquet", ".pq"}
_IN_BRACES = re.compile(r"[\w \t/\-\\+.$%*@?|()\[\]{}:=,]+", re.ASCII)
_ESCAPED = re.compile(r"[\\()\[\]{}:=,]")


def name_near(wanted: str, known: Iterable[str]) -> str:
    """Return a sentence with the known names most like `wanted`, else all of them."""
    names = list(known)
    near = _find_near(wanted, names)
    if near:
        return f"Did you mean {' or '.join(map(repr, near))}?"
    if not names:
        return "There is nothing to choose from."
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f"There are {', '.join(repr(n) for n in names[:_SHOWN_NAMES])}{more}."


def _find_near(wanted: str, names: list[str]) -> list[str]:
    # Upper and lower case are no difference to the person who mistyped.
    by_folded = {name.casefold(): name for name in names}
    folded = wanted.casefold()
    near = difflib.get_close_matches(folded, by_folded)
    near = near or [name for name in by_folded if folded and folded in name]
    return [by_folded[name] for name in near[:3]]


def require_column(name: str, columns: Iterable[object], *, key: str) -> None:
    """Refuse a column name that the table lacks.

    Args:
        name: Column somebody asked for.
        columns: Columns the table has.
        key: Config key that holds `name`.

    Raises:
        DataError: If `name` is not among `columns`.
    """
    known = [str(column) for column in columns]
    if name not in known:
        raise DataError(
            f"The table has no column {name!r}. {name_near(name, known)} "
            f"Change `{key}`."
        )


def require_file(path: str | Path) -> Path:
    """Expand `~` and make sure that a readable file is there.

    Raises:
        DataError: If nothing is there, or it is a folder or may not be read.
    """
    file = Path(path).expanduser()
    try:
        if file.is_file():
            file.open("rb").close()
            return file
        if file.is_dir():
            raise DataError(
                f"{file} is a folder; one file is needed. Change `data.path`."
            )
        folder = file.parent
        if not folder.is_dir():
            raise DataError(
                f"{file} does not exist, nor does its folder. Change `data.path`."
            )
        names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    except OSError as error:
        raise DataError(
            f"{file} cannot be read: {error.strerror}. Change its permissions or "
            f"`data.path`."
        ) from None
    raise DataError(
        f"{file} does not exist. {_file_near(file.name, names)} Change `data.path`."
    )


def _file_near(wanted: str, names: list[str]) -> str:
    tables = [name for name in names if Path(name).suffix.lower() in _TABLE_SUFFIXES]
    if not tables and not _find_near(wanted, names):
        return "No file in its folder looks like a table."
    # A slip of the finger may have any suffix; what is merely listed may not.
    return name_near(wanted, _find_near(wanted, names) or tables)


def set_role(column: str, role: str) -> str:
    """Return the words that give a column a role, to be typed or written as they are.

    Hydra's grammar takes letters, digits and `_` in a key; further signs of ASCII
    inside braces, some of them escaped; anything else in quoted values only.
    """
    if re.fullmatch(r"[A-Za-z_][\w-]*|[1-9]\d*", column, re.ASCII):
        return f"`+data.roles.{column}={role}`"
    if _fits_braces(column):
        key = _ESCAPED.sub(r"\\\g<0>", column)
        return f"`'+data.roles={{{key}: {role}}}'`"
    if role == "ignored":
        return f"`{quote_setting('data.ignored', [column])}`"
    line = f"{json.dumps(column, ensure_ascii=False)}: {role}"
    return f"the line `{line}` under data.roles in a YAML file of your own (conf/data)"


def quote_setting(key: str, value: str | list[str]) -> str:
    """Return `key=value` as a shell and then Hydra read it, whatever signs it holds."""
    if isinstance(value, str):
        return shlex.quote(f"{key}={_quote(value)}")
    return shlex.quote(f"{key}=[{','.join(map(_quote, value))}]")


def _fits_braces(column: str) -> bool:
    if not _IN_BRACES.fullmatch(column) or column != column.strip():
        return False
    try:
        float(column)
    except ValueError:
        return True
    return False  # Hydra would make a number of it


def _quote(text: str) -> str:
    # Backslashes count as such only before a quote, and at the end.
    inner = re.sub(r'(\\*)("|$)', r"\1\1\2", text)
    return '"' + inner.replace('"', '\\"').replace("${", "\\${") + '"'
