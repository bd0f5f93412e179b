"""Find a file or a column by its name; if it is missing, say what is near."""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

from sweepkit.errors import DataError

_SHOWN_NAMES = 10


def name_near(wanted: str, known: Iterable[str]) -> str:
    """Return a sentence with the known names most like `wanted`, else all of them."""
    names = list(known)
    # Upper and lower case are no difference to the person who mistyped.
    by_folded = {name.casefold(): name for name in names}
    folded = wanted.casefold()
    near = difflib.get_close_matches(folded, by_folded)
    near = near or [name for name in by_folded if folded and folded in name]
    if near:
        return f"Did you mean {' or '.join(repr(by_folded[n]) for n in near[:3])}?"
    if not names:
        return "There is nothing to choose from."
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f"There are {', '.join(repr(n) for n in names[:_SHOWN_NAMES])}{more}."


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
        f"{file} does not exist. {name_near(file.name, names)} Change `data.path`."
    )


def set_role(column: str, role: str) -> str:
    """Return the words to type on the command line to give a column a role."""
    if re.fullmatch(r"[\w-]+", column):
        return f"`+data.roles.{column}={role}`"
    # Hydra's grammar takes a blank in a name only inside braces.
    return f"`'+data.roles={{{column}: {role}}}'`"
